// SPDX-License-Identifier: MIT

/// A transcript as one line of JSON in the form of OpenAI's chat messages, as datasets for training have it:
/// `{"messages": [{"role", "content"}, …]}`.
///
/// The first speaker is the `assistant`, the others are `user`, as that speaker's model saw it; its system prompt
/// comes first. Among more than two participants a message has its speaker's `name`. Between two, neighbouring
/// messages of one role are joined by a blank line, so that roles alternate. Passed turns, preambles and reasoning
/// are left out.
public enum OpenAIExport {
  public static func document(of transcript: Transcript) -> [UInt8] {
    let first = transcript.firstSpeaker
    let namesSpeakers = transcript.header.participants.count > 2
    var messages: [JSONObject] = []
    if let prompt = first?.systemPrompt { messages.append(["role": "system", "content": .string(prompt)]) }
    for turn in transcript.heardTurns {
      let role = turn.speaker == first?.name ? "assistant" : "user"
      var message: JSONObject = ["role": .string(role), "content": .string(turn.heardText)]
      if namesSpeakers {
        message["name"] = .string(name(turn.speaker))
      } else if let last = messages.last, last["role"] == message["role"] {
        message["content"] = joined(last["content"], message["content"])
        messages.removeLast()
      }
      messages.append(message)
    }
    return JSONValue.object(["messages": .array(messages.map(JSONValue.object))]).json + [0x0A]
  }

  private static func joined(_ one: JSONValue?, _ other: JSONValue?) -> JSONValue {
    .string([one, other].compactMap { $0?.string }.joined(separator: "\n\n"))
  }

  /// The characters that OpenAI allows in a name; others become underscores.
  private static func name(_ speaker: String) -> String {
    let forbidden: Set<Unicode.Scalar> = ["<", ">", "|", "\\", "/"]
    let scalars = speaker.unicodeScalars.map {
      $0.properties.isWhitespace || forbidden.contains($0) ? "_" : $0
    }
    return String(String.UnicodeScalarView(scalars.prefix(64)))
  }
}

extension Transcript {
  /// The participant that spoke first; before the first turn, the one that would.
  var firstSpeaker: Participant? {
    let name = heardTurns.first?.speaker
    return header.participants.first { $0.name == name } ?? header.participants.first
  }
}
