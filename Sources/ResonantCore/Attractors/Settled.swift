// SPDX-License-Identifier: MIT

/// The state of a conversation that would gain nothing from further turns.
public enum Settled: Sendable, Equatable {
  /// The same texts repeat every `period` turns.
  case verbatim(period: Int)
  /// The turns contain hardly any letters.
  case minimal
}

/// Finds the attractor, a loop or silence, that a conversation has reached.
public enum Attractors {
  /// The fewest turns from which a state can be told while the conversation goes on.
  static let fewestTurns = 6
  /// The number of last turns that decide on a state.
  static let tail = 6

  /// The loop or silence that the conversation has settled into; nil if there is none. A conversation that
  /// ends in word soup counts as neither. Only the last 12 turns matter for these labels.
  ///
  /// - Parameter texts: each turn's text as the other participants received it, in order, without passed
  ///   turns.
  public static func settled(_ texts: [String]) -> Settled? {
    guard texts.count >= fewestTurns else { return nil }
    let turns = TurnMeasures(Array(texts.suffix(2 * TurnLoop.longestPeriod)))
    guard let attractor = Attractor(turns, Thresholds()) else { return nil }
    switch attractor.label {
    case .verbatim: return .verbatim(period: attractor.period)
    case .minimal: return .minimal
    case .degenerate, .echo, .template, .winddown, .sustained: return nil
    }
  }
}
