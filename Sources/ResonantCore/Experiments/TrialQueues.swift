// SPDX-License-Identifier: MIT

import OrderedCollections

/// Queues of trials that have not started, one for each set of endpoints. Each queue has enough trials
/// running to keep its endpoints busy. A slow or paused endpoint therefore blocks only its own queue, and
/// memory use is bounded.
struct TrialQueues {
  private struct Queue {
    var trials: [Trial] = []
    var next = 0
    /// The largest number of trials running at once.
    var window: Int
  }

  private var queues: [Queue] = []

  init(_ trials: [Trial], of plan: Plan) {
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
      queues[place].trials.append(trial)
    }
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
  var mostUnderWay: Int { queues.reduce(0) { $0 + min($1.window, $1.trials.count) } }

  /// The trials to start with, taken from the queues in rotation, each with the index of its queue.
  mutating func first() -> [(trial: Trial, queue: Int)] {
    var first: [(Trial, Int)] = []
    let rounds = queues.map(\.window).max() ?? 0
    for round in 0..<rounds {
      for queue in queues.indices where round < queues[queue].window {
        if let trial = next(in: queue) { first.append((trial, queue)) }
      }
    }
    return first
  }

  /// The next trial of a queue, after one of that queue has ended; nil when none is left.
  mutating func next(in queue: Int) -> Trial? {
    guard queues[queue].next < queues[queue].trials.count else { return nil }
    defer { queues[queue].next += 1 }
    return queues[queue].trials[queues[queue].next]
  }
}
