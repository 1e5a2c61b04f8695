// SPDX-License-Identifier: MIT

/// What a conversation has settled into when going on is pointless.
public enum Settled: Sendable, Equatable {
  /// The same texts again and again, every so many turns.
  case verbatim(period: Int)
  /// Hardly a letter any more.
  case minimal
}

/// Measures of where a conversation is drawn to.
public enum Attractors {
  private static let fewestTurns = 6
  /// Turns at the end that decide about a state.
  private static let tail = 6
  private static let longestPeriod = 6

  /// The loop or silence that the conversation has settled into; nil while it has not, and when its end is word
  /// soup (`degenerate`), which is neither. Looks at the last 12 turns alone.
  ///
  /// - Parameter texts: what the others heard of each turn so far, in order, without passed turns.
  public static func settled(_ texts: [String]) -> Settled? {
    guard texts.count >= fewestTurns else { return nil }
    let turns = texts.suffix(2 * longestPeriod).map(NormalisedText.init)
    let end = turns.suffix(tail)
    let isMinimal = holds(end.map { $0.letters <= 40 })
    let period = verbatimPeriod(turns)
    guard isMinimal || period != nil, !holds(end.map(isDegenerate)) else { return nil }
    return isMinimal ? .minimal : period.map { .verbatim(period: $0) }
  }

  /// Whether a state holds at the end: two thirds of the tail have it, and one of the last two turns.
  static func holds(_ tail: [Bool]) -> Bool {
    3 * tail.count { $0 } >= 2 * tail.count && tail.suffix(2).contains(true)
  }

  /// Text that deflates to under a quarter repeats itself within the turn: prose goes to about half. After
  /// Holtzman et al., "The curious case of neural text degeneration" (2020).
  static func isDegenerate(_ text: NormalisedText) -> Bool {
    text.bytes.count >= 400 && 4 * Deflate.zlibSize(text.bytes) < text.bytes.count
  }

  /// The smallest number of turns after which the texts come again, word for word or else nearly so.
  private static func verbatimPeriod(_ turns: [NormalisedText]) -> Int? {
    if let period = period(turns, matches: ==) { return period }
    return period(turns.map(Grams.init)) { $0.similarity(to: $1) >= 0.95 }
  }

  /// The smallest period up to 6 in which each of the last turns, at least 3, matches the one a period earlier.
  static func period<Text>(_ turns: [Text], matches: (Text, Text) -> Bool) -> Int? {
    (1...longestPeriod).first { period in
      let checked = max(3, period)
      guard turns.count >= checked + period else { return false }
      return (turns.count - checked..<turns.count).allSatisfy { matches(turns[$0], turns[$0 - period]) }
    }
  }
}
