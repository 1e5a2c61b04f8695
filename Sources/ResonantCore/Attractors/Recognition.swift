// SPDX-License-Identifier: MIT

extension Attractors {
  /// The first turn, from the onset on, after which the conversation so far has the label that it has in the end,
  /// from 1; nil for a label without an onset. Thresholds are the usual ones.
  ///
  /// The first turns of a longer conversation tell nothing: a short greeting alone would count as silence.
  ///
  /// - Parameter texts: each turn's text as the other participants received it, in order, without passed
  ///   turns.
  /// - Parameter isWanted: whether a turn, from 1, may be it.
  public static func recognised(_ texts: [String], where isWanted: (Int) -> Bool = { _ in true }) -> Int? {
    let turns = TurnMeasures(texts)
    let thresholds = Thresholds()
    guard let attractor = Attractor(turns, thresholds), let onset = attractor.onset else { return nil }
    let first = max(onset, min(fewestTurns, turns.count))
    return (first...turns.count).first {
      isWanted($0) && Attractor(turns.prefix($0), thresholds)?.label == attractor.label
    }
  }
}
