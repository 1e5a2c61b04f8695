// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// `resonant fork` and `resume` of conversations of other tools.
struct ImportForkTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write(
      """
      {"model": "maker/model", "conversations": [
        {"seed_prompt": "Go.", "full_conversation": [
          {"speaker": "A", "content": "One"}, {"speaker": "B", "content": "Two"}, {"speaker": "A", "content": "Three"}]},
        {"seed_prompt": "Go on.", "full_conversation": [
          {"speaker": "A", "content": "Four"}, {"speaker": "B", "content": "Five"}]}]}
      """, to: "conversations.json")
    try directory.write(
      """
      {"agents": [{"name": "X", "model": "x1", "system_prompt": "Be X."}, {"name": "Y", "model": "y1", \
      "system_prompt": "Be Y."}], "conversation": [{"agent": "X", "content": "a"}, {"agent": "Y", "content": "b"}]}
      """, to: "log.json")
    try directory.write(
      #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#,
      to: "messages.json")
  }

  private func resonant(_ arguments: String...) async throws -> FinishedProgram {
    try await ResonantBinary.run(arguments, in: directory)
  }

  @Test func oneOfSeveralGoesOn() async throws {
    let ended = try await resonant(
      "fork", "conversations.json#1", "--at", "2", "--endpoint", "builtin:", "--model", "echo", "--max-turns",
      "4",
      "--inject", "Rock.", "--as", "A", "--name", "new", "--no-html")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors.contains("does not hold the system prompts of A, B"), "\(ended)")
    let fork = try Transcript.read(contentsOf: directory.path("new.jsonl")).transcript
    #expect(fork.turns.map(\.text) == ["Four", "Five", "Rock.", "Rock."])
    #expect(fork.turns.map(\.model) == ["maker/model", "maker/model", "echo", "echo"])
    #expect(fork.header.parent == Transcript.Parent(id: "conversations.json#1", turn: 2))
    #expect(fork.header.participants.allSatisfy { $0.systemPrompt == nil })
    #expect(fork.preambles.map(\.content) == ["Go on."])
    // What was copied is not counted as asked for.
    #expect((fork.end?.usage.completionTokens ?? 99) <= 2)
    let page = try await resonant("export", "new.jsonl", "--to", "text")
    #expect(!page.output.contains("1970"), "\(page)")
  }

  @Test func systemPromptsOfTheFileAreUsed() async throws {
    let arena = try await Arena(.openAIWhole("c"), .openAIWhole("d"))
    try arena.directory.write(try directory.read("log.json"), to: "log.json")
    let ended = try await arena.resonant(
      "fork", "log.json", "--at", "2", "--endpoint", arena.server.url(arena.path), "--max-turns", "4",
      "--no-html")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors == "", "\(ended)")
    let bodies = arena.server.requests.map(\.json)
    #expect(bodies.map { $0["model"]?.string } == ["x1", "y1"])
    #expect(bodies.map { $0["messages"]?.array?.first?["content"]?.string } == ["Be X.", "Be Y."])
  }

  @Test(
    arguments: [
      (
        ["fork", "conversations.json", "--at", "1"],
        "holds 2 conversations; choose one with conversations.json#0"
      ),
      (["fork", "conversations.json#2", "--at", "1"], "there is no conversation 2"),
      (
        ["fork", "log.json", "--at", "1"],
        "does not hold the endpoint of X; give --endpoint or --alice-endpoint"
      ),
      (
        ["fork", "log.json", "--at", "1", "--alice-endpoint", "builtin:"],
        "does not hold the endpoint of Y; give --endpoint or --bob-endpoint"
      ),
      (
        ["fork", "messages.json", "--at", "1"],
        "does not hold the endpoint and model of user; give --endpoint or --alice-endpoint, and --model"
      ),
      (["fork", "log.json", "--at", "3"], "after turn 0 to 2"),
      (["resume", "log.json"], "`resonant fork`"), (["resume", "conversations.json#0"], "`resonant fork`"),
    ])
  func mistakesAreNamed(arguments: [String], message: String) async throws {
    let ended = try await ResonantBinary.run(arguments, in: directory)
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains(message), "\(ended)")
    #expect(directory.files == ["conversations.json", "log.json", "messages.json"])
  }

  @Test func aBranchFromTheStartBeginsAsTheOtherDid() async throws {
    let ended = try await resonant(
      "fork", "conversations.json#0", "--at", "0", "--endpoint", "builtin:", "--model", "echo", "--max-turns",
      "1",
      "--name", "new", "--no-html")
    #expect(ended.exitCode == 0, "\(ended)")
    // The first speaker hears the seed.
    #expect(
      try Transcript.read(contentsOf: directory.path("new.jsonl")).transcript.turns.map(\.text) == ["Go."])
  }

  @Test func speakersWithoutAVisibleNameGetOne() async throws {
    try directory.write(
      #"""
      [{"conversations": [{"from": "\u200b", "value": "a"}, {"from": "B", "value": "b"}, {"from": " ", "value": "c"},
        {"from": "B\u0007", "value": "d"}]}]
      """#, to: "blank.json")
    let ended = try await resonant(
      "fork", "blank.json", "--at", "4", "--endpoint", "builtin:", "--model", "echo", "--max-turns", "5",
      "--name", "new", "--no-html")
    #expect(ended.exitCode == 0, "\(ended)")
    let fork = try Transcript.read(contentsOf: directory.path("new.jsonl")).transcript
    #expect(fork.header.participants.map(\.name) == ["Speaker 1", "B", "Speaker 3", "B*"])
    #expect(fork.turns.map(\.speaker) == ["Speaker 1", "B", "Speaker 3", "B*", "Speaker 1"])
  }
}
