// SPDX-License-Identifier: MIT

import OrderedCollections

/// Builds the body of a request: top-level members in order, and the messages.
///
/// The payload overrides `model`, `stream`, the request's tools and its fields, and adds further members,
/// without merging nested objects. Its own `messages` come before the system prompt and the conversation. A
/// system prompt at the top level overrides the payload's `system`.
struct RequestBody {
  enum Member {
    case value(JSONValue)
    case text(SharedText)
    case messages
  }

  private var members: OrderedDictionary<String, Member>
  private var prefix: [JSONValue]
  private var messages: [Message]

  init(_ request: ModelRequest, model: String, payload: JSONObject, in dialect: any Dialect) {
    members = [
      "model": .value(.string(model)), "messages": .messages, "stream": .value(.bool(request.stream)),
    ]
    for (key, value) in payload where key != "messages" { members[key] = .value(value) }
    for (key, value) in dialect.additions(of: request, to: payload) { members[key] = .value(value) }
    prefix = payload["messages"]?.array ?? []
    messages = request.messages
    switch (request.system, request.systemPlacement) {
    case (let system?, .message): messages.insert(Message(.system, system), at: 0)
    case (let system?, .topLevel): members["system"] = .text(system)
    case (nil, _): break
    }
    dialect.complete(&self)
  }

  subscript(key: String) -> Member? {
    get { members[key] }
    set { members[key] = newValue }
  }

  /// Whether the body asks for a stream.
  var isStream: Bool {
    if case .value(let value)? = members["stream"] { value == true } else { false }
  }

  /// Moves all system texts from the messages to the top level, after the one already there.
  mutating func moveSystemToTopLevel() {
    var texts: [SharedText] = []
    if case .text(let system)? = members["system"] { texts.append(system) }
    texts += prefix.filter(Self.isSystem).compactMap { $0["content"]?.string.map(SharedText.init) }
    prefix.removeAll(where: Self.isSystem)
    texts += messages.filter { $0.role == .system }.map(\.content)
    messages.removeAll { $0.role == .system }
    guard let first = texts.first else { return }
    members["system"] = .text(texts.dropFirst().reduce(first) { $0.joined(with: $1) })
  }

  /// Removes a key from the messages, but not from those of the payload.
  mutating func removeFromMessages(_ key: String) {
    for index in messages.indices where messages[index].extra[key] != nil {
      messages[index].extra[key] = nil
    }
  }

  private static func isSystem(_ message: JSONValue) -> Bool {
    message["role"] == "system" && message["content"]?.string != nil
  }

  /// The body as JSON in segments. Long texts are separate segments, shared and not copied.
  var segments: [[UInt8]] {
    var writer = SegmentWriter()
    for (index, member) in members.elements.enumerated() {
      writer.append(index == 0 ? "{" : ",")
      writer.append(.string(member.key))
      writer.append(":")
      switch member.value {
      case .value(let value): writer.append(value)
      case .text(let text): writer.append(text)
      case .messages: append(messagesTo: &writer)
      }
    }
    writer.append("}")
    return writer.finish()
  }

  private func append(messagesTo writer: inout SegmentWriter) {
    writer.append("[")
    for (index, message) in prefix.enumerated() {
      if index > 0 { writer.append(",") }
      writer.append(message)
    }
    for (index, message) in messages.enumerated() {
      writer.append(index == 0 && prefix.isEmpty ? "{\"role\":\"" : ",{\"role\":\"")
      writer.append(message.role.rawValue)
      writer.append("\",\"content\":")
      writer.append(message.content)
      for (key, value) in message.extra where key != "role" && key != "content" {
        writer.append(",")
        writer.append(.string(key))
        writer.append(":")
        writer.append(value)
      }
      writer.append("}")
    }
    writer.append("]")
  }
}

/// Joins small pieces into one segment and keeps long ones separate.
private struct SegmentWriter {
  private var segments: [[UInt8]] = []
  private var small: [UInt8] = []

  mutating func append(_ text: String) { small += text.utf8 }
  mutating func append(_ value: JSONValue) { JSONWriter.append(value, to: &small) }

  mutating func append(_ text: SharedText) {
    small.append(ASCII.quote)
    if let escaped = text.escaped {
      segments += [small, escaped]
      small = []
    } else {
      JSONWriter.appendEscaped(text.string, to: &small)
    }
    small.append(ASCII.quote)
  }

  mutating func finish() -> [[UInt8]] { segments + [small] }
}
