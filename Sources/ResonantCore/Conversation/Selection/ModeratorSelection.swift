// SPDX-License-Identifier: MIT

import OrderedCollections

/// The moderator with its model.
struct AskedModerator: Sendable {
  var participant: Participant
  var model: any ChatModel

  /// The name under which the moderator appears in records and in front of its notes.
  static let name = "moderator"

  /// How often the moderator has been asked in a conversation so far.
  static func requests(in transcript: Transcript) -> Int {
    transcript.events.count { event in
      event.kind == "check" || event.kind == "selection" && event.fields["by"]?.string == name
    }
  }
}

/// The moderator chooses, never the last speaker; where its answer is not valid, the choice is random.
struct ModeratorSelection: SpeakerSelection {
  var seed: UInt64
  /// Nil only where nobody checked that there is one; the choice is then random.
  var moderator: AskedModerator?

  func next(in context: SelectionContext) async throws(ModelError) -> SpeakerChoice {
    let random = RandomSelection(seed: seed)
    guard let moderator, context.candidates.count > 1 else { return random.next(in: context) }
    let names = context.candidates.map { context.names[$0] }
    let vote = try await SpeakerVote.ask(
      moderator.model, request(moderator, names, context), for: names,
      redactor: Redactor(secrets: moderator.participant.endpoint.secrets)
    ).mapError { $0.choosing(AskedModerator.name) }.get()
    let index = vote.choice.flatMap(context.names.firstIndex) ?? random.pick(in: context)
    var fields: JSONObject = [
      "speaker": .string(context.names[index]), "by": .string(AskedModerator.name),
      "valid": .bool(vote.choice != nil), "usage": .object(vote.usage.fields),
    ]
    fields["answer"] = vote.answer.map(JSONValue.string)
    return SpeakerChoice(index: index, happenings: [Happening("selection", fields)])
  }

  private func request(
    _ moderator: AskedModerator, _ names: [String], _ context: SelectionContext
  ) -> ModelRequest {
    let turns = context.transcript.turns
    let said = turns.map { "[\($0.speaker)]: \($0.utteranceForOthers)" }.joined(separator: "\n\n")
    let prompt = Prompts.chooseSpeaker(
      among: names, all: context.names, topic: context.transcript.header.topic, said: said)
    var generator = SplitMix64(seed: seed, turn: turns.count + 1)
    return ModelRequest(
      turn: turns.count + 1, system: nil, messages: [Message(.user, prompt)], seed: generator.next(),
      ownTurns: AskedModerator.requests(in: context.transcript), roles: moderator.participant.roles)
  }
}
