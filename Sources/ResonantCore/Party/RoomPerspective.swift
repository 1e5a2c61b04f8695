// SPDX-License-Identifier: MIT

import OrderedCollections

/// A participant's view of a room: a pure function from the transcript to the messages of a request.
struct RoomPerspective {
  let participants: [Participant]
  let settings: RoomSettings

  /// The introduction, then own turns as `assistant`, and those of others and the moderator's notes as `user`
  /// messages with a name. The word limit, while there is one, ends the messages.
  func messages(for index: Int, after transcript: Transcript, _ state: RoomState) -> [Message] {
    let participant = participants[index]
    var messages = [introduction]
    for moment in transcript.timeline {
      guard let message = message(of: moment, to: participant) else { continue }
      Self.append(message, to: &messages)
    }
    if let directive = directive(state) {
      messages.append(Self.named(AskedModerator.name, directive))
    } else if messages.last?.role == .assistant {
      messages.append(Message(.user, Prompts.yourTurn))
    }
    guard participant.roles == .alternate else { return messages }
    return Perspective.alternating(messages.map { Message($0.role, $0.content) })
  }

  private var introduction: Message {
    Message(
      .user,
      Prompts.introduction(
        models: participants.filter { !$0.isHuman }.map(\.name),
        people: participants.filter(\.isHuman).map(\.name), topic: settings.topic))
  }

  private func message(of moment: Transcript.Moment, to participant: Participant) -> Message? {
    switch moment {
    case .preamble: nil
    case .turn(let turn) where turn.speaker == participant.name: Message(.assistant, turn.utterance)
    // A reply that was nothing but thinking.
    case .turn(let turn) where turn.utteranceForOthers.isEmpty: nil
    case .turn(let turn): Self.named(turn.speaker, "[\(turn.speaker)]: \(turn.utteranceForOthers)")
    case .event(let event) where event.isModeratorNote:
      Self.named(AskedModerator.name, "[\(AskedModerator.name)]: \(event.fields["text"]?.string ?? "")")
    case .event: nil
    }
  }

  private func directive(_ state: RoomState) -> String? {
    if let limit = state.wordLimit { return Prompts.wordLimit(limit) }
    return state.wordLimitIsLifted ? Prompts.noWordLimit : nil
  }

  /// Appends a message, or merges it with the last one if that has the same role and name.
  private static func append(_ message: Message, to messages: inout [Message]) {
    let last = messages.count - 1
    guard last > 0, messages[last].role == message.role, messages[last].extra == message.extra else {
      return messages.append(message)
    }
    messages[last].content = messages[last].content.joined(with: message.content)
  }

  private static func named(_ name: String, _ text: String) -> Message {
    Message(.user, text, extra: ["name": .string(Participant.apiName(of: name))])
  }
}
