// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

struct DialectTests {
  @Test func ollamaSpeaksInLinesAndItsLastOneEndsTheReply() async throws {
    let arena = try await Arena(.ollama("Hi ", "Alice."), .ollama("Hi Bob.")).speaking("/api/chat")
    let ended = try await arena.chat("--max-turns", "3")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try arena.transcript()
    #expect(written.said == ["Alice: Hello!", "Bob: Hi Alice.", "Alice: Hi Bob."])
    #expect(written.turns.last?["usage"]?["completion_tokens"] == 7)
    #expect(arena.server.requests.first?.messages == ["system: \(defaultSystemPrompt)", "user: Hello!"])
  }

  @Test func anthropicHasItsSystemPromptAtTheTopAndShowsTextAlone() async throws {
    let arena = try await Arena(
      .anthropic(.event(["type": "ping"]), .thinking("let me see"), "Hi ", "Alice."), .anthropic("Hi Bob.")
    ).speaking("/v1/messages")
    let ended = try await arena.chat(
      "--top-level-system", "--payload", #"{"max_tokens":64}"#, "--max-turns", "3")
    #expect(ended.exitCode == 0, "\(ended)")
    for request in arena.server.requests {
      #expect(request.json["system"]?.string == defaultSystemPrompt)
      #expect(request.json["max_tokens"] == 64)
      #expect(request.header("anthropic-version") == "2023-06-01")
      #expect(!request.messages.contains { $0.hasPrefix("system") })
      #expect(request.messages.first?.hasPrefix("user: ") == true)
    }
    let written = try arena.transcript()
    #expect(written.said == ["Alice: Hello!", "Bob: Hi Alice.", "Alice: Hi Bob."])
    #expect(written.turns[1]["thinking"] == "let me see")
    #expect(!ended.output.contains("let me see"))
  }

  @Test func anthropicGetsDefaultsForWhatItInsistsOn() async throws {
    let arena = try await Arena(.anthropic("x")).speaking("/v1/messages")
    let ended = try await arena.chat("--max-turns", "2")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.first?.json["max_tokens"] == 4096)
    #expect(arena.server.requests.first?.json["system"]?.string == defaultSystemPrompt)
  }

  @Test(arguments: ["openai", "anthropic", "ollama"])
  func aDialectCanBeNamed(api: String) async throws {
    let arena = try await Arena(.anthropic("x")).speaking("/proxy/llm")
    let ended = try await arena.chat("--max-turns", "2", "--api", api)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect((arena.server.requests.first?.json["system"] != nil) == (api == "anthropic"))
    #expect(try arena.transcript().said.last == "Bob: x")
  }

  @Test func aWholeReplyIsReadInAllThreeShapes() async throws {
    for answer in [
      Answer.openAIWhole("  one two"), .ollamaWhole("  one two"), .anthropicWhole("  one", " two"),
    ] {
      let arena = try await Arena(answer)
      let ended = try await arena.chat("--no-stream", "--max-turns", "2")
      #expect(ended.exitCode == 0, "\(ended)")
      #expect(arena.server.requests.first?.json["stream"] == false)
      #expect(try arena.transcript().said.last == "Bob:   one two")
    }
  }

  @Test func aWholeReplyIsReadAlsoWhereAStreamWasAskedFor() async throws {
    for answer in [Answer.openAIWhole("one two"), .ollamaWhole("one two"), .anthropicWhole("one", " two")] {
      let arena = try await Arena(answer)
      let ended = try await arena.chat("--max-turns", "2")
      #expect(ended.exitCode == 0, "\(ended)")
      #expect(try arena.transcript().said.last == "Bob: one two")
    }
  }

  @Test func oddStreamsAreReadWhole() async throws {
    let odd: [ReplyPiece] = [
      .raw(": comment\n\n"), .raw("event: whatever\n"), .raw("data: 5\n\n"), .raw("data: garbage {\n\n"),
      .event(["choices": []]), .event(["choices": [["index": 0, "delta": .null]]]),
      .event(["choices": [["index": 0, "delta": ["content": .null]]]]),
      .raw("data:{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"tight \"}}]}\n\n"),
      .raw("data: {\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"split \"}}]}\n\n"),
      "é🌀 done.",
    ]
    let answers = [
      Answer.openAI(odd), Answer.openAI(odd).withLineEnd("\r\n"), Answer.openAI(odd).inPieces(of: 1),
    ]
    for answer in answers {
      let arena = try await Arena(answer)
      let ended = try await arena.chat("--max-turns", "2")
      #expect(ended.exitCode == 0, "\(ended)")
      #expect(try arena.transcript().said.last == "Bob: tight split é🌀 done.")
    }
  }

  @Test func aFinishReasonWithoutDoneIsAWholeReplyAndAStreamWithoutBothIsNot() async throws {
    let whole = try await Arena(.openAI("all", ending: .init(mark: false)))
    #expect(try await whole.chat("--max-turns", "2").exitCode == 0)
    let broken = try await Arena(.openAI("half", ending: .none))
    let ended = try await broken.chat("--max-turns", "3")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(try broken.transcript().outcomes == ["opening", "incomplete"])
    #expect(broken.server.requests.count == 1)
  }
}
