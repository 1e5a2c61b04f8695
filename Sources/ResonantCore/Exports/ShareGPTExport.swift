// SPDX-License-Identifier: MIT

/// A transcript as a ShareGPT dataset of one conversation, as FastChat, Axolotl and others read it:
/// `[{"id", "system"?, "conversations": [{"from", "value"}, …]}]`.
///
/// The first speaker is the `human`, the others are `gpt`, because the form's readers expect the human first. Among
/// more than two participants a message has its speaker's `name` besides. `system` is what the others were told, if
/// all of them were told the same. Passed turns, preambles and reasoning are left out.
public enum ShareGPTExport {
  public static func document(of transcript: Transcript) -> [UInt8] {
    let first = transcript.firstSpeaker
    let others = transcript.header.participants.filter { $0.name != first?.name && !$0.human }
    let namesSpeakers = transcript.header.participants.count > 2
    var conversation: JSONObject = ["id": .string(transcript.header.id)]
    if let prompt = others.first?.systemPrompt, others.allSatisfy({ $0.systemPrompt == prompt }) {
      conversation["system"] = .string(prompt)
    }
    let messages: [JSONValue] = transcript.heardTurns.map { turn in
      var message: JSONObject = [
        "from": turn.speaker == first?.name ? "human" : "gpt", "value": .string(turn.heardText),
      ]
      if namesSpeakers { message["name"] = .string(turn.speaker) }
      return .object(message)
    }
    conversation["conversations"] = .array(messages)
    return JSONValue.array([.object(conversation)]).json + [0x0A]
  }
}
