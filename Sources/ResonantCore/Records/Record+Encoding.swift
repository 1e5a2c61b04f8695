// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Record {
  /// The record as a JSON object, its keys in their fixed order.
  public var json: JSONValue { .object(JSONObject.make(write)) }

  /// The record on a line of its own, with its line feed.
  public var line: [UInt8] { json.json + [UInt8(ascii: "\n")] }

  private func write(to json: inout JSONObject) {
    switch self {
    case .header(let header): header.write(to: &json)
    case .preamble(let preamble): preamble.write(to: &json)
    case .turn(let turn): turn.write(to: &json)
    case .event(let event): event.write(to: &json)
    case .end(let end): end.write(to: &json)
    }
  }
}

extension JSONObject {
  fileprivate mutating func add(_ key: String, _ text: String) { add(key, .string(text)) }
  fileprivate mutating func add(_ key: String, _ number: Int) { add(key, .int(number)) }
  /// Omits a time that is not known.
  fileprivate mutating func add(_ key: String, _ date: Date) {
    if date != Transcript.unknownTime { add(key, .string(Timestamp.text(date))) }
  }

  /// Writes null for a missing text.
  fileprivate mutating func add(_ key: String, orNull text: String?) {
    add(key, text.map(JSONValue.string) ?? .null)
  }

  /// Omits a missing text.
  fileprivate mutating func add(_ key: String, ifAny text: String?) {
    if let text { add(key, .string(text)) }
  }
}

extension Transcript.Header {
  fileprivate func write(to json: inout JSONObject) {
    json.add("type", "header")
    json.add("format", Record.format)
    json.add("version", Record.version)
    json.add("id", id)
    json.add("created", created)
    json.add("program", program)
    json.add("mode", mode.rawValue)
    json.add("seed", seed.map { .number(String($0)) } ?? .null)
    json.add("participants", objects: participants) { $0.write(to: &$1) }
    json.add("settings", .object(settings))
    json.add("topic", orNull: topic)
    if let parent {
      json.add("parent") {
        $0.add("id", parent.id)
        $0.add("turn", parent.turn)
      }
    }
    if let trial {
      json.add("trial") {
        $0.add("experiment", trial.experiment)
        $0.add("condition", .object(trial.condition))
        $0.add("repeat", trial.repeat)
        guard let fork = trial.fork else { return }
        $0.add("fork", fork.number)
        $0.add("inject", ifAny: fork.injection?.text)
        $0.add("as", ifAny: fork.injection?.speaker)
      }
    }
  }
}

extension Transcript.Participant {
  func write(to json: inout JSONObject) {
    json.add("name", name)
    json.add("model", model)
    // Files of other tools name no endpoints.
    if human || !endpoint.isEmpty { json.add("endpoint", endpoint) }
    if human || !api.isEmpty { json.add("api", api) }
    json.add("system_prompt", orNull: systemPrompt)
    json.add("payload", .object(payload))
    json.add("header_names", .array(headerNames.map(JSONValue.string)))
    if !headerReferences.isEmpty { json.add("header_refs", .object(headerReferences)) }
    json.add("human", .bool(human))
  }
}

extension Transcript.Preamble {
  /// The keys of the record, which further keys of a message must not replace.
  static let reserved: Set<String> = ["type", "owner", "index", "role", "content", "extra"]

  fileprivate func write(to json: inout JSONObject) {
    json.add("type", "preamble")
    json.add("owner", owner)
    json.add("index", index)
    json.add("role", role.rawValue)
    json.add("content", content)
    for (key, value) in extra where !Self.reserved.contains(key) { json.add(key, value) }
    let colliding = extra.filter { Self.reserved.contains($0.key) }
    if !colliding.isEmpty { json.add("extra", .object(colliding)) }
  }
}

extension Turn {
  fileprivate func write(to json: inout JSONObject) {
    json.add("type", "turn")
    json.add("n", number)
    json.add("speaker", speaker)
    json.add("model", model)
    json.add("served_model", ifAny: servedModel)
    json.add("text", text)
    json.add("heard", ifAny: heard)
    json.add("thinking", ifAny: thinking)
    json.add("chars", characters)
    json.add("outcome", outcome.rawValue)
    json.add("started", started)
    json.add("first_token_ms", firstTokenMilliseconds.map(JSONValue.int) ?? .null)
    json.add("ms", milliseconds)
    if let usage { json.add("usage", .object(usage.fields)) }
    json.add("finish_reason", ifAny: finishReason)
    if !toolCalls.isEmpty { json.add("tool_calls", objects: toolCalls) { $0.write(to: &$1) } }
    json.add("retries", retries)
  }
}

extension ToolCall {
  fileprivate func write(to json: inout JSONObject) {
    json.add("id", ifAny: id)
    json.add("name", name)
    json.add("arguments", arguments)
  }
}

extension Transcript.Event {
  /// The keys of the record, which no field of an event may have.
  static let reserved: Set<String> = ["type", "kind", "t"]

  fileprivate func write(to json: inout JSONObject) {
    json.add("type", "event")
    json.add("kind", kind)
    json.add("t", time)
    for (key, value) in fields where !Self.reserved.contains(key) { json.add(key, value) }
  }
}

extension Transcript.End {
  fileprivate func write(to json: inout JSONObject) {
    json.add("type", "end")
    json.add("reason", reason.rawValue)
    json.add("turns", turns)
    json.add("chars", characters)
    json.add("usage", .object(usage.fields))
    json.add("ms", milliseconds)
    json.add("error", ifAny: error)
  }
}
