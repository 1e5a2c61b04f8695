// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

/// A response's body as a server sent it, or as its documentation shows it, with what it says.
struct RecordedStream: Sendable, CustomTestStringConvertible {
  var name: String
  var body: String
  var text: String
  var thinking: String?
  var finish: String? = "stop"
  var usage: Usage? = Usage(promptTokens: 11, completionTokens: 7)
  var model: String? = "m"
  var calls: [ToolCall] = []

  var testDescription: String { name }
}

extension RecordedStream {
  static let all: [RecordedStream] = [
    llamaCpp, llamaCppMessages, openAIReasoning, azure, openRouter, vLLMTools, anthropic, anthropicTools,
    ollama,
    ollamaTools, multiLine, wholeOpenAI, wholePretty, wholeAnthropic, wholeOllama,
  ]

  /// llama.cpp's server, recorded.
  static let llamaCpp = RecordedStream(
    name: "llama.cpp",
    body: """
      data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":1795233109,"id":"chatcmpl-12L","model":"tiny","system_fingerprint":"b0-unknown","object":"chat.completion.chunk"}

      data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"The"}}],"created":1795233109,"id":"chatcmpl-12L","model":"tiny","system_fingerprint":"b0-unknown","object":"chat.completion.chunk"}

      data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":" café 世界 🙂"}}],"created":1795233109,"id":"chatcmpl-12L","model":"tiny","system_fingerprint":"b0-unknown","object":"chat.completion.chunk"}

      data: {"choices":[{"finish_reason":"length","index":0,"delta":{}}],"created":1795233109,"id":"chatcmpl-12L","model":"tiny","system_fingerprint":"b0-unknown","object":"chat.completion.chunk"}

      data: {"choices":[],"created":1795233109,"id":"chatcmpl-12L","model":"tiny","system_fingerprint":"b0-unknown","object":"chat.completion.chunk","usage":{"completion_tokens":6,"prompt_tokens":22,"total_tokens":28,"prompt_tokens_details":{"cached_tokens":0}},"timings":{"cache_n":0,"prompt_n":22,"prompt_ms":26.656}}

      data: [DONE]


      """,
    text: "The café 世界 🙂", finish: "length", usage: Usage(promptTokens: 22, completionTokens: 6),
    model: "tiny")

  /// llama.cpp's server at `/v1/messages`, recorded.
  static let llamaCppMessages = RecordedStream(
    name: "llama.cpp messages",
    body: """
      event: message_start
      data: {"type":"message_start","message":{"id":"chatcmpl-cRO","type":"message","role":"assistant","content":[],"model":"tiny","stop_reason":null,"stop_sequence":null,"usage":{"cache_read_input_tokens":21,"input_tokens":1,"output_tokens":0}}}

      event: content_block_start
      data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"The"}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" critic"}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":0}

      event: message_delta
      data: {"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},"usage":{"output_tokens":5}}

      event: message_stop
      data: {"type":"message_stop"}


      """,
    text: "The critic", finish: "max_tokens", usage: Usage(promptTokens: 22, completionTokens: 5),
    model: "tiny")

  static let openAIReasoning = RecordedStream(
    name: "reasoning_content, escapes, data without a space, CRLF",
    body: [
      #"data:{"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
      #"data:{"model":"m","choices":[{"index":0,"delta":{"reasoning_content":"let me \"see\""},"finish_reason":null}]}"#,
      #"data:{"model":"m","choices":[{"index":0,"delta":{"content":"a\n\u00e9\ud83d\ude42\/"},"finish_reason":null,"logprobs":null}],"usage":null}"#,
      #"data:{"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
      #"data:{"model":"m","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7}}"#,
      "data:[DONE]", "",
    ].joined(separator: "\r\n\r\n"),
    text: "a\né🙂/", thinking: "let me \"see\"")

  static let azure = RecordedStream(
    name: "an empty first chunk, no end mark",
    body: """
      data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0}]}

      data: {"choices":[{"delta":{"content":"Hi","refusal":null},"finish_reason":null,"index":0}],"model":"m","object":"chat.completion.chunk","usage":null}

      data: {"choices":[{"delta":{},"finish_reason":"stop","index":0}],"model":"m","usage":{"prompt_tokens":11,"completion_tokens":7}}


      """, text: "Hi")

  static let openRouter = RecordedStream(
    name: "comments, reasoning, refusal, CR",
    body: [
      ": OPENROUTER PROCESSING", "", ": keep-alive", "",
      #"data: {"id":"gen","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"hm"},"finish_reason":null}]}"#,
      "",
      #"data: {"id":"gen","model":"m","choices":[{"index":0,"delta":{"refusal":"No."},"finish_reason":null}]}"#,
      "",
      #"data: {"id":"gen","model":"m","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":7}}"#,
      "", "data: [DONE]", "", "",
    ].joined(separator: "\r"),
    text: "No.", thinking: "hm")

