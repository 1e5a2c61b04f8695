// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

struct SecretTests {
  /// Everything the program let out: both streams and all files.
  private func everything(_ ended: FinishedProgram, _ directory: TemporaryDirectory) throws -> String {
    try ended.output + ended.errors + directory.files.map { try directory.read($0) }.joined()
  }

  @Test(arguments: [[], ["--verbose"], ["--format", "ndjson"]])
  func headerValuesAndQueriesAppearNowhere(flags: [String]) async throws {
    let arena = try await Arena(.openAI("fine"), .error(401, "bad key sk-secret-1 for kw-secret-2"))
      .speaking("/v1/chat/completions?key=kw-secret-2&b=c")
    let headers = #"{"Authorization":"Bearer sk-secret-1","X-Plain":"plain-secret-3"}"#
    let ended = try await arena.chat(
      ["--headers", headers, "--payload", #"{"api_key":"pay-secret-4","temperature":1}"#] + flags)
    #expect(ended.exitCode == 1, "\(ended)")
    let request = try #require(arena.server.requests.first)
    #expect(request.header("authorization") == "Bearer sk-secret-1")
    #expect(request.target == "/v1/chat/completions?key=kw-secret-2&b=c")
    #expect(request.json["api_key"] == "pay-secret-4")
    let all = try everything(ended, arena.directory)
    #expect(!all.contains("secret-"), "\(all)")
    #expect(ended.errors.contains("bad key"))
    #expect(
      try arena.transcript().header?["participants"]?.array?.first?["header_names"] == [
        "Authorization", "X-Plain",
      ])
  }

  @Test(arguments: [
    #"sk-s3cret\u002bb\/c&1"#, "sk-s3cret&#x2B;b&#x2F;c&amp;1", "sk-s3cret&#43;b&#47;c&#38;1",
    "sk-s3cret&plus;b&sol;c&amp;1",
    "sk-s3cret%2bb%2fc%261", "sk-s3cret%2Bb%2Fc%261", #"sk-s3cret\\u002Bb\\/c\\u00261"#,
    "sk-s3cret+b/c&amp;1",
  ])
  func anEchoedKeyIsMaskedHoweverItIsEscaped(spelling: String) async throws {
    let page = "<html><body>bad key \(spelling) here</body></html>"
    for answer in [
      .text(page, status: 401, type: "text/html"), .error(401, "bad key \(spelling) here"),
      .text("bad key \(spelling) here", status: 401, type: "text/plain"),
    ] as [Answer] {
      let arena = try await Arena(answer)
      let ended = try await arena.chat(
        "--headers", #"{"Authorization":"Bearer sk-s3cret+b/c&1"}"#, "--verbose")
      #expect(ended.exitCode == 1, "\(ended)")
      #expect(ended.errors.contains("bad key *** here"), "\(ended)")
      #expect(!(try everything(ended, arena.directory).contains("s3cret")), "\(ended)")
    }
  }

  /// With reasoning alone the reason stands in the error, with text in the turn.
  @Test(arguments: [ReplyPiece.thinking("hm"), .text("fine")])
  func whatTheServerCallsItsReasonsIsShownInWordsOfOurs(piece: ReplyPiece) async throws {
    let reason = "\u{1B}]0;owned\u{07}\nBearer sk-secret-1 " + String(repeating: "long ", count: 1000)
    var ending = Answer.Ending.usual
    ending.reason = reason
    let model: JSONValue = ["model": .string(reason), "choices": []]
    let arena = try await Arena(.openAI([.event(model), piece], ending: ending))
    let ended = try await arena.chat(
      "--max-turns", "2", "--headers", #"{"Authorization":"Bearer sk-secret-1"}"#)
    let all = try everything(ended, arena.directory)
    #expect(all.contains("***"), "\(ended)")
    #expect(!all.contains("secret-"), "\(ended)")
    #expect(!all.contains { "\u{1B}\u{07}".contains($0) }, "\(ended)")
    #expect(!all.contains("\\u001b"), "\(ended)")
    #expect(all.ranges(of: "long").count < 500, "\(ended)")
  }

  @Test func aKeyFromTheEnvironmentIsSentAndKeptAsItsName() async throws {
    let arena = try await Arena(.openAI("fine"))
    let ended = try await arena.chat(
      "--max-turns", "2", "--headers", #"{"Authorization":"Bearer ${MY_KEY}","X-Money":"$${MY_KEY}"}"#,
      environment: ["MY_KEY": "sk-secret-1"])
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.first?.header("authorization") == "Bearer sk-secret-1")
    #expect(arena.server.requests.first?.header("x-money") == "${MY_KEY}")
    #expect(!(try everything(ended, arena.directory).contains("secret-")))
    let alice = try arena.transcript().header?["participants"]?.array?.first
    #expect(alice?["header_refs"]?["Authorization"] == "Bearer ${MY_KEY}")
  }

  @Test(arguments: [[:], ["MY_KEY": ""]])
  func aMissingVariableIsNamedBeforeAnythingIsSent(environment: [String: String]) async throws {
    let arena = try await Arena()
    for flags in [
      ["--headers", #"{"Authorization":"Bearer ${MY_KEY}"}"#],
      ["--endpoint", arena.server.url("/v1?key=${MY_KEY}")],
    ] {
      let ended = try await arena.chat(flags, environment: environment)
      #expect(ended.exitCode == 2, "\(ended)")
      #expect(ended.errors.contains("MY_KEY"), "\(ended)")
    }
    #expect(arena.server.connections == 0)
    #expect(arena.directory.files.isEmpty)
  }

  @Test func theUsualVariablesAreNotUsedOverPlainHTTP() async throws {
    let arena = try await Arena(.openAI("fine"))
    let ended = try await arena.chat("--max-turns", "2", environment: ["OPENAI_API_KEY": "sk-secret-1"])
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.first?.header("authorization") == nil)
  }
}
