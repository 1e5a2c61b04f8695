// SPDX-License-Identifier: MIT

import OrderedCollections

/// One reply of a builtin model.
struct ScriptLine: Sendable, Equatable {
  var text = ""
  var thinking = ""
  var calls: [ToolCall] = []

  init(text: String, thinking: String = "", calls: [ToolCall] = []) {
    self.text = text
    self.thinking = thinking
    self.calls = calls
  }

  /// Reads an item of a script: a string, or an object with at least one of `text`, `thinking` and `tools`, a
  /// list of `{"name", "arguments"}`.
  init(_ json: JSONValue) throws(InvalidValue) {
    self.init(text: json.string ?? "")
    guard json.string == nil else { return }
    guard let object = json.object else {
      throw InvalidValue("expected a string or an object, found \(json.kind)")
    }
    try Self.check(object, keys: ["text", "thinking", "tools"])
    for (index, tool) in try Self.array(object["tools"]).enumerated() {
      do throws(InvalidValue) {
        calls.append(try Self.call(tool))
      } catch {
        throw InvalidValue("tools[\(index)]: \(error)")
      }
    }
    thinking = try Self.string(object, "thinking") ?? ""
    guard let text = try Self.string(object, "text") ?? (thinking.isEmpty && calls.isEmpty ? nil : "") else {
      throw InvalidValue("there is neither text nor thinking nor a tool")
    }
    self.text = text
  }

  /// Arguments that are a string are sent as they are, also if they are no JSON.
  private static func call(_ json: JSONValue) throws(InvalidValue) -> ToolCall {
    guard let object = json.object else { throw InvalidValue("expected an object, found \(json.kind)") }
    try check(object, keys: ["name", "arguments"])
    guard let name = try string(object, "name"), !name.isEmpty else { throw InvalidValue("name is missing") }
    switch object["arguments"] ?? [:] {
    case .string(let text): return ToolCall(name: name, arguments: text)
    case .object(let arguments): return ToolCall(name: name, arguments: JSONValue.object(arguments).jsonText)
    case let other: throw InvalidValue("arguments: expected an object or a string, found \(other.kind)")
    }
  }

  private static func check(_ object: JSONObject, keys: [String]) throws(InvalidValue) {
    if let key = object.keys.first(where: { !keys.contains($0) }) {
      throw InvalidValue("there is no key \"\(key)\", only \(keys.joined(separator: ", "))")
    }
  }

  private static func string(_ object: JSONObject, _ key: String) throws(InvalidValue) -> String? {
    guard let json = object[key] else { return nil }
    guard let text = json.string else { throw InvalidValue("\(key): expected a string, found \(json.kind)") }
    return text
  }

  private static func array(_ json: JSONValue?) throws(InvalidValue) -> [JSONValue] {
    guard let json else { return [] }
    guard let items = json.array else { throw InvalidValue("tools: expected an array, found \(json.kind)") }
    return items
  }
}
