// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

struct RequestTests {
  @Test func aConversationIsTheOpeningAndOneRequestForEachFurtherTurn() async throws {
    let arena = try await Arena(.openAI("Hi ", "Alice."), .openAI("Hi Bob."))
    let ended = try await arena.chat("--max-turns", "3")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.count == 2)
    let written = try arena.transcript()
    #expect(written.said == ["Alice: Hello!", "Bob: Hi Alice.", "Alice: Hi Bob."])
    #expect(written.turns.compactMap { $0["n"]?.int } == [1, 2, 3])
    #expect(written.outcomes == ["opening", "finished", "finished"])
    #expect(written.end?["reason"] == "max_turns")
    #expect(written.end?["turns"] == 3)
    var rest = ended.output[...]
    for text in ["1", "Alice", "Hello!", "2", "Bob", "Hi Alice.", "3", "Alice", "Hi Bob.", ".jsonl", ".html"]
    {
      let range = try #require(
        rest.firstRange(of: text), "\(text) is missing or out of order in \(ended.output)")
      rest = rest[range.upperBound...]
    }
  }

  @Test func eachSideSeesItselfAsAssistantAndTheOtherAsUser() async throws {
    let arena = try await Arena(.openAI("Hi Alice."), .openAI("Hi Bob."))
    _ = try await arena.chat("--max-turns", "3")
    let requests = arena.server.requests
    try #require(requests.count == 2)
    #expect(requests[0].messages == ["system: \(defaultSystemPrompt)", "user: Hello!"])
    #expect(
      requests[1].messages == ["system: \(defaultSystemPrompt)", "assistant: Hello!", "user: Hi Alice."])
    for request in requests {
      #expect(request.method == "POST")
      #expect(request.target == "/v1/chat/completions")
      #expect(request.json["stream"] == true)
      #expect(request.json["model"] == "m")
      #expect(request.header("content-type")?.hasPrefix("application/json") == true)
      #expect(request.header("expect") == nil)
    }
  }

  @Test func eachSideHasItsOwnEndpointAndModel() async throws {
    let alice = try await ScriptedServer(.openAI("from alice"))
    let bob = try await ScriptedServer(.ollama("from bob"))
    let directory = try TemporaryDirectory()
    let ended = try await ResonantBinary.run(
      [
        "--alice-endpoint", alice.url("/v1/chat/completions"), "--bob-endpoint", bob.url("/api/chat"),
        "--alice-model", "model-a", "--bob-model", "model-b", "--max-turns", "3",
      ], in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(alice.requests.map { $0.json["model"] } == ["model-a"])
    #expect(bob.requests.map { $0.json["model"] } == ["model-b"])
    #expect(alice.requests.map(\.path) == ["/v1/chat/completions"])
    #expect(bob.requests.map(\.path) == ["/api/chat"])
  }

  @Test func aBaseURLGetsThePathOfChatCompletionsAndKeepsItsQuery() async throws {
    for (given, asked) in [
      ("", "/v1/chat/completions"), ("/v1", "/v1/chat/completions"), ("/v1?a=b", "/v1/chat/completions?a=b"),
    ] {
      let arena = try await Arena(.openAI("x")).speaking(given)
      let ended = try await arena.chat("--max-turns", "2")
      #expect(ended.exitCode == 0, "\(ended)")
      #expect(arena.server.requests.map(\.target) == [asked])
    }
  }

  @Test func preamblesComeFirstVerbatimAndDoNotCount() async throws {
    let arena = try await Arena(.openAI("B2"), .openAI("A3"), .openAI("B4"))
    try arena.directory.write(
      #"[{"role":"user","content":"for alice","name":"guide"},{"role":"assistant","content":"noted"}]"#,
      to: "alice.json")
    try arena.directory.write(#"[{"role":"system","content":"for bob"}]"#, to: "bob.json")
    let ended = try await arena.chat(
      "--max-turns", "4", "--alice-preamble", "alice.json", "--bob-preamble", "bob.json",
      "--system-prompt", "S")
    #expect(ended.exitCode == 0, "\(ended)")
    let requests = arena.server.requests
    try #require(requests.count == 3)
    #expect(requests[0].messages == ["system: S", "system: for bob", "user: Hello!"])
    #expect(
      requests[1].messages == [
        "system: S", "user: for alice", "assistant: noted", "assistant: Hello!", "user: B2",
      ])
    #expect(requests[1].json["messages"]?.array?[1]["name"] == "guide")
    #expect(
      requests[2].messages == ["system: S", "system: for bob", "user: Hello!", "assistant: B2", "user: A3"])
    let written = try arena.transcript()
    #expect(written.turns.compactMap { $0["n"]?.int } == [1, 2, 3, 4])
    #expect(
      written.all("preamble").map { [$0["owner"], $0["index"], $0["role"], $0["content"]] } == [
        ["Alice", 1, "user", "for alice"], ["Alice", 2, "assistant", "noted"],
        ["Bob", 1, "system", "for bob"],
      ])
    let page = try arena.page()
    #expect(page.html.contains("for alice") && page.html.contains("for bob"))
    #expect(!ended.output.contains("for alice") && !ended.output.contains("for bob"))
  }

  @Test func aSidesHeadersAndPayloadReplaceTheCommonOnes() async throws {
    let arena = try await Arena(.openAI("B2"), .openAI("A3"), .openAI("B4"))
    let ended = try await arena.chat(
      "--max-turns", "4", "--headers", #"{"X-Common":"1","Content-Type":"application/json; a=b"}"#,
      "--alice-headers", "{}", "--payload", #"{"temperature":0.5,"top_p":1}"#,
      "--bob-payload", #"{"temperature":1.25,"options":{"a":[1,null]}}"#)
    #expect(ended.exitCode == 0, "\(ended)")
    let requests = arena.server.requests
    try #require(requests.count == 3)
    for bob in [requests[0], requests[2]] {
      #expect(bob.header("x-common") == "1")
      #expect(bob.headers.filter { $0.name.lowercased() == "content-type" }.count == 1)
      #expect(bob.header("content-type") == "application/json; a=b")
      #expect(bob.json["temperature"] == 1.25)
      #expect(bob.json["top_p"] == nil)
      #expect(bob.json["options"] == ["a": [1, .null]])
    }
    #expect(requests[1].header("x-common") == nil)
    #expect(requests[1].json["temperature"] == 0.5)
    #expect(requests[1].json["options"] == nil)
  }

  @Test func messagesInThePayloadPrecedeEachSidesOwnAndNeverLeak() async throws {
    let arena = try await Arena(.openAI("B2"), .openAI("A3"), .openAI("B4"))
    let ended = try await arena.chat(
      "--max-turns", "4", "--payload", #"{"messages":[{"role":"user","content":"P"}]}"#,
      "--alice-system-prompt", "SA", "--bob-system-prompt", "SB")
    #expect(ended.exitCode == 0, "\(ended)")
    let requests = arena.server.requests
    try #require(requests.count == 3)
    #expect(requests[0].messages == ["user: P", "system: SB", "user: Hello!"])
    #expect(requests[1].messages == ["user: P", "system: SA", "assistant: Hello!", "user: B2"])
    #expect(requests[2].messages == ["user: P", "system: SB", "user: Hello!", "assistant: B2", "user: A3"])
  }

  @Test func thePayloadOverridesModelAndStream() async throws {
    let arena = try await Arena(.openAIWhole("whole"))
    let ended = try await arena.chat("--max-turns", "2", "--payload", #"{"model":"other","stream":false}"#)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.first?.json["model"] == "other")
    #expect(arena.server.requests.first?.json["stream"] == false)
    #expect(try arena.transcript().said.last == "Bob: whole")
  }

  @Test func anExplicitEmptySystemPromptIsNone() async throws {
    let arena = try await Arena(.openAI("x"))
    let ended = try await arena.chat("--max-turns", "2", "--system-prompt", "")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.first?.messages == ["user: Hello!"])
  }

  @Test func alternatingRolesSatisfyAStrictServer() async throws {
    let arena = try await Arena { request in
      let roles = (request.json["messages"]?.array ?? []).compactMap { $0["role"]?.string }
      let turns = roles.drop { $0 == "system" }
      let alternates = zip(turns, turns.dropFirst()).allSatisfy { $0 != $1 }
      guard turns.first == "user", alternates else {
        return .error(400, "Conversation roles must alternate user/assistant/user/assistant/...")
      }
      return .openAI("reply \(request.number).".asPiece)
    }
    try arena.directory.write(#"[{"role":"user","content":"P"}]"#, to: "bob.json")
    let ended = try await arena.chat("--max-turns", "6", "--roles", "alternate", "--bob-preamble", "bob.json")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(
      try arena.transcript().said == [
        "Alice: Hello!", "Bob: reply 1.", "Alice: reply 2.", "Bob: reply 3.", "Alice: reply 4.",
        "Bob: reply 5.",
      ])
    #expect(arena.server.requests.first?.spoken == ["user: P\n\nHello!"])
    #expect(arena.server.requests[1].spoken.dropFirst() == ["assistant: Hello!", "user: reply 1."])
  }

  @Test func aRefusalOfTheRolesHintsAtTheFlag() async throws {
    let arena = try await Arena(
      .error(400, "Conversation roles must alternate user/assistant/user/assistant/..."))
    let ended = try await arena.chat("--max-turns", "3")
    #expect(ended.exitCode == 1)
    #expect(ended.errors.contains("must alternate") && ended.errors.contains("--roles alternate"), "\(ended)")
  }

  @Test func requestsReuseTheConnection() async throws {
    let arena = try await Arena { .openAI("reply \($0.number)".asPiece) }
    let ended = try await arena.chat("--max-turns", "9")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.count == 8)
    #expect(arena.server.connections == 1)
  }
}

extension String {
  /// For a piece of a reply that is no literal.
  var asPiece: ReplyPiece { .text(self) }
}
