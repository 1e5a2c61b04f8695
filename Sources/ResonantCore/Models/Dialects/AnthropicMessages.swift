// SPDX-License-Identifier: MIT

import HTTPTransport
import OrderedCollections

/// Anthropic's Messages API (https://docs.anthropic.com/en/api/messages).
struct AnthropicMessages: Dialect {
  /// `max_tokens` is mandatory in a request; this is the value unless the payload has one.
  static let defaultMaxTokens = 4096

  var name: String { "anthropic" }
  var headers: [HTTPRequest.Header] { [HTTPRequest.Header("anthropic-version", "2023-06-01")] }
  var keyHeader: KeyHeader { KeyHeader(name: "x-api-key") }
  var systemPlacement: ModelRequest.SystemPlacement { .topLevel }
  var roles: RolePolicy { .alternate }
  var chatPath: String { "/messages" }
  /// The list has 20 models per page unless the request asks for more.
  var listQuery: String { "?limit=1000" }
  var presets: KeyValuePairs<String, String> { ["anthropic": "https://api.anthropic.com/v1"] }
  var hosts: [KnownHost] {
    [
      KnownHost(
        "api.anthropic.com", company: "anthropic", variable: "ANTHROPIC_API_KEY", keyHeader: keyHeader)
    ]
  }
  func moreTokens(_ payload: JSONObject) -> String { "a larger max_tokens in --payload" }

  func members(offering tools: [Tool], required: Tool?, byName: Bool) -> JSONObject {
    var members: JSONObject = [
      "tools": .array(
        tools.map { tool in
          [
            "name": .string(tool.name), "description": .string(tool.description),
            "input_schema": .object(tool.parameters),
          ]
        })
    ]
    if let required { members["tool_choice"] = ["type": "tool", "name": .string(required.name)] }
    return members
  }

  /// System texts are not messages in this format: all of them go to the top level. A message has no name.
  func complete(_ body: inout RequestBody) {
    body.moveSystemToTopLevel()
    body.removeFromMessages("name")
    if body["max_tokens"] == nil { body["max_tokens"] = .value(.int(Self.defaultMaxTokens)) }
  }
}

extension ReplyEvent {
  /// Reads a stream event (https://docs.anthropic.com/en/docs/build-with-claude/streaming) or a whole reply.
  /// Ignores unknown events.
  mutating func readAnthropic(_ event: JSONObject) {
    let index = event["index"]?.int
    switch event["type"]?.string {
    case "ping": isPing = true
    case "message_stop": isEnd = true
    case "message_start": readMessageStart(event["message"]?.object ?? [:])
    case "content_block_start": readBlock(event["content_block"]?.object ?? [:], index: index)
    case "message_delta": finishReason = Self.reason(event["delta"]?["stop_reason"])
    default:
      if let delta = event["delta"]?.object {
        readDelta(delta, index: index)
      } else if let content = event["content"] {
        readWhole(content, in: event)
      }
    }
  }

  private mutating func readMessageStart(_ message: JSONObject) {
    model = message["model"]?.string
    readUsage(message["usage"])
  }

  private mutating func readDelta(_ delta: JSONObject, index: Int?) {
    switch delta["type"]?.string {
    case "text_delta": text = delta["text"]?.string ?? ""
    case "thinking_delta": thinking = delta["thinking"]?.string ?? ""
    case "input_json_delta":
      toolCalls = [ToolCallDelta(index: index, arguments: delta["partial_json"]?.string ?? "")]
    default: break
    }
  }

  /// Blocks usually begin empty, but the format allows initial text.
  private mutating func readBlock(_ block: JSONObject, index: Int?) {
    switch block["type"]?.string {
    case "text": text += block["text"]?.string ?? ""
    case "thinking": thinking += block["thinking"]?.string ?? ""
    case "tool_use":
      var call = ToolCallDelta(index: index, id: block["id"]?.string, name: block["name"]?.string)
      call.input = block["input"]
      toolCalls.append(call)
    default: break
    }
  }

  private mutating func readWhole(_ content: JSONValue, in event: JSONObject) {
    isWhole = true
    isMessage = true
    finishReason = Self.reason(event["stop_reason"])
    text = content.string ?? ""
    for (index, block) in (content.array ?? []).enumerated() { readBlock(block.object ?? [:], index: index) }
  }
}
