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
    for (index, message) in messages.enumerated() {
      let place = "messages[\(index)]"
      guard let role = message["role"]?.string else { throw ForeignProblem("\(place) has no role") }
      let text = try text(message["content"], "\(place).content")
      if isInstruction(role) {
        if conversation.turns.isEmpty { prompts.append(text) }
        continue
      }
      guard role != "tool", role != "function" else { continue }
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

  /// Whether this is a conversation of the form. A list of messages alone may also be somebody's preamble.
  static func matches(_ value: JSONValue) -> Bool {
    guard let messages = value["messages"]?.array ?? value.array else { return false }
    let isMessage = { (message: JSONValue) in
      message["role"]?.string.map(roles.contains) == true
        && (message["content"] != nil || message["tool_calls"] != nil)
    }
    return messages.allSatisfy(isMessage)
      && messages.contains { $0["role"]?.string.map { !isInstruction($0) } == true }
  }

  private static let roles: Set = ["system", "developer", "user", "assistant", "tool", "function"]

  private static func isInstruction(_ role: String) -> Bool { role == "system" || role == "developer" }

  /// A content: a text, or parts, of which the texts count.
  private static func text(_ content: JSONValue?, _ place: String) throws(ForeignProblem) -> String {
    guard let parts = content?.array else { return try ForeignProblem.text(content, place) }
    return parts.compactMap { $0.string ?? $0["text"]?.string }.joined()
  }

  private static func calls(_ value: JSONValue?) -> [ToolCall] {
    (value?.array ?? []).compactMap { call in
      guard let name = call["function"]?["name"]?.string else { return nil }
      return ToolCall(
        id: call["id"]?.string, name: name, arguments: call["function"]?["arguments"]?.string ?? "")
    }
  }
}
