// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// Streams as real servers send them that keep to no documentation; the kinds are those of `ReplyQuirksTests`.
struct WireQuirksTests {
  static let errors: [ReplyPiece] = [
    .event([
      "choices": [["index": 0, "delta": ["content": ""], "error": ["code": 502, "message": "It gave up"]]]
    ]),
    .event(["type": "error", "code": "500", "message": "It gave up"]),
    .event(["error": ["It gave up"]]), .event(["code": 50505, "message": "It gave up"]),
    .raw("event: error\ndata: It gave up\n\n"), .raw("error: {\"message\": \"It gave up\"}\n\n"),
  ]

  @Test(arguments: errors)
  func aStreamInWhichAnErrorWasAnnouncedIsNoReply(error: ReplyPiece) async throws {
    for ending in [Answer.Ending.none, .usual] {
      let arena = try await Arena(.openAI("Half", error, ending: ending))
      let ended = try await arena.chat("--retries", "0", "--no-html")
      #expect(ended.exitCode == 1, "\(ended)")
      #expect(ended.errors.contains("It gave up"), "\(ended)")
      let written = try arena.transcript()
      #expect(written.said == ["Alice: Hello!", "Bob: Half"])
      #expect(written.outcomes == ["opening", "incomplete"])
    }
  }

  @Test func anErrorInAWholeReplyIsOneToo() async throws {
    let message: JSONValue = ["role": "assistant", "content": ""]
    let arena = try await Arena(
      .json(["choices": [["message": message, "finish_reason": "error", "error": "It gave up"]]]))
    let ended = try await arena.chat("--retries", "0", "--no-stream")
    #expect(ended.exitCode == 1 && ended.errors.contains("It gave up"), "\(ended)")
  }

  @Test func aStreamThatBreaksOffAfterEmptyFinishReasonsIsIncomplete() async throws {
    func piece(_ text: String) -> ReplyPiece {
      .event(["choices": [["index": 0, "delta": ["content": .string(text)], "finish_reason": ""]]])
    }
    let arena = try await Arena(.openAI(piece("Half of a "), piece("sentence"), ending: .none))
    let ended = try await arena.chat()
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(try arena.transcript().outcomes == ["opening", "incomplete"])
  }

  /// With a gate that never opens, the server would keep the stream for ever.
  @Test(arguments: ["/v1/chat/completions", "/v1/messages"])
  func aTurnIsOverWithItsFinishReason(path: String) async throws {
    let reason = Answer.Ending(usage: (11, 7), mark: false)
    let stalling =
      path == "/v1/messages"
      ? Answer.anthropic("Well.", ending: reason).stalling : Answer.openAI("Well.", ending: reason).stalling
    let arena = try await Arena(stalling, stalling).speaking(path)
    let ended = try await arena.chat("--max-turns", "3", "--idle-timeout", "60")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try arena.transcript()
    #expect(written.said == ["Alice: Hello!", "Bob: Well.", "Alice: Well."])
    #expect(written.turns.last?["usage"]?["prompt_tokens"] == 11)
    #expect(written.turns.last?["usage"]?["estimated"] == nil)
  }

  @Test func ofSeveralChoicesTheFirstIsRecorded() async throws {
    func piece(_ text: String, _ index: Int) -> ReplyPiece {
      .event(["choices": [["index": .int(index), "delta": ["content": .string(text)]]]])
    }
    let arena = try await Arena(.openAI(piece("One ", 0), piece("Uno ", 1), piece("two", 0), piece("dos", 1)))
    let ended = try await arena.chat("--max-turns", "2", "--payload", #"{"n": 2}"#)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try arena.transcript().said.last == "Bob: One two")
    #expect(ended.output.contains("One two") && !ended.output.contains("Uno"), "\(ended)")
  }

  @Test func aRepeatedMessageAndHalfCharactersGiveOneText() async throws {
    let arena = try await Arena(
      .openAI(
        .raw(#"data: {"choices":[{"index":0,"delta":{"content":"smile \ud83d"}}]}"# + "\n\n"),
        .raw(#"data: {"choices":[{"index":0,"delta":{"content":"\ude00"}}]}"# + "\n\n"),
        .event(["choices": [["index": 0, "message": ["content": "smile 😀"]]]])))
    let ended = try await arena.chat("--max-turns", "2")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try arena.transcript().said.last == "Bob: smile 😀")
  }

  @Test func reasoningAndCountsAreRecordedWhereverTheyCome() async throws {
    let details: JSONValue = [["type": "reasoning.text", "text": "why"]]
    let arena = try await Arena(
      .openAI(
        .event(["choices": [["index": 0, "delta": ["reasoning": "why", "reasoning_details": details]]]]),
        "Well.",
        .event(["usage": ["prompt_tokens": 5, "completion_tokens": 4]]), ending: .init(usage: nil)))
    let ended = try await arena.chat("--max-turns", "2")
    #expect(ended.exitCode == 0, "\(ended)")
    let turn = try arena.transcript().turns.last
    #expect(turn?["thinking"] == "why")
    #expect(turn?["usage"]?["completion_tokens"] == 4)
  }
}

extension Answer {
  /// The same answer, whose body does not end.
  fileprivate var stalling: Answer {
    var copy = self
    copy.body.append(.stall)
    return copy
  }
}
