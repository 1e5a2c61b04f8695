// SPDX-License-Identifier: MIT

/// Uniform over all participants except the last speaker.
struct RandomSelection: SpeakerSelection {
  var seed: UInt64

  func next(after transcript: Transcript, among participants: [Participant]) -> Int {
    var generator = SplitMix64(seed: seed, turn: transcript.turns.count + 1)
    guard let last = participants.lastSpeaker(in: transcript) else {
      return Int.random(in: 0..<participants.count, using: &generator)
    }
    let pick = Int.random(in: 0..<(participants.count - 1), using: &generator)
    return pick < last ? pick : pick + 1
  }
}