  static let vLLMTools = RecordedStream(
    name: "tool calls by index",
    body: """
      data: {"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"vote","arguments":""}}]},"finish_reason":null}]}

      data: {"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"na"}}]},"finish_reason":null}]}

      data: {"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"c2","function":{"name":"pass","arguments":"{}"}}]},"finish_reason":null}]}

      data: {"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"me\\":1}"}}]},"finish_reason":null}]}

      data: {"model":"m","choices":[{"index":0,"delta":{"content":null},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":11,"completion_tokens":7}}

      data: [DONE]


      """,
    text: "", finish: "tool_calls",
    calls: [
      ToolCall(id: "c1", name: "vote", arguments: #"{"name":1}"#),
      ToolCall(id: "c2", name: "pass", arguments: "{}"),
    ])

  static let anthropic = RecordedStream(
    name: "Anthropic with thinking and a ping",
    body: """
      event: message_start
      data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m","stop_reason":null,"usage":{"input_tokens":5,"cache_creation_input_tokens":4,"cache_read_input_tokens":2,"output_tokens":1}}}

      event: content_block_start
      data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}

      event: ping
      data: {"type": "ping"}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hmm \\u2014"}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqoB"}}

      event: content_block_start
      data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hello"}}

      event: some_day
      data: {"type":"some_day","what":["ever"]}

      event: content_block_delta
      data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"!"}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":0}

      event: message_delta
      data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":7}}

      event: message_stop
      data: {"type":"message_stop"}


      """, text: "Hello!", thinking: "Hmm —", finish: "end_turn")

  static let anthropicTools = RecordedStream(
    name: "Anthropic with overlapping tool calls",
    body: """
      data: {"type":"message_start","message":{"model":"m","usage":{"input_tokens":11,"output_tokens":1}}}

      data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t0","name":"vote","input":{}}}

      data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t1","name":"pass","input":{}}}

      data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\""}}

      data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":":1}"}}

      data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":7}}

      data: {"type":"message_stop"}


      """, text: "", finish: "tool_use",
    calls: [
      ToolCall(id: "t0", name: "vote", arguments: #"{"a":1}"#),
      ToolCall(id: "t1", name: "pass", arguments: "{}"),
    ])

  static let ollama = RecordedStream(
    name: "Ollama",
    body: """
      {"model":"m","created_at":"2025-06-01T10:00:00.1Z","message":{"role":"assistant","content":"","thinking":"so"},"done":false}
      {"model":"m","created_at":"2025-06-01T10:00:00.2Z","message":{"role":"assistant","content":"Hel"},"done":false}
      {"model":"m","created_at":"2025-06-01T10:00:00.3Z","message":{"role":"assistant","content":"lo \\u003c3 é"},"done":false}
      {"model":"m","created_at":"2025-06-01T10:00:00.4Z","message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"total_duration":4883583458,"prompt_eval_count":11,"eval_count":7}

      """, text: "Hello <3 é", thinking: "so")

  static let ollamaTools = RecordedStream(
    name: "Ollama's tool calls",
    body: """
      {"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"vote","arguments":{"for":"Bob"}}}]},"done":false}
      {"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"pass","arguments":{}}}]},"done":false}
      {"model":"m","message":{"role":"assistant","content":""},"done":true,"eval_count":7}
      """, text: "", finish: nil, usage: Usage(promptTokens: 0, completionTokens: 7),
    calls: [
      ToolCall(name: "vote", arguments: #"{"for":"Bob"}"#), ToolCall(name: "pass", arguments: "{}"),
    ])

  static let multiLine = RecordedStream(
    name: "an event over several data lines",
    body: """
      id: 1
      retry: 100
      data: {"model":"m",
      data: "choices":[{"delta":{"content":
      data: "Hi"},"finish_reason":null}]}

      data: {"choices":[{"delta":{"content":"!"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":7}}

      """, text: "Hi!")

  static let wholeOpenAI = RecordedStream(
    name: "a whole reply behind blank lines",
    body: "\n\n\r\n"
      + #"{"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","reasoning_content":"r"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":7}}"#,
    text: "Hi", thinking: "r")

  static let wholePretty = RecordedStream(
    name: "a whole reply over many lines",
    body: """
      {
        "model": "m",
        "choices": [
          { "message": { "role": "assistant", "content": "Hi\\n\\nthere" } }
        ],
        "usage": { "prompt_tokens": 11, "completion_tokens": 7 }
      }

      """, text: "Hi\n\nthere", finish: nil)

  static let wholeAnthropic = RecordedStream(
    name: "Anthropic's whole reply",
    body:
      #"{"type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"t"},{"type":"text","text":"A"},{"type":"text","text":"B"},{"type":"tool_use","id":"x","name":"vote","input":{"a":1}}],"stop_reason":"end_turn","usage":{"input_tokens":11,"output_tokens":7}}"#,
    text: "AB", thinking: "t", finish: "end_turn",
    calls: [ToolCall(id: "x", name: "vote", arguments: #"{"a":1}"#)])

  static let wholeOllama = RecordedStream(
    name: "Ollama's whole reply",
    body:
      #"{"model":"m","message":{"role":"assistant","content":"Hi"},"done":true,"done_reason":"stop","prompt_eval_count":11,"eval_count":7}"#,
    text: "Hi")
}
