// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import ResonantCore

@Suite struct DeltaScannerTests {
  /// Text and reasoning as the scanner has them; nil when it takes nothing.
  func scan(_ bytes: [UInt8], with scanner: inout DeltaScanner) -> (text: String, thinking: String)? {
    bytes.withUnsafeBufferPointer { line in
      guard let delta = scanner.scan(line) else { return nil }
      var text: [UInt8] = []
      var thinking: [UInt8] = []
      if let piece = delta.text { scanner.append(piece, of: line, to: &text) }
      if let piece = delta.thinking { scanner.append(piece, of: line, to: &thinking) }
      let words = [text, thinking].map { String(validating: $0, as: UTF8.self) ?? "invalid" }
      return (words[0], words[1])
    }
  }

  static let usual: [(String, String, String)] = [
    (#"{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"#, "Hi", ""),
    (
      #" {"id":"a","created":1.5e3,"choices":[{"delta":{"role":"assistant","content":null}},{"delta":{"content":"2"}}],"usage":null} "#,
      "", ""
    ),
    (
      #"{"choices":[{"delta":{"content":"a\n\"\u00e9\ud83d\ude42\ud83d"},"logprobs":{"content":[{"t":[1,2]}]}}],"error":null}"#,
      "a\n\"é🙂\u{FFFD}", ""
    ),
    (#"{"choices":[{"delta":{"reasoning_content":"r","content":"c"}}]}"#, "c", "r"),
    (
      #"{"choices":[{"delta":{"reasoning":"r","content":null,"tool_calls":null,"function_call":null}}]}"#, "",
      "r"
    ),
    (#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}"#, "Hi", ""),
    (
      #"{"type":"content_block_delta","index":0,"delta":{"thinking":"t","text":"x","type":"thinking_delta"}}"#,
      "", "t"
    ),
    (
      #"{"model":"","message":{"role":"assistant","content":"Hi","thinking":"t","images":null},"done":false}"#,
      "Hi", "t"
    ),
    (#"{"choices":[{"delta":{}}]}"#, "", ""),
  ]

  @Test(arguments: usual)
  func takesUsualPieces(line: String, text: String, thinking: String) throws {
    var scanner = DeltaScanner()
    let found = try #require(scan(Array(line.utf8), with: &scanner))
    #expect(found == (text, thinking))
  }

  @Test(arguments: [
    #"{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}"#,
    #"{"choices":[]}"#,
    #"{"choices":[{"delta":{"content":"Hi"}}],"usage":{"prompt_tokens":1}}"#,
    #"{"choices":[{"delta":{"content":"Hi"}}],"error":{"message":"x"}}"#,
    #"{"choices":[{"delta":{"tool_calls":[]}}]}"#,
    #"{"choices":[{"delta":{"content":[{"type":"text","text":"x"}]}}]}"#,
    #"{"choices":[{"delta":{"reasoning":"a","reasoning_content":"b"}}]}"#,
    #"{"choices":[{"delta":{"content":"a","content":"b"}}]}"#,
    #"{"choices":[{"message":{"content":"Hi"}}]}"#,
    #"{"choices":[{"delta":{"cont\u0065nt":"Hi"}}]}"#,
    #"{"object":"error","choices":[{"delta":{"content":"Hi"}}]}"#,
    #"{"object":"\u0065rror","choices":[{"delta":{"content":"Hi"}}]}"#,
    #"{"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"x"}}"#,
    #"{"type":"message_stop"}"#,
    #"{"type":"ping"}"#,
    #"{"message":{"content":"Hi"},"done":true}"#,
    #"{"message":{"content":"Hi"}}"#,
    #"{"content":"Hi","message":{"content":"Hi"},"done":false}"#,
    #"{"model":"new","choices":[{"delta":{"content":"Hi"}}]}"#,
    #"{"choices":[{"delta":{"content":"Hi"}}],}"#,
    #"{"choices":[{"delta":{"content":"Hi"}}],"b"}"#,
    #"{"choices":[{"delta":{"content":"Hi"}}]"#,
    #"{"choices":[{"delta":{"content":"Hi"}}]} x"#,
    #"{"choices":[{"delta":{"content":"H\qi"}}]}"#,
    #"{"choices":[{"delta":{"content":"Hi"}}],"n":01}"#,
    "", "{}", "5", "[DONE]",
  ])
  func leavesTheRestToTheParser(line: String) {
    var scanner = DeltaScanner()
    #expect(scan(Array(line.utf8), with: &scanner) == nil)
  }

  @Test func aKnownModelIsPassedOver() {
    var scanner = DeltaScanner()
    let line = Array(#"{"model":"a","choices":[{"delta":{"content":"Hi"}}]}"#.utf8)
    #expect(scan(line, with: &scanner) == nil)
    #expect(scan(line, with: &scanner)?.text == "Hi")
  }

  @Test func neverDiffersFromTheParser() throws {
    var random = SplitMix64(seed: 11)
    let alphabet = Array(#"{}[]",:\u0123456789eE+-. tfnulrasedcontype"#.utf8)
    var taken = 0
    for round in 0..<60_000 {
      var bytes = Array(Self.usual[round % Self.usual.count].0.utf8)
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let byte =
          Int.random(in: 0..<4, using: &random) == 0
          ? UInt8.random(in: 0...255, using: &random) : alphabet.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = byte
        case 1: bytes.remove(at: place)
        default: bytes.insert(byte, at: place)
        }
      }
      var scanner = DeltaScanner()
      guard let found = scan(bytes, with: &scanner) else { continue }
      taken += 1
      let line = String(decoding: bytes, as: UTF8.self)
      let value = try JSONValue.parse(bytes, syntax: .wire)
      let event = ReplyEvent(value)
      var wanted = ReplyEvent()
      wanted.text = found.text
      wanted.thinking = found.thinking
      #expect(event == wanted, "\(line)")
      checkAgainstFoundation(bytes, found)
    }
    #expect(taken > 5_000)
  }

  /// Foundation's own reading of the same line. It refuses lone surrogates and bytes that are no UTF-8.
  func checkAgainstFoundation(_ bytes: [UInt8], _ found: (text: String, thinking: String)) {
    guard let chunk = try? JSONDecoder().decode(Chunk.self, from: Data(bytes)) else { return }
    #expect(chunk.text == found.text, "\(String(decoding: bytes, as: UTF8.self))")
  }

  private struct Chunk: Decodable {
    struct Choice: Decodable { var delta: Message? }
    struct Message: Decodable {
      var content: String?
      var type: String?
      var text: String?
    }
    var choices: [Choice]?
    var delta: Message?
    var message: Message?

    var text: String {
      if let choices { return choices.first?.delta?.content ?? "" }
      if let delta { return delta.type == "text_delta" ? delta.text ?? "" : "" }
      return message?.content ?? ""
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
