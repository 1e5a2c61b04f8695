// SPDX-License-Identifier: MIT

/// ShareGPT, as FastChat and others read it: `{"id", "conversations": [{"from": "human", "value"}, …]}`, with the
/// system prompt as a first message or as `system`, possibly with a `model`.
enum ShareGPT {
  static func conversation(_ value: JSONValue) throws(ForeignProblem) -> ForeignConversation {
    guard let messages = value["conversations"]?.array else { throw ForeignProblem("has no conversations") }
    var conversation = ForeignConversation()
    var prompts = [value["system"]?.string].compactMap(\.self)
    for message in ForeignMessage.all(messages) {
      let speaker = try message.speaker("from")
      if silent.contains(speaker) { continue }
      let text = try message.text("value")
      if speaker != "system" {
        conversation.say(text, by: speaker)
      } else if conversation.turns.isEmpty {
        prompts.append(text)
      }
    }
    conversation.id = value["id"].flatMap { $0.string ?? $0.int.map(String.init) }
    conversation.describeAssistants(model: value["model"]?.string, prompts: prompts)
    return conversation
  }

  /// Speakers whose messages are the work of tools.
  private static let silent: Set = ["tool", "function", "function_call", "function_response", "observation"]
}

extension ForeignConversation {
  /// Gives those who are not the user what a file tells about the model.
  mutating func describeAssistants(model: String?, prompts: [String]) {
    let prompt = prompts.joined(separator: "\n\n")
    for name in participants.keys where name != "human" && name != "user" {
      describe(name, model: model, systemPrompt: prompt)
    }
  }
}
