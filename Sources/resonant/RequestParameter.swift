// SPDX-License-Identifier: MIT

import ResonantCore

/// A flag that does not exist, but is the name of a parameter that requests usually have: it belongs into a payload.
struct RequestParameter {
  private static let names: Set = [
    "temperature", "top_p", "top_k", "min_p", "max_tokens", "max_completion_tokens", "frequency_penalty",
    "presence_penalty", "repetition_penalty", "repeat_penalty", "reasoning_effort",
  ]

  private let payload: String
  private let name: String
  private let value: JSONValue

  /// Nil if the flag is no such name, or the command takes no payload for it.
  init?(_ flag: String, among flags: [String], arguments: [String] = CommandLine.arguments) {
    let words = flag.drop { $0 == "-" }.replacing("-", with: "_")
    let names = Self.names.filter { words == $0 || words.hasSuffix("_\($0)") }
    guard let name = names.max(by: { $0.count < $1.count }) else { return nil }
    self.name = name
    payload = "--" + words.dropLast(name.count).replacing("_", with: "-") + "payload"
    guard flags.contains(payload) else { return nil }
    value = Self.value(of: flag, in: arguments)
  }

  /// `; did you mean --payload '{"temperature": 1}'?`
  var hint: String { "; did you mean \(payload) '{\"\(name)\": \(value.jsonText)}'?" }

  /// What stands behind the flag, as a number if it is one; 1 stands for nothing.
  private static func value(of flag: String, in arguments: [String]) -> JSONValue {
    let index = arguments.firstIndex { $0 == flag || $0.hasPrefix(flag + "=") }
    guard let index else { return 1 }
    let joined = arguments[index].dropFirst(flag.count + 1)
    let next = arguments.indices.contains(index + 1) ? arguments[index + 1] : ""
    let text = joined.isEmpty ? next : String(joined)
    if text.isEmpty || text.hasPrefix("--") { return 1 }
    let number = try? JSONValue.parse(text)
    return number?.double == nil ? .string(text) : number ?? 1
  }
}
