// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Record {
  /// The record as a JSON object, its keys in their fixed order.
  public var json: JSONValue {
    switch self {
    case .header(let header): .object(header.json)
    case .preamble(let preamble): .object(preamble.json)
    case .turn(let turn): .object(turn.json)
    case .event(let event): .object(event.json)
    case .end(let end): .object(end.json)
    }
  }
}

extension JSONValue {
  fileprivate init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }
  fileprivate init(_ number: Int?) { self = number.map(JSONValue.int) ?? .null }
  fileprivate init(_ date: Date) { self = .string(Timestamp.text(date)) }
}

extension Transcript.Header {
  fileprivate var json: JSONObject {
    var json: JSONObject = [
      "type": "header", "format": .string(Record.format), "version": .int(Record.version), "id": .string(id),
      "created": JSONValue(created), "program": .string(program), "mode": .string(mode.rawValue),
      "seed": seed.map { .number(String($0)) } ?? .null,
      "participants": .array(participants.map { .object($0.json) }), "settings": .object(settings),
      "topic": JSONValue(topic),
    ]
    if let parent { json["parent"] = ["id": .string(parent.id), "turn": .int(parent.turn)] }
    if let trial {
      json["trial"] = [
        "experiment": .string(trial.experiment), "condition": .object(trial.condition),
        "repeat": .int(trial.repeat),
      ]
    }
    return json
  }
}

extension Transcript.Participant {
  fileprivate var json: JSONObject {
    var json: JSONObject = [
      "name": .string(name), "model": .string(model), "endpoint": .string(endpoint),
      "api": .string(api.rawValue), "system_prompt": JSONValue(systemPrompt), "payload": .object(payload),
      "header_names": .array(headerNames.map(JSONValue.string)),
    ]
    if !headerReferences.isEmpty { json["header_refs"] = .object(headerReferences) }
    json["human"] = .bool(human)
    return json
  }
}

extension Transcript.Preamble {
  /// Keys of the record that a message's further keys must not replace.
  static let reserved: Set<String> = ["type", "owner", "index", "role", "content", "extra"]

  fileprivate var json: JSONObject {
    var json: JSONObject = [
      "type": "preamble", "owner": .string(owner), "index": .int(index), "role": .string(role.rawValue),
      "content": .string(content),
    ]
    var colliding = JSONObject()
    for (key, value) in extra {
      if Self.reserved.contains(key) { colliding[key] = value } else { json[key] = value }
    }
    if !colliding.isEmpty { json["extra"] = .object(colliding) }
    return json
  }
}

extension Turn {
  fileprivate var json: JSONObject {
    var json: JSONObject = [
      "type": "turn", "n": .int(number), "speaker": .string(speaker), "model": .string(model),
    ]
    if let servedModel { json["served_model"] = .string(servedModel) }
    json["text"] = .string(text)
    if let heard { json["heard"] = .string(heard) }
    if let thinking { json["thinking"] = .string(thinking) }
    json["chars"] = .int(characters)
    json["outcome"] = .string(outcome.rawValue)
    json["started"] = JSONValue(started)
    json["first_token_ms"] = JSONValue(firstTokenMilliseconds)
    json["ms"] = .int(milliseconds)
    if let usage { json["usage"] = .object(usage.json) }
    if let finishReason { json["finish_reason"] = .string(finishReason) }
    if !toolCalls.isEmpty { json["tool_calls"] = .array(toolCalls.map { .object($0.json) }) }
    json["retries"] = .int(retries)
    return json
  }
}

extension Usage {
  fileprivate var json: JSONObject {
    var json: JSONObject = [
      "prompt_tokens": .int(promptTokens), "completion_tokens": .int(completionTokens),
    ]
    if estimated { json["estimated"] = true }
    return json
  }
}

extension ToolCall {
  fileprivate var json: JSONObject {
    var json = JSONObject()
    if let id { json["id"] = .string(id) }
    json["name"] = .string(name)
    json["arguments"] = .string(arguments)
    return json
  }
}

extension Transcript.Event {
  /// Keys of the record, which no field is named like.
  static let reserved: Set<String> = ["type", "kind", "t"]

  fileprivate var json: JSONObject {
    var json: JSONObject = ["type": "event", "kind": .string(kind), "t": JSONValue(time)]
    for (key, value) in fields where !Self.reserved.contains(key) { json[key] = value }
    return json
  }
}

extension Transcript.End {
  fileprivate var json: JSONObject {
    var json: JSONObject = [
      "type": "end", "reason": .string(reason.rawValue), "turns": .int(turns), "chars": .int(characters),
      "usage": .object(usage.json), "ms": .int(milliseconds),
    ]
    if let error { json["error"] = .string(error) }
    return json
  }
}
