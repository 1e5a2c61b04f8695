// SPDX-License-Identifier: MIT

import HTTPTransport
import OrderedCollections

/// OpenAI's chat completions, which most servers speak
/// (https://platform.openai.com/docs/api-reference/chat/create).
struct OpenAIChat: Dialect {
  /// Ask for token counts at the end of a stream; some servers know no `stream_options`.
  var asksForUsage = true

  func complete(_ body: inout RequestBody) {
    guard asksForUsage, body.isStream, body["stream_options"] == nil else { return }
    body["stream_options"] = .value(["include_usage": true])
  }

  /// OpenAI's newer models know the second name only; most other servers know both, some the first only.
  var replyLimits: [String] { ["max_tokens", "max_completion_tokens"] }
}

extension ReplyEvent {
  /// A chunk of a stream (`delta`) or a whole reply (`message`).
  mutating func readOpenAI(_ event: JSONObject) {
    guard let choice = event["choices"]?.array?.first?.object else { return }
    if let delta = choice["delta"]?.object, !delta.isEmpty {
      readMessage(delta)
    } else if let message = choice["message"]?.object {
      readMessage(message)
      isWhole = true
    }
    finishReason = choice["finish_reason"]?.string
  }

  /// `reasoning_content` is llama.cpp's and DeepSeek's name, `reasoning` that of vLLM and OpenRouter.
  private mutating func readMessage(_ message: JSONObject) {
    text = Self.text(message["content"])
    if text.isEmpty { text = message["refusal"]?.string ?? "" }
    thinking = message["reasoning_content"]?.string ?? ""
    if thinking.isEmpty { thinking = message["reasoning"]?.string ?? Self.thinking(message["content"]) }
    toolCalls = (message["tool_calls"]?.array ?? []).compactMap(ToolCallDelta.init(openAI:))
    if toolCalls.isEmpty, let call = message["function_call"], !call.isNull {
      toolCalls = [ToolCallDelta(index: 0, function: call)]
    }
  }
}
