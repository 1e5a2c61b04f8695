// SPDX-License-Identifier: MIT

import HTTPTransport
import OrderedCollections

/// OpenAI's chat completions, which most servers speak
/// (https://platform.openai.com/docs/api-reference/chat/create).
struct OpenAIChat: Dialect {
  static let usageMember = "stream_options"
  /// The choice of a certain function, which llama.cpp ignores and LM Studio refuses; both obey `required`.
  static let namedChoice = "tool_choice.function"

  /// Ask for token counts at the end of a stream; some servers do not support `stream_options`.
  var asksForUsage = true

  var name: String { "openai" }
  var chatPath: String { "/chat/completions" }
  var withoutUsage: OpenAIChat { OpenAIChat(asksForUsage: false) }

  func members(offering tools: [Tool], required: Tool?, byName: Bool) -> JSONObject {
    var members: JSONObject = ["tools": .array(Self.functions(tools))]
    guard let required else { return members }
    members["tool_choice"] =
      byName ? ["type": "function", "function": ["name": .string(required.name)]] : "required"
    return members
  }

  static func functions(_ tools: [Tool]) -> [JSONValue] {
    tools.map { tool in
      [
        "type": "function",
        "function": [
          "name": .string(tool.name), "description": .string(tool.description),
          "parameters": .object(tool.parameters),
        ],
      ]
    }
  }

  func complete(_ body: inout RequestBody) {
    guard asksForUsage, body.isStream, body[Self.usageMember] == nil else { return }
    body[Self.usageMember] = .value(["include_usage": true])
  }

  /// OpenAI's newer models accept only the second name; most other servers accept both, some only the first.
  var replyLimits: [String] { ["max_tokens", "max_completion_tokens"] }

  var presets: KeyValuePairs<String, String> {
    [
      "lmstudio": "http://localhost:1234/v1",
      "llamacpp": "http://localhost:8080/v1",
      "vllm": "http://localhost:8000/v1",
      "openai": "https://api.openai.com/v1",
      "openrouter": "https://openrouter.ai/api/v1",
    ]
  }

  var hosts: [KnownHost] {
    [
      KnownHost("api.openai.com", company: "openai", variable: "OPENAI_API_KEY"),
      KnownHost("openrouter.ai", company: "openrouter", variable: "OPENROUTER_API_KEY"),
      KnownHost("api.groq.com", company: "groq", variable: "GROQ_API_KEY"),
      KnownHost("api.mistral.ai", company: "mistral", variable: "MISTRAL_API_KEY"),
      KnownHost("api.deepseek.com", company: "deepseek", variable: "DEEPSEEK_API_KEY"),
      KnownHost("api.together.xyz", company: "together", variable: "TOGETHER_API_KEY"),
      KnownHost("api.x.ai", company: "xai", variable: "XAI_API_KEY"),
    ]
  }
}

extension ReplyEvent {
  /// Reads a chunk of a stream (`delta`) or a whole reply (`message`).
  ///
  /// If a request asks for several choices, their chunks are interleaved, each with its choice's index. Some
  /// servers repeat the whole message so far in a chunk, beside the delta or instead of it.
  mutating func readOpenAI(_ event: JSONObject, following followed: Int?) {
    let choices = (event["choices"]?.array ?? []).compactMap(\.object)
    let isFollowed = { (index: Int?) in index == nil || followed == nil || index == followed }
    // Groq and Moonshot put token counts in places of their own.
    readUsage(event["x_groq"]?["usage"])
    guard let choice = choices.first(where: { isFollowed($0["index"]?.int) }) else { return }
    self.choice = choice["index"]?.int
    readUsage(choice["usage"])
    let (delta, message) = (choice["delta"]?.object ?? [:], choice["message"]?.object)
    readMessage(delta)
    if !hasContent, let message {
      readMessage(message)
      isMessage = true
      isWhole = delta.isEmpty
    }
    finishReason = Self.reason(choice["finish_reason"])
    failure = [choice, delta, message ?? [:]].lazy.compactMap { ProviderError(inReply: .object($0)) }.first
  }

  private mutating func readMessage(_ message: JSONObject) {
    text = Self.text(message["content"])
    if text.isEmpty { text = message["refusal"]?.string ?? "" }
    thinking = Self.reasoning(message)
    toolCalls = (message["tool_calls"]?.array ?? []).compactMap(ToolCallDelta.init(openAI:))
    if toolCalls.isEmpty, let call = message["function_call"], !call.isNull {
      toolCalls = [ToolCallDelta(index: 0, function: call)]
    }
  }

  /// The reasoning in a message. Some servers send the same text in two fields: the first that is not empty
  /// counts.
  private static func reasoning(_ message: JSONObject) -> String {
    // llama.cpp and DeepSeek; vLLM and OpenRouter; Ollama; GitHub Models.
    let texts = ["reasoning_content", "reasoning", "thinking", "reasoning_text"].lazy.map { key in
      message[key]?.string ?? message[key]?["content"]?.string ?? Self.thinking(message[key])
    }
    // OpenRouter; LiteLLM; Mistral.
    let lists = ["reasoning_details", "thinking_blocks", "content"].lazy.map { Self.thinking(message[$0]) }
    return texts.first { !$0.isEmpty } ?? lists.first { !$0.isEmpty } ?? ""
  }
}
