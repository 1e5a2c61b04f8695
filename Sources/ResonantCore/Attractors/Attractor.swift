// SPDX-License-Identifier: MIT

/// What a conversation has become at its end, in the order in which the labels apply.
public enum AttractorLabel: String, Sendable, CaseIterable {
  /// Word soup: turns that repeat themselves within.
  case degenerate
  /// Very short turns: hardly any letters.
  case minimal
  /// The same texts again and again.
  case verbatim
  /// One participant repeats what the other says.
  case echo
  /// The same skeletons again and again.
  case template
  /// Turns much shorter than at the beginning.
  case winddown
  /// None of these.
  case sustained

  /// Whether the conversation has collapsed.
  public var isConverged: Bool {
    switch self {
    case .degenerate, .minimal, .verbatim, .template: true
    case .echo, .winddown, .sustained: false
    }
  }
}

/// The attractor in which a conversation ends.
public struct Attractor: Sendable, Equatable {
  public var label: AttractorLabel
  /// The period of the loop that belongs to the label; 0 for none.
  public var period: Int
  /// The turn from which on the label applies, from 1.
  public var onset: Int?
  /// The loop in which the conversation ends, whatever its label is.
  public var loop: TurnLoop?
}

extension Attractor {
  /// Nil for a conversation without turns.
  init?(_ turns: TurnMeasures, _ thresholds: Thresholds) {
    guard turns.count > 0 else { return nil }
    let loop = TurnLoop(turns, thresholds)
    let verbatim = loop?.kind == .verbatim ? loop : nil
    let head = turns.head
    let onset = { Self.onset(of: $0, turns, head: head, thresholds) }
    if let onset = onset(.degenerate) {
      self.init(label: .degenerate, period: verbatim?.period ?? 0, onset: onset, loop: loop)
    } else if let onset = onset(.minimal) {
      self.init(label: .minimal, period: verbatim?.period ?? 0, onset: onset, loop: loop)
    } else if let verbatim {
      self.init(label: .verbatim, period: verbatim.period, onset: verbatim.onset, loop: loop)
    } else if turns.isEcho(thresholds) {
      self.init(label: .echo, period: 0, onset: nil, loop: loop)
    } else if let loop {
      self.init(label: .template, period: loop.period, onset: loop.onset, loop: loop)
    } else if let onset = onset(.recurrent) {
      self.init(label: .template, period: 0, onset: onset, loop: loop)
    } else if let onset = onset(.short) {
      self.init(label: .winddown, period: 0, onset: onset, loop: loop)
    } else {
      self.init(label: .sustained, period: 0, onset: nil, loop: loop)
    }
  }

  /// The onset of a state that holds at the end; nil if it does not hold.
  private static func onset(
    of state: TurnState, _ turns: TurnMeasures, head: Double, _ thresholds: Thresholds
  ) -> Int? {
    let isIn = { turns.isIn(state, $0, head: head, thresholds) }
    // The earlier turns matter only if the state holds.
    guard thresholds.holds(turns.tail.map(isIn)) else { return nil }
    return thresholds.onset((0..<turns.count).map(isIn))
  }
}

extension TurnMeasures {
  /// The number of last turns that decide whether a conversation echoes.
  private static let echoed = 8

  /// Whether every other turn is similar to the one before, and those between are not.
  func isEcho(_ thresholds: Thresholds) -> Bool {
    let steps = Array(stepSimilarities.compactMap(\.self).suffix(Self.echoed))
    let halves = [0, 1].map { first in
      stride(from: first, to: steps.count, by: 2).map { steps[$0] }
    }
    guard let one = Statistics.median(halves[0]), let two = Statistics.median(halves[1]) else { return false }
    let (echo, other, others) = one > two ? (one, two, halves[1].count) : (two, one, halves[0].count)
    return others >= 2 && echo >= thresholds.echoSimilarity && other < thresholds.echoShare * echo
  }
}
