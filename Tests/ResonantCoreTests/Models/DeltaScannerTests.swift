// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

@Suite struct DeltaScannerTests {
  /// What the scanner finds, as the parser would say it; nil when it takes nothing.
  static func scan(_ bytes: [UInt8]) -> ReplyEvent? {
    var scanner = DeltaScanner()
    return bytes.withUnsafeBufferPointer { line in
      guard let delta = DeltaScanner.scan(line) else { return nil }
      func text(_ piece: DeltaScanner.Piece?) -> String {
        guard let piece else { return "" }
        var text: [UInt8] = []
        var joiner = SurrogateJoiner()
        scanner.append(piece, of: line, to: &text, joining: &joiner)
        joiner.finish(&text)
        return String(validating: text, as: UTF8.self) ?? "invalid"
      }
      return said(text(delta.text), thinking: text(delta.thinking), choice: delta.choice)
    }
  }

  /// What the parser finds, but for the model's name, which the scanner passes over.
  static func parse(_ bytes: some Sequence<UInt8>) throws -> ReplyEvent {
    var event = ReplyEvent(try JSONValue.parse(bytes, syntax: .wire))
    event.model = nil
    return event
  }

  static func said(_ text: String, thinking: String = "", choice: Int? = nil) -> ReplyEvent {
    var event = ReplyEvent()
    event.text = text
    event.thinking = thinking
    event.choice = choice
    return event
  }

  static let usual: [(String, ReplyEvent)] = [
    (#"{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"#, said("Hi", choice: 0)),
    (#"{"choices":[{"index":3,"delta":{"content":"Hi"},"finish_reason":""}]}"#, said("Hi", choice: 3)),
    (
      #" {"id":"a","created":1.5e3,"choices":[{"delta":{"role":"assistant","content":null}}],"usage":null} "#,
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
    (#"{"choices":[{"delta":{"thinking":"r","reasoning_details":null}}]}"#, said("", thinking: "r")),
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
    (#"{"choices":[{"index":0,"message":null,"error":null,"usage":null}]}"#, said("", choice: 0)),
    (#"{"model":"org\/n\u00e9","choices":[{"delta":{"content":"Hi"}}]}"#, said("Hi")),
    (#"{"model":"m","message":{"content":"Hi"},"done":false}"#, said("Hi")),
    (
      #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi"},"model":"m"}"#, said("Hi")
    ),
  ]

  @Test(arguments: usual)
  func takesUsualEvents(line: String, wanted: ReplyEvent) throws {
    #expect(Self.scan(Array(line.utf8)) == wanted)
    #expect(try Self.parse(line.utf8) == wanted)
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

  /// What a stream begins and ends with, errors, and several choices.
  @Test(arguments: [
    #"{"choices":[]}"#,
    #"{"choices":[{"delta":{}},{"delta":{}}]}"#,
    #"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#,
    #"{"choices":[{"delta":{},"finish_reason":"null"}]}"#,
    #"{"choices":[{"delta":{},"finish_reason":1}]}"#,
    #"{"choices":[{"finish_reason":null,"finish_reason":"b"}]}"#,
    #"{"choices":[{"finish_reason":"","finish_reason":""}]}"#,
    #"{"choices":[{"delta":{},"error":"x"}]}"#,
    #"{"choices":[{"delta":{"error":"x"}}]}"#,
    #"{"choices":[{"delta":{"type":"error"}}]}"#,
    #"{"choices":[{"delta":{"code":500,"message":"x"}}]}"#,
    #"{"choices":[{"code":500,"msg":"x"}]}"#,
    #"{"choices":[{"object":"error"}]}"#,
    #"{"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.text","text":"x"}]}}]}"#,
    #"{"choices":[{"delta":{"thinking_blocks":[{"type":"thinking","thinking":"x"}]}}]}"#,
    #"{"choices":[{"delta":{"reasoning_text":"x"}}]}"#,
    #"{"choices":[{"delta":{"reasoning":{"content":"x"}}}]}"#,
    #"{"choices":[{"index":0,"index":1,"delta":{}}]}"#,
    #"{"choices":[{"index":-1,"delta":{}}]}"#,
    #"{"choices":[{"index":1.0,"delta":{}}]}"#,
    #"{"choices":[{"delta":{}}],"usage":{"prompt_tokens":1}}"#,
    #"{"choices":[{"delta":{},"usage":{"prompt_tokens":1}}]}"#,
    #"{"choices":[{"delta":{}}],"x_groq":{"usage":{"prompt_tokens":1}}}"#,
    #"{"choices":[],"choices":[{"delta":{}}]}"#,
    #"{"choices":[,]}"#,
    #"{"choices":[null]}"#,
    #"{"choices":[{"delta":{}}],"message":{"content":"Hi"},"done":false}"#,
    #"{"choices":[{"delta":{}}],"type":"content_block_delta"}"#,
  ])
  func leavesBeginningsEndsAndErrorsToTheParser(line: String) {
    #expect(Self.scan(Array(line.utf8)) == nil)
  }
}
