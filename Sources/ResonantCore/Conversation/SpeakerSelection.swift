// SPDX-License-Identifier: MIT

/// Chooses who speaks next. Random choices follow from the seed and the turn's number alone, so that a resumed
/// conversation chooses as the unbroken one would have.
struct SpeakerSelection: Sendable {
  var order: SpeakerOrder
  var seed: UInt64

  /// The index of the speaker of turn `number`.
  func next(turn number: Int, after last: Int?, of count: Int) -> Int {
    guard count > 1 else { return 0 }
    switch order {
    case .roundRobin, .chain, .vote, .moderator:
      return last.map { ($0 + 1) % count } ?? 0
    case .random:
      var generator = SplitMix64(seed: seed, turn: number)
      guard let last else { return Int.random(in: 0..<count, using: &generator) }
      let pick = Int.random(in: 0..<(count - 1), using: &generator)
      return pick < last ? pick : pick + 1
    }
  }
}
