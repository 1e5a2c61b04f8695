// SPDX-License-Identifier: MIT

/// Chooses who speaks next.
///
/// A random choice depends only on the seed and the turn number, so that a resumed conversation chooses as an
/// uninterrupted one would have.
protocol SpeakerSelection: Sendable {
  /// The next speaker. There are at least two participants.
  ///
  /// Throws if a model that has to choose fails.
  func next(in context: SelectionContext) async throws(ModelError) -> SpeakerChoice
}

/// What a selection depends on.
struct SelectionContext: Sendable {
  let transcript: Transcript
  let participants: [Participant]
  /// The request that would ask a participant, by its index, for the next turn.
  let request: @Sendable (_ index: Int) -> ModelRequest

  var names: [String] { participants.map(\.name) }
  var lastSpeaker: Int? { participants.lastSpeaker(in: transcript) }

  /// The participants who may speak next: all but the last speaker.
  var candidates: [Int] {
    let others = participants.indices.filter { $0 != lastSpeaker }
    return others.isEmpty ? Array(participants.indices) : others
  }
}

extension SpeakerOrder {
  /// - Parameters:
  ///   - models: those of the participants, who may have to vote.
  ///   - moderator: the model that may have to choose.
  func selection(
    seed: UInt64, models: [any ChatModel], moderator: AskedModerator?
  ) -> any SpeakerSelection {
    switch self {
    case .roundRobin: RoundRobinSelection()
    case .random: RandomSelection(seed: seed)
    case .chain: ChainSelection(seed: seed)
    case .vote: VoteSelection(seed: seed, models: models)
    case .moderator: ModeratorSelection(seed: seed, moderator: moderator)
    }
  }
}

extension [Participant] {
  /// The index of the participant who spoke last, or tried to; nil before the first turn.
  func lastSpeaker(in transcript: Transcript) -> Int? {
    let turn = transcript.turns.last
    let failed = transcript.attempts.last
    return (failed?.fields["speaker"]?.string ?? turn?.speaker).flatMap { name in
      firstIndex { $0.name == name }
    }
  }
}

extension Transcript {
  /// The attempts at the turn that is due: replies that only called tools, and in a room errors. A chat ends with an
  /// error, and asks the same participant again when it is resumed.
  var attempts: [Event] {
    let number = turns.last?.number ?? 0
    let start =
      events.lastIndex { $0.after < number || $0.kind == "rewind" }.map { $0 + 1 } ?? events.startIndex
    return events[start...].filter { $0.kind == "silent" || header.mode == .party && $0.isFailure }
  }
}

extension Transcript.Event {
  /// Whether a turn failed.
  var isFailure: Bool { kind == "error" && fields["during"] == nil }
}
