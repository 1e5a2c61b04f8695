// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

@Suite struct DeltaScannerTests {
  /// What the scanner finds, as the parser would say it; nil when it takes nothing.
  static func scan(_ bytes: [UInt8]) -> ReplyEvent? {
    var scanner = DeltaScanner()
    return bytes.withUnsafeBufferPointer { line in
      guard let delta = scanner.scan(line) else { return nil }
      func text(_ piece: DeltaScanner.Piece?) -> String? {
        guard let piece else { return nil }
        var text: [UInt8] = []
        scanner.append(piece, of: line, to: &text)
        return String(validating: text, as: UTF8.self) ?? "invalid"
      }
      return said(
        text(delta.text) ?? "", thinking: text(delta.thinking) ?? "", model: text(delta.model),
        finish: text(delta.finishReason), tokens: (delta.promptTokens, delta.completionTokens))
    }
  }

  static func said(
    _ text: String, thinking: String = "", model: String? = nil, finish: String? = nil,
    tokens: (Int?, Int?) = (nil, nil)
  ) -> ReplyEvent {
    var event = ReplyEvent()
    event.text = text
    event.thinking = thinking
    event.model = model
    event.finishReason = finish
    (event.promptTokens, event.completionTokens) = tokens
    return event
  }

  static let usual: [(String, ReplyEvent)] = [
    (#"{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"#, said("Hi")),
    (
      #" {"id":"a","created":1.5e3,"choices":[{"delta":{"role":"assistant","content":null}},{"delta":{"content":"2"}}],"usage":null} "#,
      said("")
    ),
    (
      #"{"choices":[{"delta":{"content":"a\n\"\u00e9\ud83d\ude42\ud83d"},"logprobs":{"content":[{"t":[1,2]}]}}],"error":null}"#,
      said("a\n\"é🙂\u{FFFD}")
    ),
    (#"{"choices":[{"delta":{"reasoning_content":"r","content":"c"}}]}"#, said("c", thinking: "r")),
    (
      #"{"choices":[{"delta":{"reasoning":"r","content":null,"tool_calls":null,"function_call":null}}]}"#,
      said("", thinking: "r")
    ),
    (#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}"#, said("Hi")),
    (
      #"{"type":"content_block_delta","index":0,"delta":{"thinking":"t","text":"x","type":"thinking_delta"}}"#,
      said("", thinking: "t")
    ),
    (
      #"{"model":"","message":{"role":"assistant","content":"Hi","thinking":"t","images":null},"done":false}"#,
      said("Hi", thinking: "t")
    ),
    (#"{"choices":[{"delta":{}}]}"#, said("")),
  ]

  static let beginnings: [(String, ReplyEvent)] = [
    (#"{"model":"new","choices":[{"delta":{"content":"Hi"}}]}"#, said("Hi", model: "new")),
    (#"{"model":"org\/n\u00e9","choices":[{"delta":{}}]}"#, said("", model: "org/né")),
    (#"{"choices":[],"model":"","object":"","prompt_filter_results":[{"prompt_index":0}]}"#, said("")),
    (#"{"model":"m","message":{"content":"Hi"},"done":false}"#, said("Hi", model: "m")),
    (
      #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi"},"model":"m"}"#,
      said("Hi", model: "m")
    ),
  ]

  static let ends: [(String, ReplyEvent)] = [
    (#"{"choices":[{"delta":{},"finish_reason":"stop"}],"model":"m"}"#, said("", model: "m", finish: "stop")),
    (#"{"choices":[{"finish_reason":"length","delta":{"content":"Hi"}}]}"#, said("Hi", finish: "length")),
    (#"{"choices":[{"index":0,"finish_reason":"stop"}]}"#, said("", finish: "stop")),
    (#"{"choices":[{"delta":{"content":"Hi"},"finish_reason":""}]}"#, said("Hi", finish: "")),
    (#"{"choices":[{"delta":{},"finish_reason":"fin é"}]}"#, said("", finish: "fin é")),
    (#"{"choices":[{"delta":{},"finish_reason":"s\u0074op\n"}]}"#, said("", finish: "stop\n")),
    (#"{"choices":[{"delta":{}},{"delta":{},"finish_reason":"stop"}]}"#, said("")),
    (#"{"choices":[]}"#, said("")),
    (#"{"choices":[ ],"usage":null}"#, said("")),
    (#"{"choices":[],"usage":{}}"#, said("")),
    (
      #"{"choices":[],"usage":{"completion_tokens":6,"prompt_tokens":22,"total_tokens":28,"prompt_tokens_details":{"cached_tokens":0}},"timings":{"prompt_ms":26.656}}"#,
      said("", tokens: (22, 6))
    ),
    (
      #"{"usage":{"prompt_tokens": 0 ,"cost":0.00014,"completion_tokens":999999999999999,"completion_tokens_details":{"input_tokens":1,"prompt_tokens":2}},"choices":[],"model":"m"}"#,
      said("", model: "m", tokens: (0, 999_999_999_999_999))
    ),
    (
      #"{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#,
      said("Hi", finish: "stop", tokens: (1, nil))
    ),
    (
      #"{"message":{"content":"Hi"},"done":false,"usage":{"completion_tokens":1}}"#,
      said("Hi", tokens: (nil, 1))
    ),
  ]

  @Test(arguments: usual + beginnings + ends)
  func takesUsualEvents(line: String, wanted: ReplyEvent) throws {
    #expect(Self.scan(Array(line.utf8)) == wanted)
    #expect(ReplyEvent(try JSONValue.parse(line, syntax: .wire)) == wanted)
  }

  @Test(arguments: [
    #"{"choices":[{"delta":{"content":"Hi"}}],"error":{"message":"x"}}"#,
    #"{"choices":[],"error":{"message":"x"}}"#,
    #"{"choices":[{"delta":{"tool_calls":[]}}]}"#,
    #"{"choices":[{"delta":{"function_call":{"name":"vote"}}}]}"#,
    #"{"choices":[{"delta":{"content":[{"type":"text","text":"x"}]}}]}"#,
    #"{"choices":[{"delta":{"reasoning":"a","reasoning_content":"b"}}]}"#,
    #"{"choices":[{"delta":{"content":"a","content":"b"}}]}"#,
    #"{"choices":[{"message":{"content":"Hi"}}]}"#,
    #"{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#,
    #"{"choices":[{"delta":{"cont\u0065nt":"Hi"}}]}"#,
    #"{"object":"error","choices":[{"delta":{"content":"Hi"}}]}"#,
    #"{"object":"error","choices":[]}"#,
    #"{"object":"\u0065rror","choices":[{"delta":{"content":"Hi"}}]}"#,
    #"{"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"x"}}"#,
    #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}"#,
    #"{"type":"message_stop"}"#,
    #"{"type":"ping"}"#,
    #"{"message":{"content":"Hi"},"done":true}"#,
    #"{"message":{"content":"Hi"}}"#,
    #"{"content":"Hi","message":{"content":"Hi"},"done":false}"#,
    #"{"choices":[{"delta":{"content":"Hi"}}],}"#,
    #"{"choices":[{"delta":{"content":"Hi"}}],"b"}"#,
    #"{"choices":[{"delta":{"content":"Hi"}}]"#,
    #"{"choices":[{"delta":{"content":"Hi"}}]} x"#,
    #"{"choices":[{"delta":{"content":"H\qi"}}]}"#,
    #"{"choices":[{"delta":{"content":"Hi"}}],"n":01}"#,
    "", "{}", "5", "[DONE]",
  ])
  func leavesTheRestToTheParser(line: String) {
    #expect(Self.scan(Array(line.utf8)) == nil)
  }

  @Test(arguments: [
    #"{"choices":[{"delta":{},"finish_reason":1}]}"#,
    #"{"choices":[{"delta":{},"finish_reason":{"a":1}}]}"#,
    #"{"choices":[{"finish_reason":"a","finish_reason":"b"}]}"#,
    #"{"choices":[{"finish_reason":"a","finish_reason":null}]}"#,
    #"{"choices":[{"finish_reason":"a\q"}]}"#,
    #"{"model":5,"choices":[]}"#,
    #"{"model":"a","choices":[],"model":"b"}"#,
    #"{"choices":[],"choices":[]}"#,
    #"{"choices":[,]}"#,
    #"{"choices":[null]}"#,
    #"{"usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
    #"{"choices":[],"message":{"content":"Hi"},"done":false}"#,
    #"{"choices":[],"type":"content_block_delta"}"#,
    #"{"choices":[],"usage":{"prompt_tokens":1},"usage":null}"#,
    #"{"choices":[],"usage":[]}"#,
    #"{"choices":[],"usage":5}"#,
    #"{"choices":[],"usage":{"prompt_tokens":1,}}"#,
  ])
  func leavesUnusualBeginningsAndEndsToTheParser(line: String) {
    #expect(Self.scan(Array(line.utf8)) == nil)
  }

  @Test(arguments: [
    #""prompt_tokens":1.0"#, #""prompt_tokens":1e2"#, #""prompt_tokens":-1"#, #""prompt_tokens":-0"#,
    #""prompt_tokens":01"#, #""prompt_tokens":00"#, #""prompt_tokens":"1""#, #""prompt_tokens":null"#,
    #""prompt_tokens":1000000000000000"#, #""prompt_tokens":99999999999999999999999"#, #""prompt_tokens":"#,
    #""prompt_tokens":+1"#, #""prompt_tokens":1,"prompt_tokens":2"#, #""prompt_tokens":{"a":1}"#,
    #""completion_tokens":1.5"#, #""completion_tokens":1,"total_tokens":2,"completion_tokens":1"#,
    #""input_tokens":1"#, #""output_tokens":1"#, #""cache_read_input_tokens":1"#, #""prompt\u005ftokens":1"#,
    #""cache_creation_input_tokens":null"#, #""prompt_tokens":1,"input_tokens":2"#,
  ])
  func leavesUnusualCountsToTheParser(members: String) {
    for line in [
      #"{"choices":[],"usage":{\#(members)}}"#, #"{"usage":{\#(members)},"choices":[{"delta":{}}]}"#,
    ] {
      #expect(Self.scan(Array(line.utf8)) == nil)
    }
  }

  @Test func validUTF8IsToldFromInvalid() {
    var random = SplitMix64(seed: 5)
    let alphabet: [UInt8] = [
      0x41, 0x80, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF4, 0xF5,
    ]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      let isValid = bytes.withUnsafeBufferPointer { UTF8Check.isValid($0) }
      #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
    }
  }
}
