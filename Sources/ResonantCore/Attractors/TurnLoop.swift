// SPDX-License-Identifier: MIT

/// Turns that come back after a fixed number of turns, to the end of the conversation.
public struct TurnLoop: Sendable, Equatable {
  public enum Kind: String, Sendable {
    /// The same texts, exactly or but for a word.
    case verbatim
    /// The same skeleton with other words.
    case template
  }

  public var kind: Kind
  /// The number of turns after which the loop repeats, from 1 to 6.
  public var period: Int
  /// The first turn of the loop, from 1.
  public var onset: Int
}

extension TurnLoop {
  static let longestPeriod = 6

  /// The loop in which a conversation ends: the closest match decides, then the shortest period.
  init?(_ turns: TurnMeasures, _ thresholds: Thresholds) {
    let similar = { (least: Double) in
      { (turn: Int, period: Int) in turns.similarity(turn, back: period) >= least }
    }
    let matches: [(kind: Kind, matches: (Int, Int) -> Bool)] = [
      (.verbatim, { turns.texts[$0] == turns.texts[$0 - $1] }),
      (.verbatim, similar(thresholds.verbatimSimilarity)),
      (.template, similar(thresholds.templateSimilarity)),
    ]
    for (kind, matches) in matches {
      guard let (period, onset) = Self.shortest(turns.count, matches) else { continue }
      self.init(kind: kind, period: period, onset: onset)
      return
    }
    return nil
  }

  /// The smallest period after which each of the last turns (at least 3) matches, and where that begins.
  private static func shortest(
    _ count: Int, _ matches: (_ turn: Int, _ period: Int) -> Bool
  ) -> (period: Int, onset: Int)? {
    for period in 1...longestPeriod {
      let checked = max(3, period)
      guard count >= checked + period else { continue }
      var first = count
      while first > period, matches(first - 1, period) { first -= 1 }
      if count - first >= checked { return (period, first - period + 1) }
    }
    return nil
  }
}
