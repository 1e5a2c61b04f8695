// SPDX-License-Identifier: MIT

/// A transcript as one JSON object for people and other programs: `header`, `preambles`, `turns`, `events` and
/// `end` (null while there is none), with the field names of the transcript's file, keys always in this order.
public enum JSONExport {
  public static func document(of transcript: Transcript) -> [UInt8] {
    let value: JSONValue = .object([
      "header": header(transcript.header),
      "preambles": .array(transcript.preambles.map(preamble)),
      "turns": .array(transcript.turns.map(turn)),
      "events": .array(transcript.events.map(event)),
      "end": transcript.end.map(end) ?? .null,
    ])
    var bytes: [UInt8] = []
    append(value, indent: 0, to: &bytes)
    bytes.append(0x0A)
    return bytes
  }

  private static func header(_ header: Transcript.Header) -> JSONValue {
    var object: JSONObject = [
      "id": .string(header.id), "created": .string(Wording.timestamp(header.created)),
      "program": .string(header.program), "mode": .string(header.mode.rawValue),
      "seed": header.seed.map { .number(String($0)) } ?? .null,
      "participants": .array(header.participants.map(participant)),
      "settings": .object(header.settings),
    ]
    object["topic"] = header.topic.map { .string($0) }
    object["parent"] = header.parent.map { ["id": .string($0.id), "turn": .int($0.turn)] }
    object["trial"] = header.trial.map {
      ["experiment": .string($0.experiment), "condition": .object($0.condition), "repeat": .int($0.repeat)]
    }
    return .object(object)
  }

  private static func participant(_ participant: Transcript.Participant) -> JSONValue {
    [
      "name": .string(participant.name), "model": .string(participant.model),
      "endpoint": .string(participant.endpoint), "api": .string(participant.api.rawValue),
      "system_prompt": participant.systemPrompt.map { .string($0) } ?? .null,
      "payload": .object(participant.payload),
      "header_names": .array(participant.headerNames.map { .string($0) }), "human": .bool(participant.human),
    ]
  }

  private static func preamble(_ message: Transcript.Preamble) -> JSONValue {
    let own: JSONObject = [
      "owner": .string(message.owner), "index": .int(message.index), "role": .string(message.role.rawValue),
      "content": .string(message.content),
    ]
    return .object(own.merging(message.extra) { own, _ in own })
  }

  private static func turn(_ turn: Turn) -> JSONValue {
    var object: JSONObject = [
      "n": .int(turn.number), "speaker": .string(turn.speaker), "model": .string(turn.model),
    ]
    object["served_model"] = turn.servedModel.map { .string($0) }
    object["text"] = .string(turn.text)
    object["heard"] = turn.heard.map { .string($0) }
    object["thinking"] = turn.thinking.map { .string($0) }
    object["chars"] = .int(turn.characters)
    object["outcome"] = .string(turn.outcome.rawValue)
    object["started"] = .string(Wording.timestamp(turn.started))
    object["first_token_ms"] = turn.firstTokenMilliseconds.map { .int($0) }
    object["ms"] = .int(turn.milliseconds)
    object["usage"] = turn.usage.map(usage)
    object["finish_reason"] = turn.finishReason.map { .string($0) }
    if !turn.toolCalls.isEmpty {
      object["tool_calls"] = .array(
        turn.toolCalls.map { ["name": .string($0.name), "arguments": .string($0.arguments)] })
    }
    object["retries"] = .int(turn.retries)
    return .object(object)
  }

  private static func event(_ event: Transcript.Event) -> JSONValue {
    let own: JSONObject = [
      "kind": .string(event.kind), "t": .string(Wording.timestamp(event.time)), "after": .int(event.after),
    ]
    return .object(own.merging(event.fields) { own, _ in own })
  }

  private static func end(_ end: Transcript.End) -> JSONValue {
    var object: JSONObject = [
      "reason": .string(end.reason.rawValue), "turns": .int(end.turns), "chars": .int(end.characters),
      "usage": usage(end.usage), "ms": .int(end.milliseconds),
    ]
    object["error"] = end.error.map { .string($0) }
    return .object(object)
  }

  private static func usage(_ usage: Usage) -> JSONValue {
    var object: JSONObject = [
      "prompt_tokens": .int(usage.promptTokens), "completion_tokens": .int(usage.completionTokens),
    ]
    if usage.estimated { object["estimated"] = true }
    return .object(object)
  }

  /// Two spaces a level; empty objects and lists, and everything that has no members, on one line.
  private static func append(_ value: JSONValue, indent: Int, to bytes: inout [UInt8]) {
    func newline(_ depth: Int) { bytes += [0x0A] + [UInt8](repeating: 0x20, count: 2 * depth) }
    switch value {
    case .object(let members) where !members.isEmpty:
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        newline(indent + 1)
        JSONWriter.append(member.key, to: &bytes)
        bytes += ": ".utf8
        append(member.value, indent: indent + 1, to: &bytes)
      }
      newline(indent)
      bytes.append(UInt8(ascii: "}"))
    case .array(let items) where !items.isEmpty:
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        newline(indent + 1)
        append(item, indent: indent + 1, to: &bytes)
      }
      newline(indent)
      bytes.append(UInt8(ascii: "]"))
    default: JSONWriter.append(value, to: &bytes)
    }
  }
}
