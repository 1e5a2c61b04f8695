// SPDX-License-Identifier: MIT

/// Uniform over all participants except the last speaker.
struct RandomSelection: SpeakerSelection {
  var seed: UInt64

  func next(in context: SelectionContext) -> SpeakerChoice { SpeakerChoice(index: pick(in: context)) }

  func pick(in context: SelectionContext) -> Int {
    pick(among: context.candidates, after: context.transcript)
  }

  /// One of `candidates`, of which there is at least one.
  func pick(among candidates: [Int], after transcript: Transcript) -> Int {
    var generator = SplitMix64(seed: seed, turn: transcript.turns.count + 1)
    // Further attempts at the same turn choose anew.
    for _ in transcript.attempts { generator = SplitMix64(seed: generator.next()) }
    return candidates[Int.random(in: 0..<candidates.count, using: &generator)]
  }
}
