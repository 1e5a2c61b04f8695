// SPDX-License-Identifier: MIT

/// What llm_conversation saves. As JSON: `{"agents": [{"name", "model", "temperature", "ctx_size",
/// "system_prompt"}, …], "conversation": [{"agent", "content"}, …]}`. As text: the same facts under `=== Agent 1
/// ===`, then `=== Conversation ===` and the messages, each after its `NAME: `, between rules.
enum LLMConversation {
  // MARK: JSON

  static func conversation(_ value: JSONValue) throws(ForeignProblem) -> ForeignConversation {
    guard let messages = value["conversation"]?.array else { throw ForeignProblem("has no conversation") }
    var conversation = ForeignConversation()
    for agent in value["agents"]?.array ?? [] {
      guard let name = agent["name"]?.string else { continue }
      conversation.describe(
        name, model: agent["model"]?.string, systemPrompt: agent["system_prompt"]?.string)
      conversation.setTemperature(agent["temperature"], of: name)
    }
    for message in ForeignMessage.all(messages) {
      conversation.say(try message.text("content"), by: try message.speaker("agent"))
    }
    return conversation
  }

  // MARK: Text

  private static let start = "=== Conversation ==="
  private static let rule = String(repeating: "─", count: 80)

  static func matches(_ text: TextLines) -> Bool {
    guard let first = text.firstFilled, text.lines.contains(where: { $0 == start }) else { return false }
    return first == start || isAgent(first)
  }

  static func conversation(_ text: TextLines) throws(ForeignProblem) -> ForeignConversation {
    guard let start = text.lines.firstIndex(where: { $0 == start }) else {
      throw ForeignProblem("has no line \(start)")
    }
    var conversation = ForeignConversation()
    for facts in text.lines[..<start].split(whereSeparator: isAgent) { describe(facts, in: &conversation) }
    let known = conversation.participants.keys.sorted { $0.utf8.count > $1.utf8.count }
    let rest = text.lines[(start + 1)...]
    for part in rest.split(omittingEmptySubsequences: false, whereSeparator: { $0 == rule }) {
      let message = part.joined(separator: "\n").trimmed
      // Between two rules there may be an empty message, which still has its name.
      if message.isEmpty { continue }
      let (name, text) = split(message, known)
      conversation.say(text, by: name)
    }
    return conversation
  }

  private static func isAgent(_ line: Substring) -> Bool {
    line.hasPrefix("=== Agent ") && line.hasSuffix(" ===")
  }

  /// Reads `Key: value` lines, of which the last, the system prompt, may have several lines.
  private static func describe(_ facts: ArraySlice<Substring>, in conversation: inout ForeignConversation) {
    func value(_ key: String) -> String? {
      facts.first { $0.hasPrefix(key + ": ") }.map { $0.dropFirst(key.count + 2).string.trimmed }
    }
    guard let name = value("Name") else { return }
    let prompt = facts.firstIndex { $0.hasPrefix("System Prompt:") }.map { index in
      facts[index...].joined(separator: "\n").dropFirst("System Prompt:".count).string.trimmed
    }
    conversation.describe(name, model: value("Model"), systemPrompt: prompt)
    let temperature = value("Temperature").flatMap(Double.init)
    conversation.setTemperature(temperature.map(JSONValue.double), of: name)
  }

  /// Takes the speaker's name off a message: that of an agent, else what is before a colon in the first line.
  private static func split(_ message: String, _ known: [String]) -> (name: String, text: String) {
    if let name = known.first(where: { message.utf8.starts(with: ($0 + ":").utf8) }) {
      return (name, String(decoding: message.utf8.dropFirst(name.utf8.count + 1), as: UTF8.self).trimmed)
    }
    let line = message.prefix { $0 != "\n" }
    guard let colon = line.firstIndex(of: ":") else { return ("?", message) }
    return (String(line[..<colon]), String(message[message.index(after: colon)...]).trimmed)
  }
}

extension ForeignConversation {
  fileprivate mutating func setTemperature(_ value: JSONValue?, of name: String) {
    if let value, value.double != nil { setPayload(["temperature": value], of: name) }
  }
}

extension Substring {
  fileprivate var string: String { String(self) }
}
