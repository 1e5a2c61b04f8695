// SPDX-License-Identifier: MIT

/// Chooses who speaks next.
///
/// A random choice follows from the seed and the turn's number alone, so that a resumed conversation chooses as the
/// unbroken one would have.
protocol SpeakerSelection: Sendable {
  /// The index of the participant who speaks after the turns there are. There are two participants or more.
  ///
  /// Throws when nobody can be chosen.
  func next(
    after transcript: Transcript, among participants: [Participant]
  ) async throws(ModelError) -> Int
}

extension SpeakerOrder {
  func selection(seed: UInt64) -> any SpeakerSelection {
    switch self {
    case .random: RandomSelection(seed: seed)
    case .roundRobin, .chain, .vote, .moderator: RoundRobinSelection()
    }
  }
}

extension [Participant] {
  /// The index of the participant who spoke last; nil before the first turn.
  func lastSpeaker(in transcript: Transcript) -> Int? {
    transcript.turns.last.flatMap { turn in firstIndex { $0.name == turn.speaker } }
  }
}
