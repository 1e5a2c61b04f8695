// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What distinguishes one kind of conversation from others: when a turn is due, who speaks, what each is asked,
/// and what follows from what a model does besides speaking. `Conversation` is the same for all.
protocol ConversationRules: Sendable {
  /// What happens next; called before each turn until it answers `turn` or `stop`.
  func nextStep(after transcript: Transcript) async -> ConversationStep
  /// Waits between two turns; ends early if the task is cancelled.
  func pause(_ duration: Duration, after transcript: Transcript) async
  /// Who speaks next. Throws if a model that has to choose fails.
  func speaker(after transcript: Transcript) async throws(ModelError) -> SpeakerChoice
  /// Somebody who speaks if `speaker` failed and the conversation goes on nevertheless.
  func substitute(after transcript: Transcript) -> Int
  /// The request for the turn after a transcript.
  func request(to index: Int, after transcript: Transcript) -> ModelRequest
  /// Begins to watch a reply that is asked for; nil if nobody may interrupt it.
  func watch(_ attempt: Attempt, by speaker: Participant, after transcript: Transcript) -> (any ReplyWatch)?
  /// What a reply does besides saying something: tool calls, for example. Called with the turn before it is
  /// appended; may change its outcome.
  func effects(of turn: inout Turn, by index: Int, verdict: LiveReply.Verdict?) -> TurnEffects
}

extension ConversationRules {
  func pause(_ duration: Duration, after transcript: Transcript) async {
    _ = try? await Task.sleep(for: duration)
  }
}

/// What happens next in a conversation.
enum ConversationStep: Sendable {
  case turn
  /// An event is recorded, and the next step is asked for.
  case happening(Happening)
  /// The turns above a number are forgotten.
  case rewind(to: Int)
  case stop(StopReason, error: String? = nil)
}

/// An event before it has its place in the transcript.
struct Happening: Sendable, Equatable {
  var kind: String
  var fields: JSONObject
  var time: Date

  init(_ kind: String, _ fields: JSONObject = [:], at time: Date = Date()) {
    self.kind = kind
    self.fields = fields
    self.time = time
  }
}

/// What follows from a reply.
struct TurnEffects: Sendable {
  var happenings: [Happening] = []
  /// The speaker has done something else instead of speaking, and leaves no turn.
  var isSilent = false
}

/// The next speaker, and what happened while it was chosen.
struct SpeakerChoice: Sendable {
  var index: Int
  var happenings: [Happening] = []
}

/// Watches a reply for those who may interrupt it.
protocol ReplyWatch: Sendable {
  /// Called when the model has ended its reply, or failed. Returns once everything is shown or the reply is
  /// cut, with what happened meanwhile; nothing may cut the reply afterwards.
  func finish() async -> [Happening]
}

/// The rules of a chat: turns follow each other without a break.
struct ChatRules: ConversationRules {
  let participants: [Participant]
  let settings: ConversationSettings
  let selection: any SpeakerSelection

  func nextStep(after transcript: Transcript) async -> ConversationStep { .turn }

  func speaker(after transcript: Transcript) async throws(ModelError) -> SpeakerChoice {
    try await selection.next(in: context(transcript))
  }

  func substitute(after transcript: Transcript) -> Int {
    RandomSelection(seed: settings.seed).pick(in: context(transcript))
  }

  private func context(_ transcript: Transcript) -> SelectionContext {
    SelectionContext(transcript: transcript, participants: participants) {
      request(to: $0, after: transcript)
    }
  }

  func request(to index: Int, after transcript: Transcript) -> ModelRequest {
    let participant = participants[index]
    let turn = transcript.turns.count + 1
    var generator = SplitMix64(seed: settings.seed, turn: turn)
    var request = ModelRequest(
      turn: turn, system: participant.systemPrompt, systemPlacement: participant.systemPlacement,
      messages: Perspective.messages(for: index, among: participants, after: transcript.turns),
      stream: settings.stream, seed: generator.next(),
      ownTurns: transcript.turns.count { $0.speaker == participant.name && $0.outcome.isGenerated }
        + transcript.votes(of: participant.name),
      roles: participant.roles)
    if settings.order == .chain, let tool = NextSpeakerTool.tool(for: index, among: participants.map(\.name))
    {
      request.tools = [tool]
    }
    return request
  }

  func watch(_ attempt: Attempt, by speaker: Participant, after transcript: Transcript) -> (any ReplyWatch)? {
    nil
  }

  func effects(of turn: inout Turn, by index: Int, verdict: LiveReply.Verdict?) -> TurnEffects {
    guard settings.order == .chain else { return TurnEffects() }
    return TurnEffects(
      happenings: turn.toolCalls.map { $0.happening(by: turn.speaker) },
      isSilent: verdict == nil && turn.text.isEmpty && !turn.toolCalls.isEmpty)
  }
}
