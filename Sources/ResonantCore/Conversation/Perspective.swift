// SPDX-License-Identifier: MIT

/// What one participant must see of a conversation: pure, from the utterances so far to the messages of a request.
enum Perspective {
  /// The participant's preamble as it is, then its own utterances as `assistant` and all others as `user`.
  static func messages(
    for index: Int, among participants: [Participant], after utterances: [Utterance]
  ) -> [Message] {
    let participant = participants[index]
    let heard = utterances.map { utterance in
      utterance.speaker == index ? Message(.assistant, utterance.said) : Message(.user, utterance.heard)
    }
    let messages = participant.preamble + heard
    switch participant.roles {
    case .alternate: return alternating(messages)
    case .asIs where messages.isEmpty && participant.systemPrompt == nil: return [opener]
    case .asIs: return messages
    }
  }

  /// Equal neighbours are merged with a blank line between them, and the first message that is not `system` is
  /// a `user` one, as strict chat templates and Anthropic's API demand.
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

  private static let opener = Message(.user, Prompts.leadingUserMessage)
}
