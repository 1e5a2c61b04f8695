// SPDX-License-Identifier: MIT

import HTTPTransport
import OrderedCollections

/// Ollama's own chat API (https://github.com/ollama/ollama/blob/main/docs/api.md).
struct OllamaChat: Dialect {
  var name: String { "ollama" }
  var chatPath: String { "/api/chat" }
  var basePath: String { "" }
  /// A base such as `/v1` belongs to OpenAI's format, which Ollama's server speaks as well.
  func suffix(toBase path: String) -> String { path.isEmpty ? chatPath : OpenAIChat().chatPath }
  var listPath: String { "/api/tags" }
  var presets: KeyValuePairs<String, String> { ["ollama": "http://localhost:11434"] }
  var hosts: [KnownHost] { [KnownHost("ollama.com", company: "ollama", variable: "OLLAMA_API_KEY")] }

  /// There is no way to require a call. Instead the reply itself must be the arguments: the grammar of `format`
  /// leaves no other way.
  func members(offering tools: [Tool], required: Tool?, byName: Bool) -> JSONObject {
    var members: JSONObject = ["tools": .array(OpenAIChat.functions(tools))]
    if let required { members["format"] = .object(required.parameters) }
    return members
  }

  /// Fields become options, besides those of the payload.
  func members(for fields: JSONObject, beside payload: JSONObject) -> JSONObject {
    guard !fields.isEmpty else { return [:] }
    var options = JSONObject()
    for (key, value) in fields { options[key == "max_tokens" ? "num_predict" : key] = value }
    for (key, value) in payload["options"]?.object ?? [:] { options[key] = value }
    return ["options": .object(options)]
  }

  var largerContext: String { "a larger options.num_ctx in --payload" }
  var replyLimits: [String] { ["options.num_predict"] }
  var parameterWords: [String: String] { ["think": "thinking"] }

  func fetchingModel(_ model: String) -> String? { "'ollama pull \(model)' fetches it" }

  /// Without its own limit, the reply ends at the end of the context.
  func moreTokens(_ payload: JSONObject) -> String {
    payload["options"]?["num_predict"] == nil
      ? largerContext : "a larger options.num_predict in --payload"
  }
}

extension ReplyEvent {
  /// Reads a line of a stream or a whole reply. Ollama omits counts of zero.
  mutating func readOllama(_ message: JSONObject, in event: JSONObject) {
    text = message["content"]?.string ?? ""
    thinking = message["thinking"]?.string ?? ""
    toolCalls = (message["tool_calls"]?.array ?? []).map { call in
      // Calls come complete and have no index of their own.
      ToolCallDelta(
        index: nil, id: call["id"]?.string, function: call["function"] ?? .null)
    }
    guard let done = event["done"]?.bool else {
      isWhole = true
      return
    }
    guard done else { return }
    isEnd = true
    finishReason = Self.reason(event["done_reason"])
    promptTokens = event["prompt_eval_count"]?.int
    completionTokens = event["eval_count"]?.int
  }
}
