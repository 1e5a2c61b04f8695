// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// Conversations with real servers, which `scripts/test --servers` starts. The models are tiny and say what they like;
/// what counts is that whole conversations come through.
@Suite(.serialized) struct RealServerTests {
  private func converse(
    _ server: String, _ path: String, _ flags: [String] = [], turns: Int = 20
  ) async throws -> (ended: FinishedProgram, written: WrittenTranscript, page: WrittenPage) {
    let url = try #require(RealServer.url(server), "scripts/test --servers starts the real servers")
    let directory = try TemporaryDirectory()
    let ended = try await ResonantBinary.run(
      ["--endpoint", url + path, "--model", server == "ollama" ? "tiny" : server, "--max-turns", "\(turns)"]
        + flags,
      in: directory, within: 300)
    let written = try WrittenTranscript(directory.read(directory.only(".jsonl")))
    return (ended, written, WrittenPage(html: try directory.read(directory.only(".html"))))
  }

  private func expectWhole(
    _ result: (ended: FinishedProgram, written: WrittenTranscript, page: WrittenPage), turns: Int = 20
  ) {
    #expect(result.ended.exitCode == 0, "\(result.ended)")
    #expect(result.written.turns.compactMap { $0["n"]?.int } == Array(1...turns))
    #expect(result.written.end?["reason"] == "max_turns")
    #expect(result.page.turn(turns) != nil)
    for turn in result.written.turns.dropFirst() {
      #expect(turn["text"]?.string?.isEmpty == false)
      #expect(turn["outcome"] == "finished")
      #expect((turn["usage"]?["completion_tokens"]?.int ?? 0) > 0)
      #expect(turn["usage"]?["estimated"] != true)
      #expect(turn["finish_reason"]?.string != nil)
    }
  }

  @Test(.needsServer("tiny"), arguments: ["/v1/chat/completions", "/v1/messages"], [true, false])
  func llamaHoldsALongConversation(path: String, stream: Bool) async throws {
    expectWhole(try await converse("tiny", path, stream ? [] : ["--no-stream"]))
  }

  @Test(.needsServer("think"), arguments: ["/v1/chat/completions", "/v1/messages"])
  func reasoningIsKeptApart(path: String) async throws {
    let result = try await converse("think", path)
    expectWhole(result)
    for turn in result.written.turns.dropFirst() {
      #expect(turn["thinking"]?.string?.isEmpty == false)
      #expect(turn["text"]?.string?.contains("<think>") == false)
    }
  }

  @Test(.needsServer("strict")) func aStrictTemplateNeedsAlternatingRoles() async throws {
    expectWhole(try await converse("strict", "/v1/chat/completions", ["--roles", "alternate"]))
    let refused = try await converse("strict", "/v1/chat/completions")
    #expect(refused.ended.exitCode == 1)
    #expect(refused.ended.errors.contains("--roles alternate"), "\(refused.ended)")
  }

  static let long = String(repeating: "word and ", count: 3000)

  /// What the servers really say is understood, at each dialect.
  @Test(
    .needsServer("tiny"), .needsServer("strict"),
    arguments: [
      ("tiny", "/v1/chat/completions", ["--opening", long], "the model's context of 4096 tokens"),
      ("tiny", "/v1/messages", ["--opening", long], "the model's context of 4096 tokens"),
      ("strict", "/v1/messages", ["--roles", "as-is"], "--roles alternate"),
    ])
  func theWordsOfLlamaAreUnderstood(server: String, path: String, flags: [String], named: String) async throws
  {
    let result = try await converse(server, path, flags, turns: 4)
    #expect(result.ended.exitCode == 1, "\(result.ended)")
    #expect(result.ended.errors.contains(named), "\(result.ended)")
  }

  static let tool = #"{"tools":[{"type":"function","function":{"name":"f"}}]}"#

  @Test(
    .needsServer("ollama"),
    arguments: [
      ("/api/chat", ["--model", "nope"], "'ollama pull nope'"),
      ("/v1/chat/completions", ["--model", "nope"], "it has no model 'nope': it has "),
      ("/api/chat", ["--payload", tool], "leave tools out"),
      ("/api/chat", ["--no-opening", "--top-level-system"], "--roles alternate"),
      ("/v1/chat/completions", ["--no-opening", "--top-level-system"], "--roles alternate"),
    ])
  func theWordsOfOllamaAreUnderstood(path: String, flags: [String], named: String) async throws {
    let result = try await converse("ollama", path, flags, turns: 4)
    #expect(result.ended.exitCode == 1, "\(result.ended)")
    #expect(result.ended.errors.contains(named), "\(result.ended)")
  }

  @Test(.needsServer("ollama"), arguments: ["/api/chat", "/v1/chat/completions"])
  func alternatingRolesBeginWithAUserMessage(path: String) async throws {
    let flags = ["--no-opening", "--top-level-system", "--roles", "alternate"]
    let result = try await converse("ollama", path, flags, turns: 4)
    #expect(result.ended.exitCode == 0, "\(result.ended)")
  }

  @Test(.needsServer("ollama")) func ollamaHoldsALongConversation() async throws {
    expectWhole(try await converse("ollama", "/api/chat"))
    expectWhole(try await converse("ollama", "/v1/chat/completions"))
  }

  @Test(.needsServer("ollama")) func aThinkingModelOfOllamaIsFilteredForTheOther() async throws {
    let result = try await converse("ollama", "/api/chat", ["--model", "think", "--filter-thinking"])
    expectWhole(result)
    #expect(result.written.turns.contains { $0["thinking"] != nil || $0["heard"] != nil })
  }

  @Test(.needsServer("nginx")) func compressedStreamsComeThrough() async throws {
    expectWhole(try await converse("nginx", "/gzip/v1/chat/completions"))
    expectWhole(try await converse("nginx", "/moved/", turns: 3), turns: 3)
  }

  @Test(
    .needsServer("nginx"),
    arguments: [
      ("/dead/", "502"), ("/json200/", "quota exceeded"), ("/html200/", "text/html"), ("/empty200/", "204"),
      ("/overloaded/", "529"), ("/elsewhere/", "localhost"),
    ])
  func theFaultsOfGatewaysAreNamed(path: String, named: String) async throws {
    let result = try await converse("nginx", path, ["--retries", "0"])
    #expect(result.ended.exitCode == 1, "\(result.ended)")
    #expect(result.ended.errors.contains(named), "\(result.ended)")
  }

  @Test(.needsServer("nginx")) func anEventOnSeveralLinesIsOneEvent() async throws {
    let result = try await converse("nginx", "/crlf/", turns: 3)
    #expect(result.ended.exitCode == 0, "\(result.ended)")
    #expect(result.written.said.last == "Alice: ab")
  }
}
