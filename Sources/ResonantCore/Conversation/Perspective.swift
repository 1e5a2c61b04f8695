// SPDX-License-Identifier: MIT

/// A participant's view of a conversation: a pure function from the turns so far to the messages of a
/// request.
enum Perspective {
  /// The participant's preamble unchanged, then its own turns as `assistant` and all others as `user`,
  /// prefixed with the speaker's name if there are more than two participants.
  static func messages(
    for index: Int, among participants: [Participant], after turns: [Turn]
  ) -> [Message] {
    let participant = participants[index]
    let namesSpeakers = participants.count > 2
    let said = turns.map { turn in
      turn.speaker == participant.name
        ? Message(.assistant, turn.said) : Message(.user, heard(turn, isNamed: namesSpeakers))
    }
    let messages = participant.preamble + said
    switch participant.roles {
    case .alternate: return alternating(messages)
    case .asIs where messages.isEmpty && participant.systemPrompt == nil: return [opener]
    case .asIs: return messages
    }
  }

  /// Merges neighbouring messages of the same role with a blank line between them, and makes the first
  /// non-system message a `user` one, as strict chat templates and Anthropic's API require.
  static func alternating(_ messages: [Message]) -> [Message] {
    var result: [Message] = []
    var hasBegun = false
    for message in messages {
      if message.role == .system {
        result.append(message)
        continue
      }
      if !hasBegun, message.role == .assistant { result.append(opener) }
      hasBegun = true
      if let last = result.last, last.role == message.role {
        result[result.count - 1].content = last.content.joined(with: message.content)
      } else {
        result.append(message)
      }
    }
    return hasBegun ? result : result + [opener]
  }

  private static func heard(_ turn: Turn, isNamed: Bool) -> SharedText {
    if turn.heard == nil, !isNamed { return turn.said }
    return SharedText((isNamed ? "[\(turn.speaker)]: " : "") + turn.heardText)
  }

  private static let opener = Message(.user, Prompts.leadingUserMessage)
}
