// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

struct ErrorTests {
  @Test func aRefusalIsReportedAndFinishedTurnsAreKept() async throws {
    let arena = try await Arena(.openAI("B2 is kept"), .error(401, "Incorrect API key provided."))
    let ended = try await arena.chat()
    #expect(ended.exitCode == 1, "\(ended)")
    for part in ["Incorrect API key provided", "401", "Alice", arena.server.url("/v1/chat/completions")] {
      #expect(ended.errors.contains(part), "\(part) is missing in \(ended.errors)")
    }
    #expect(arena.server.requests.count == 2)
    let written = try arena.transcript()
    #expect(written.said == ["Alice: Hello!", "Bob: B2 is kept"])
    #expect(written.end?["reason"] == "error")
    #expect(written.end?["error"]?.string?.contains("Incorrect API key provided") == true)
    #expect(try arena.page().turn(2)?.contains("B2 is kept") == true)
  }

  @Test func nobodyAtTheEndpointIsAnError() async throws {
    let arena = try await Arena()
    let ended = try await arena.chat("--endpoint", "http://127.0.0.1:9/v1", "--retries", "0")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("http://127.0.0.1:9/v1") && ended.errors.contains("Bob"), "\(ended)")
  }

  @Test(arguments: [ReplyPiece.cut, .reset])
  func aConnectionThatBreaksAfterTextLeavesTheTurnIncomplete(breakage: ReplyPiece) async throws {
    let gate = Gate()
    let arena = try await Arena(.openAI("half a", .hold(gate), breakage), .openAI("never"))
    let program = try await arena.startChat()
    try await program.waitForOutput(containing: "half a")
    gate.open()
    let ended = try await program.finish()
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("Bob"), "\(ended)")
    #expect(arena.server.requests.count == 1)
    let written = try arena.transcript()
    #expect(written.said.last == "Bob: half a")
    #expect(written.outcomes == ["opening", "incomplete"])
    #expect(written.end?["reason"] == "error")
    #expect(try arena.page().turn(2)?.contains("half a") == true)
    #expect(try arena.page().turn(2)?.lowercased().contains("incomplete") == true)
  }

  @Test func aServerThatNeverAnswersTimesOut() async throws {
    let arena = try await Arena(.silence)
    let ended = try await arena.chat("--first-byte-timeout", "0.3")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("--first-byte-timeout"), "\(ended)")
    #expect(arena.server.requests.count == 1)
  }

  @Test func aStreamThatFallsSilentTimesOutAndCommentsAreNoProgress() async throws {
    let arena = try await Arena(.openAI("some", .raw(": ping\n\n"), .stall))
    let ended = try await arena.chat("--idle-timeout", "0.3")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("--idle-timeout"), "\(ended)")
    #expect(try arena.transcript().outcomes == ["opening", "incomplete"])
  }

  static let inStream: [(Answer, path: String)] = [
    (.openAI(.event(["error": ["message": "the model fell over", "code": 500]])), "/v1/chat/completions"),
    (
      .anthropic(
        .event(["type": "error", "error": ["type": "api_error", "message": "the model fell over"]])),
      "/v1/messages"
    ),
    (.ollama(.event(["error": "the model fell over"])), "/api/chat"),
    (.json(["error": ["message": "the model fell over"]]), "/v1/chat/completions"),
  ]

  @Test(arguments: inStream)
  func anErrorUnderStatus200IsAnError(answer: Answer, path: String) async throws {
    let arena = try await Arena(answer).speaking(path)
    let ended = try await arena.chat("--retries", "0")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("the model fell over"), "\(ended)")
    #expect(try arena.transcript().said == ["Alice: Hello!"])
  }

  @Test func anErrorAfterSomeTextKeepsIt() async throws {
    let arena = try await Arena(.openAI("half", .event(["error": ["message": "out of luck"]])))
    let ended = try await arena.chat()
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("out of luck"), "\(ended)")
    #expect(try arena.transcript().said.last == "Bob: half")
    #expect(arena.server.requests.count == 1)
  }

  @Test(arguments: ["", " \n\t "])
  func anEmptyReplyFailsAndIsNotSentOn(reply: String) async throws {
    for answer in [Answer.openAI(reply.asPiece), .openAIWhole(reply)] {
      let arena = try await Arena(answer, .openAI("never"))
      let ended = try await arena.chat()
      #expect(ended.exitCode == 1, "\(ended)")
      #expect(ended.errors.contains("Bob") && ended.errors.contains("empty"), "\(ended)")
      #expect(arena.server.requests.count == 1)
    }
  }

  @Test(arguments: [429, 500, 502, 503, 529])
  func aTransientFailureIsTriedAgain(status: Int) async throws {
    let arena = try await Arena(.html(status, headers: [("Retry-After", "0")]), .openAI("made it"))
    let ended = try await arena.chat("--max-turns", "2")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.count == 2)
    #expect(arena.server.requests[0].body == arena.server.requests[1].body)
    let written = try arena.transcript()
    #expect(written.said.last == "Bob: made it")
    let retry = written.all("event").first { $0["kind"] == "retry" }
    #expect(retry?["status"]?.int == status)
  }

  @Test func withoutRetriesATransientFailureIsFinal() async throws {
    let arena = try await Arena(.html(503), .openAI("never"))
    let ended = try await arena.chat("--retries", "0")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("503"))
    #expect(arena.server.requests.count == 1)
  }

  @Test func aRedirectIsFollowedOnlyWithinTheServerAndAsItWas() async throws {
    let arena = try await Arena(
      Answer(status: 308, headers: [("Location", "/v1/other")], framing: .length, body: []), .openAI("there"))
    let ended = try await arena.chat("--max-turns", "2", "--headers", #"{"X-Key":"k"}"#)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.map(\.target) == ["/v1/chat/completions", "/v1/other"])
    #expect(arena.server.requests.last?.header("x-key") == "k")

    let elsewhere = try await ScriptedServer(.openAI("never"))
    let target = elsewhere.url("/v1/other")
    let leaving = try await Arena(
      Answer(status: 307, headers: [("Location", target)], framing: .length, body: []))
    let refused = try await leaving.chat("--max-turns", "2")
    #expect(refused.exitCode == 1, "\(refused)")
    #expect(refused.errors.contains(target), "\(refused)")
    #expect(elsewhere.connections == 0)
  }

  @Test func whereARedirectLeadsIsShownWithoutControlCharacters() async throws {
    let arena = try await Arena(
      Answer(
        status: 307, headers: [("Location", "javascript:\u{1B}]0;owned\u{07}\u{1B}[2J")], framing: .length,
        body: []))
    let ended = try await arena.chat("--max-turns", "2")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("redirects (307) to javascript:"), "\(ended)")
    #expect(!ended.errors.contains { "\u{1B}\u{07}".contains($0) }, "\(ended)")
    #expect(try arena.transcript().end?["error"]?.string?.contains("\u{1B}") == false)
  }

  @Test func aFullContextNamesTheLimit() async throws {
    let arena = try await Arena(
      .json(
        [
          "error": [
            "code": 400, "message": "the request exceeds the available context size",
            "type": "exceed_context_size_error", "n_prompt_tokens": 5000, "n_ctx": 4096,
          ]
        ], status: 400))
    let ended = try await arena.chat()
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("4096"), "\(ended)")
  }

  @Test func aPageInsteadOfAReplyIsAnError() async throws {
    let arena = try await Arena(.html(200))
    let ended = try await arena.chat("--retries", "0")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("text/html"), "\(ended)")
  }

  /// As llama.cpp's server words them: with the messages of the request, or the template, in its own words' midst.
  @Test(arguments: [
    (
      "Failed to parse messages: Missing 'content' in message 1; messages = [\n"
        + String(
          repeating: "  {\n    \"role\": \"user\",\n    \"content\": \"a } \\\" ] long text\"\n  },\n",
          count: 40)
        + "  {\"role\": \"user\"}\n]", "Missing 'content' in message 1; messages = […]"
    ),
    (
      "\n------------\nWhile executing CallExpression at line 47, column 32 in source:\n"
        + String(repeating: "...{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}↵", count: 9)
        + "\n            ^\nError: Jinja Exception: Roles must alternate user and assistant.",
      "Error: Jinja Exception: Roles must alternate user and assistant"
    ),
    (
      "Provider returned error: {\"error\": {\"message\": \"The image\\nis too dark\", \"param\": \""
        + String(repeating: "x", count: 900) + "\"}}", "Provider returned error: The image is too dark"
    ),
  ])
  func aLongErrorIsAbridgedToWhatItSays(message: String, meaning: String) async throws {
    let arena = try await Arena(.error(400, message))
    let ended = try await arena.chat("--no-save")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains(meaning), "\(ended)")
    let said = ended.errors.split(separator: "\n").first { $0.contains("answered HTTP 400: ") }
    let quoted = said?.split(separator: "answered HTTP 400: ").last?.prefix { $0 != "\n" }
    #expect((quoted?.count ?? .max) < 450, "\(ended)")
  }
}
