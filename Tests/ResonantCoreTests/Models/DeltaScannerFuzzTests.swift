// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import ResonantCore

/// The scanner against the parser, and against Foundation's, over events that nobody thought of.
@Suite struct DeltaScannerFuzzTests {
  /// How many of the events that were taken had what.
  struct Taken {
    var all = 0
    var texts = 0
    var thoughts = 0
    var choices = 0
  }

  /// Compares one event, if the scanner takes it.
  func check(_ bytes: [UInt8], _ taken: inout Taken) throws {
    guard let found = DeltaScannerTests.scan(bytes) else { return }
    let line = String(decoding: bytes, as: UTF8.self)
    #expect(try DeltaScannerTests.parse(bytes) == found, "\(line)")
    // Foundation refuses lone surrogates and bytes that are no UTF-8.
    if let chunk = try? JSONDecoder().decode(Chunk.self, from: Data(bytes)) {
      #expect(chunk.event == found, "\(line)")
    }
    taken.all += 1
    taken.texts += found.text.isEmpty ? 0 : 1
    taken.thoughts += found.thinking.isEmpty ? 0 : 1
    taken.choices += found.choice == nil ? 0 : 1
  }

  @Test func brokenEventsNeverDifferFromTheParser() throws {
    var random = SplitMix64(seed: 11)
    let alphabet = Array(#"{}[]",:\u0123456789eE+-. tfnulrasedcontype"#.utf8)
    let lines = DeltaScannerTests.usual.map(\.0)
    var taken = Taken()
    for round in 0..<60_000 {
      var bytes = Array(lines[round % lines.count].utf8)
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
      try check(bytes, &taken)
    }
    #expect(taken.all > 15_000, "\(taken)")
    #expect(min(taken.texts, taken.thoughts, taken.choices) > 2_000, "\(taken)")
  }

  @Test func composedEventsNeverDifferFromTheParser() throws {
    var composer = EventComposer(random: SplitMix64(seed: 7))
    var taken = Taken()
    for _ in 0..<40_000 { try check(Array(composer.event().utf8), &taken) }
    #expect(taken.all > 2_000, "\(taken)")
    #expect(min(taken.texts, taken.thoughts, taken.choices) > 200, "\(taken)")
  }

  /// What Foundation reads.
  private struct Chunk: Decodable {
    struct Choice: Decodable {
      var index: Int?
      var delta: Message?
    }
    struct Message: Decodable {
      var content: String?
      var thinking: String?
      var reasoning: String?
      var reasoningContent: String?
      var type: String?
      var text: String?

      enum CodingKeys: String, CodingKey {
        case content, thinking, reasoning, type, text
        case reasoningContent = "reasoning_content"
      }
    }
    var choices: [Choice]?
    var delta: Message?
    var message: Message?

    var event: ReplyEvent {
      let (text, thinking) = words
      return DeltaScannerTests.said(text ?? "", thinking: thinking ?? "", choice: choices?.first?.index)
    }

    private var words: (String?, String?) {
      if let choices {
        let delta = choices.first?.delta
        return (delta?.content, delta?.reasoningContent ?? delta?.reasoning ?? delta?.thinking)
      }
      guard let delta else { return (message?.content, message?.thinking) }
      return delta.type == "text_delta" ? (delta.text, nil) : (nil, delta.thinking)
    }
  }
}

/// Puts events together from members that mean something and values that are usual, or almost.
private struct EventComposer {
  var random: SplitMix64

  mutating func event() -> String {
    let usual = ["model", "choices", "id"]
    let all =
      usual + ["error", "usage", "object", "type", "delta", "message", "done", "content", "finish_reason"]
    return object(chance(2) ? usual : all)
  }

  /// With some of the keys, in any order; now and then with one of them twice.
  private mutating func object(_ keys: [String]) -> String {
    var members = keys.shuffled(using: &random)
    members.removeLast(Int.random(in: 0...(chance(2) ? 1 : members.count), using: &random))
    if chance(12), let key = members.first { members.append(key) }
    let space = chance(4) ? " " : ""
    return "{" + members.map { "\"\($0)\"\(space):\(space)\(value(of: $0))" }.joined(separator: ",") + "}"
  }

  private mutating func value(of key: String) -> String {
    if chance(30) { return pick(["null", "{}", "[]", "5", "\"\"", "true", "x"]) }
    switch key {
    case "choices":
      return "[" + (0..<pick([0, 1, 1, 1, 2])).map { _ in choice() }.joined(separator: ",") + "]"
    case "delta" where chance(2): return object(["content", "role", "reasoning_content"])
    case "delta":
      return object([
        "content", "role", "reasoning", "reasoning_content", "thinking", "refusal", "type", "text",
        "tool_calls", "function_call", "reasoning_details", "message", "code", "msg",
      ])
    case "message": return object(["content", "role", "thinking", "tool_calls"])
    case "usage":
      return object(
        ["prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details"]
          + (chance(4) ? ["input_tokens", "output_tokens", "cache_read_input_tokens"] : []))
    case "prompt_tokens_details": return object(["cached_tokens", "prompt_tokens", "input_tokens"])
    case "error", "refusal", "tool_calls", "function_call", "reasoning_details", "msg", "code":
      return pick(["null", "null", "null", "null", "\"\"", "\"no\"", "[]"])
    case "type": return pick([#""content_block_delta""#, #""text_delta""#, #""thinking_delta""#, #""ping""#])
    case "index": return pick(["0", "0", "1", "-1", "1.0", "null"])
    case "finish_reason": return pick(["null", "null", "null", "\"\"", "\"stop\"", "\"none\"", "5"])
    case "done": return pick(["false", "false", "true"])
    case "object": return pick([#""chat.completion.chunk""#, #""error""#])
    case _ where key.hasSuffix("_tokens"): return count()
    default: return pick([#""stop""#, #""a b""#, #""""#, #""é\n""#, #""\u00e9\ud83d""#, "null"])
    }
  }

  private mutating func choice() -> String {
    object(["delta", "finish_reason", "index"] + (chance(8) ? ["message", "error"] : []))
  }

  private mutating func count() -> String {
    if chance(2) { return String(Int.random(in: 0...5000, using: &random)) }
    return pick(["0", "7", "07", "-1", "1.5", "2.0", "1e2", "123456789012345", "1234567890123456", "1E400"])
  }

  private mutating func chance(_ among: Int) -> Bool { Int.random(in: 0..<among, using: &random) == 0 }

  private mutating func pick<Item>(_ items: [Item]) -> Item {
    items[Int.random(in: 0..<items.count, using: &random)]
  }
}
