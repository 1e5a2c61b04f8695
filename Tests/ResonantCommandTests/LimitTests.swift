// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

struct LimitTests {
  /// A reply, the limit, and what is kept of it.
  static let cases: [(reply: String, limit: Int, kept: String, isCut: Bool)] = [
    ("abcdef", 4, "abcd", true), ("abcd", 4, "abcd", false), ("abc", 4, "abc", false),
    ("abcd \n", 4, "abcd", false), ("a👨‍👩‍👧b", 3, "a👨\u{200D}", true), ("éééé", 3, "ééé", true),
  ]

  @Test(arguments: cases, [true, false])
  func aReplyIsCutAtCodePointsAndMarkedOnlyWhenTextIsLost(
    example: (reply: String, limit: Int, kept: String, isCut: Bool), stream: Bool
  ) async throws {
    let arena = try await Arena(
      stream ? .openAI(example.reply.map { .text(String($0)) }) : .openAIWhole(example.reply))
    let ended = try await arena.chat(
      ["--max-turns", "2", "--max-chars", "\(example.limit)"] + (stream ? [] : ["--no-stream"]))
    #expect(ended.exitCode == 0, "\(ended)")
    let turn = try #require(try arena.transcript().turns.last)
    #expect(turn["text"] == .string(example.kept))
    #expect(turn["outcome"] == (example.isCut ? "truncated" : "finished"))
    #expect(turn["chars"]?.int == example.kept.unicodeScalars.count)
    #expect(ended.output.contains("truncated") == example.isCut)
    let page = try #require(try arena.page().turn(2))
    #expect(page.lowercased().contains("truncated") == example.isCut)
  }

  @Test func theConnectionIsClosedAtTheLimit() async throws {
    let arena = try await Arena(.openAI("123456789", .stall))
    let ended = try await arena.chat("--max-turns", "2", "--max-chars", "5")
    #expect(ended.exitCode == 0, "\(ended)")
    try await arena.server.waitForAbandon(of: 1)
    #expect(try arena.transcript().said.last == "Bob: 12345")
  }

  @Test func theOpeningIsNeverCut() async throws {
    let arena = try await Arena(.openAI("xyz"))
    let ended = try await arena.chat("--max-turns", "2", "--max-chars", "3", "--opening", "a long opening")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.first?.spoken == ["user: a long opening"])
    #expect(!ended.output.contains("truncated"))
    #expect(try arena.page().turn(1)?.lowercased().contains("truncated") == false)
  }

  @Test func theBudgetStopsTheNextTurn() async throws {
    let arena = try await Arena(.openAI("one"), .openAI("two"), .openAI("three"))
    let ended = try await arena.chat("--budget-tokens", "30")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.count == 2)
    #expect(try arena.transcript().end?["reason"] == "budget")
  }

  @Test func aStopPhraseEndsTheConversationAfterTheReplyThatHasIt() async throws {
    let arena = try await Arena(.openAI("well"), .openAI("good", "bye then"))
    let ended = try await arena.chat("--stop-phrase", "goodbye", "--opening", "goodbye is what we say last")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.count == 2)
    #expect(try arena.transcript().end?["reason"] == "stop_phrase")
  }
}
