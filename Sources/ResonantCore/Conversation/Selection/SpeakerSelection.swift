// SPDX-License-Identifier: MIT

/// Chooses who speaks next.
///
/// A random choice depends only on the seed and the turn number, so that a resumed conversation chooses as an
/// uninterrupted one would have.
protocol SpeakerSelection: Sendable {
  /// The index of the next speaker after the current turns. There are at least two participants.
  ///
  /// Throws if no speaker can be chosen.
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
