// SPDX-License-Identifier: MIT

import OrderedCollections

/// The trials that wait for their start, in a line of their own for each set of endpoints that they ask. Each line
/// has so many under way that its endpoints never lack work; so an endpoint that is slow or held fills its own
/// line and no other, and memory is bounded.
struct TrialLines {
  private struct Line {
    var trials: [Trial] = []
    var next = 0
    /// Most under way at once.
    var window: Int
  }

  private var lines: [Line] = []

  init(_ trials: [Trial], of plan: Plan) {
    let lanes = plan.lanes
    var places: [OrderedSet<String>: Int] = [:]
    for trial in trials {
      let conversation = plan.conversation(of: trial)
      let endpoints = OrderedSet(conversation.participants.map(\.endpoint.display).sorted())
      let place = places[endpoints] ?? lines.count
      if place == lines.count {
        places[endpoints] = place
        lines.append(Line(window: Self.window(endpoints, lanes, plan, conversation)))
      }
      lines[place].trials.append(trial)
    }
  }

  /// Half as many again as can be in flight, because between two turns a conversation is not; and more if it
  /// pauses there.
  private static func window(
    _ endpoints: OrderedSet<String>, _ lanes: OrderedDictionary<String, RequestLimits.Lane>, _ plan: Plan,
    _ conversation: ResolvedConversation
  ) -> Int {
    let concurrency = plan.experiment.limits.concurrency
    let inFlight = min(concurrency, endpoints.reduce(0) { $0 + (lanes[$1]?.limit ?? concurrency) })
    return (inFlight * 3 / 2 + 2) * (conversation.settings.delay > .zero ? 4 : 1)
  }

  /// How many trials may be under way together.
  var mostUnderWay: Int { lines.reduce(0) { $0 + min($1.window, $1.trials.count) } }

  /// The trials to begin with, the lines by turns, and the line of each.
  mutating func first() -> [(trial: Trial, line: Int)] {
    var first: [(Trial, Int)] = []
    let rounds = lines.map(\.window).max() ?? 0
    for round in 0..<rounds {
      for line in lines.indices where round < lines[line].window {
        if let trial = next(in: line) { first.append((trial, line)) }
      }
    }
    return first
  }

  /// The trial to follow one of that line that is over; nil when there is none left.
  mutating func next(in line: Int) -> Trial? {
    guard lines[line].next < lines[line].trials.count else { return nil }
    defer { lines[line].next += 1 }
    return lines[line].trials[lines[line].next]
  }
}
