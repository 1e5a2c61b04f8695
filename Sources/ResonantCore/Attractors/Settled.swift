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
  private static let fewestTurns = 6
  /// The number of last turns that decide on a state.
  private static let tail = 6
  private static let longestPeriod = 6

  /// The loop or silence that the conversation has settled into; nil if there is none. A conversation that
  /// ends in word salad (`isDegenerate`) counts as neither. Only the last 12 turns matter.
  ///
  /// - Parameter texts: each turn's text as the other participants received it, in order, without passed
  ///   turns.
  public static func settled(_ texts: [String]) -> Settled? {
    guard texts.count >= fewestTurns else { return nil }
    let turns = texts.suffix(2 * longestPeriod).map(NormalisedText.init)
    let end = turns.suffix(tail)
    let isMinimal = holds(end.map { $0.letters <= 40 })
    let period = verbatimPeriod(turns)
    guard isMinimal || period != nil, !holds(end.map(isDegenerate)) else { return nil }
    return isMinimal ? .minimal : period.map { .verbatim(period: $0) }
  }

  /// Whether a state holds at the end: in two thirds of the tail, and in at least one of the last two turns.
  static func holds(_ tail: [Bool]) -> Bool {
    3 * tail.count { $0 } >= 2 * tail.count && tail.suffix(2).contains(true)
  }

  /// Whether a text repeats itself within the turn: it deflates to less than a quarter, where prose deflates
  /// to about half. After Holtzman et al., "The curious case of neural text degeneration" (2020).
  static func isDegenerate(_ text: NormalisedText) -> Bool {
    text.bytes.count >= 400 && 4 * Deflate.zlibSize(text.bytes) < text.bytes.count
  }

  /// The smallest number of turns after which the texts repeat, exactly or else nearly so.
  private static func verbatimPeriod(_ turns: [NormalisedText]) -> Int? {
    if let period = period(turns, matches: ==) { return period }
    return period(turns.map(Grams.init)) { $0.similarity(to: $1) >= 0.95 }
  }

  /// The smallest period, at most 6, such that each of the last turns (at least 3) matches the one a period
  /// earlier.
  static func period<Text>(_ turns: [Text], matches: (Text, Text) -> Bool) -> Int? {
    (1...longestPeriod).first { period in
      let checked = max(3, period)
      guard turns.count >= checked + period else { return false }
      return (turns.count - checked..<turns.count).allSatisfy { matches(turns[$0], turns[$0 - period]) }
    }
  }
}
