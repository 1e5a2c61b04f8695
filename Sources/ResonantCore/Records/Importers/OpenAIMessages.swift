// SPDX-License-Identifier: MIT

/// Conversations as messages of the OpenAI API, as its files for fine-tuning have them: `{"messages": [{"role",
/// "content", "name"}, …]}`, possibly with a `model`.
enum OpenAIMessages {
  static func conversation(_ value: JSONValue) throws(ForeignProblem) -> ForeignConversation {
    guard let messages = (value["messages"] ?? value).array, value.array?.isEmpty != true else {
      throw ForeignProblem("has no messages")
    }
    var conversation = ForeignConversation()
    var prompts: [String] = []
    var users: Set<String> = []
    for message in ForeignMessage.all(messages) {
      let role = try message.speaker("role")
      if role == "tool" || role == "function" { continue }
      let text = try text(of: message)
      if role == "system" || role == "developer" {
        if conversation.turns.isEmpty { prompts.append(text) }
        continue
      }
      let name = message["name"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? role
      if role == "user" { users.insert(name) }
      conversation.say(text, by: name, calling: calls(message["tool_calls"]))
    }
    conversation.id = value["id"]?.string
    let prompt = prompts.joined(separator: "\n\n")
    for name in conversation.participants.keys where !users.contains(name) {
      conversation.describe(name, model: value["model"]?.string, systemPrompt: prompt)
    }
    return conversation
  }

  /// What a message may have instead of a content.
  private static let substitutes = ["tool_calls", "function_call", "refusal", "audio"]

  private static func text(of message: ForeignMessage) throws(ForeignProblem) -> String {
    if message["content"] == nil, substitutes.contains(where: { message[$0] != nil }) { return "" }
    return try message.joinedText("content")
  }

  private static func calls(_ value: JSONValue?) -> [ToolCall] {
    (value?.array ?? []).compactMap { call in
      guard let name = call["function"]?["name"]?.string else { return nil }
      return ToolCall(
        id: call["id"]?.string, name: name, arguments: call["function"]?["arguments"]?.string ?? "")
    }
  }
}
