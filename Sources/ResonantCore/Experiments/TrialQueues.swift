// SPDX-License-Identifier: MIT

import OrderedCollections

/// Queues of trials that have not started, one for each set of endpoints. Each queue has enough trials
/// running to keep its endpoints busy. A slow or paused endpoint therefore blocks only its own queue, and
/// memory use is bounded.
struct TrialQueues {
  /// Trials in the order in which they start.
  private struct Line {
    private var trials: [Trial] = []
    private var next = 0

    var first: Trial? { next < trials.count ? trials[next] : nil }
    var count: Int { trials.count - next }

    mutating func append(_ trial: Trial) { trials.append(trial) }

    mutating func popFirst() -> Trial? {
      guard let first else { return nil }
      next += 1
      return first
    }
  }

  private struct Queue {
    var trials = Line()
    /// In the order in which their trials were finished.
    var forks = Line()
    /// The number of trials running.
    var running = 0
    /// The largest number of trials running at once.
    var window: Int

    /// The forks of a repeat come after the trials of that repeat and before those of the next one, so that a run
    /// that ends early still allows comparisons.
    mutating func popFirst() -> Trial? {
      guard let fork = forks.first else { return trials.popFirst() }
      if let trial = trials.first, trial.repeat <= fork.repeat { return trials.popFirst() }
      return forks.popFirst()
    }
  }

  private var queues: [Queue] = []
  /// The number of forks that a trial may have.
  private let forksOfEach: Int

  init(_ trials: [Trial], of plan: Plan) {
    forksOfEach = plan.experiment.perturbation?.numbers.count ?? 0
    let lanes = plan.lanes
    var places: [OrderedSet<String>: Int] = [:]
    for trial in trials {
      let conversation = plan.conversation(of: trial)
      let endpoints = OrderedSet(conversation.modelled.map(\.endpoint.display).sorted())
      let place = places[endpoints] ?? queues.count
      if place == queues.count {
        places[endpoints] = place
        queues.append(Queue(window: Self.window(endpoints, lanes, plan, conversation)))
      }
      add(trial, to: place)
    }
  }

  /// Adds a trial behind those that wait in a queue.
  mutating func add(_ trial: Trial, to queue: Int) {
    if trial.fork == nil { queues[queue].trials.append(trial) } else { queues[queue].forks.append(trial) }
  }

  /// One and a half times the number of requests that can be in flight, because conversations have none
  /// between two turns; four times as many if they pause there.
  private static func window(
    _ endpoints: OrderedSet<String>, _ lanes: OrderedDictionary<String, RequestLimits.Lane>, _ plan: Plan,
    _ conversation: ResolvedConversation
  ) -> Int {
    let concurrency = plan.experiment.limits.concurrency
    let inFlight = min(concurrency, endpoints.reduce(0) { $0 + (lanes[$1]?.limit ?? concurrency) })
    return (inFlight * 3 / 2 + 2) * (conversation.settings.delay > .zero ? 4 : 1)
  }

  /// The largest number of trials that may run at the same time.
  var mostUnderWay: Int {
    queues.reduce(0) { $0 + min($1.window, $1.trials.count * max(1, forksOfEach) + $1.forks.count) }
  }

  /// The trials to start with, taken from the queues in rotation, each with the index of its queue.
  mutating func first() -> [(trial: Trial, queue: Int)] {
    var first: [(Trial, Int)] = []
    let rounds = queues.map(\.window).max() ?? 0
    for _ in 0..<rounds {
      for queue in queues.indices {
        if let trial = next(in: queue) { first.append((trial, queue)) }
      }
    }
    return first
  }

  /// The next trial of a queue; nil when none is left, or enough are running.
  mutating func next(in queue: Int) -> Trial? {
    guard queues[queue].running < queues[queue].window, let trial = queues[queue].popFirst() else {
      return nil
    }
    queues[queue].running += 1
    return trial
  }

  /// Makes room in a queue, of which a trial has ended.
  mutating func end(in queue: Int) { queues[queue].running -= 1 }
}
