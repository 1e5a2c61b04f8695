// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// A `resume` that is refused leaves everything as it was.
struct ResumeTests {
  @Test func aConversationThatIsOverIsLeftAsItIsAndTheWayOnIsSaid() async throws {
    let arena = try await Arena(.openAI("enough STOP"))
    let flags = ["--stop-phrase", "STOP", "--name", "t", "--no-html"]
    #expect(try await arena.chat(flags).exitCode == 0)
    let before = try arena.directory.read("t.jsonl")
    let ended = try await arena.resonant("resume", "t.jsonl", "--max-turns", "9", "--no-html")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors.contains("another --stop-phrase goes on"), "\(ended)")
    #expect(try arena.directory.read("t.jsonl") == before)
    #expect(arena.server.requests.count == 1)
  }

  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Holds a conversation of three turns in `t.jsonl`.
  private func talk() async throws {
    let ended = try await run(
      "--endpoint", "builtin:", "--model", "eliza", "--max-turns", "3", "--name", "t")
    #expect(ended.exitCode == 0, "\(ended)")
  }

  private func run(_ arguments: String...) async throws -> FinishedProgram { try await run(arguments) }

  private func run(_ arguments: [String]) async throws -> FinishedProgram {
    try await ResonantBinary.run(arguments, in: directory, environment: ["PATH": "/nowhere"])
  }

  private func content() throws -> [String: String] {
    try directory.files.reduce(into: [:]) { $0[$1] = try directory.read($1) }
  }

  /// Flags, and what the message must name.
  static let refusals: [(flags: [String], named: String)] = [
    (["--alice-model", "script:/nope"], "/nope"), (["--bob-model", "replay:/nope"], "/nope"),
    (["--model", "hal"], "hal"), (["--endpoint", "gopher://x/"], "--endpoint"),
    (["--endpoint", "http://127.0.0.1:9/v1", "--headers", #"{"a":"${ABSENT}"}"#], "ABSENT"),
    (["--payload", "{"], "--payload"), (["--payload", #"{"chunk_ms":-1}"#], "chunk_ms"),
    (["--pandoc-path", "t.jsonl"], "--pandoc-path"), (["--max-chars", "0"], "--max-chars"),
    (["--alice-name", "Eve"], "--alice-name"), (["--no-save"], "--no-save"),
    (["--participant", #"{"name":"Eve"}"#], "--participant"), (["--order", "moderator"], "--order"),
    (["--system-prompt-file", "absent.txt"], "absent.txt"), (["--no-such-flag"], "--no-such-flag"),
  ]

  @Test(arguments: refusals)
  func aRefusedResumeChangesNothing(flags: [String], named: String) async throws {
    try await talk()
    // Torn in the middle of a record, and without the last line feed.
    for cut in [30, 1] {
      let whole = try directory.read("t.jsonl")
      try directory.write(String(whole.dropLast(cut)), to: "t.jsonl")
      let before = try content()
      let ended = try await run(["resume", "t.jsonl", "--max-turns", "5"] + flags)
      #expect(ended.exitCode == 2, "\(ended)")
      #expect(ended.errors.contains(named) && ended.stdout.isEmpty, "\(ended)")
      #expect(try content() == before)
      try directory.write(whole, to: "t.jsonl")
    }
    let again = try await run("resume", "t.jsonl", "--max-turns", "5")
    #expect(again.exitCode == 0, "\(again)")
  }

  @Test func aConversationThatIsOverIsLeftAsItIsATornLastLineIncluded() async throws {
    try await talk()
    try directory.write(try directory.read("t.jsonl") + "{\"type\":\"tu", to: "t.jsonl")
    let before = try content()
    let ended = try await run("resume", "t.jsonl", "--alice-model", "parry")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try content() == before)
  }

  @Test func aFileWithoutAWholeHeaderIsLeftAsItIs() async throws {
    try directory.write(#"{"type":"header","form"#, to: "t.jsonl")
    let before = try content()
    let ended = try await run("resume", "t.jsonl")
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(try content() == before)
  }

  @Test func aBatchsTrialIsRefusedWithTheWayOut() async throws {
    try directory.write(
      "name: x\nbase: {endpoint: 'builtin:', model: eliza, max_turns: 3}\n", to: "plan.yaml")
    #expect(try await run("batch", "plan.yaml").exitCode == 0)
    let trial = try #require(directory.files.first { $0.hasPrefix("x/trials/") })
    try directory.write(String(try directory.read(trial).dropLast(9)), to: trial)
    let before = try content()
    let ended = try await run("resume", trial, "--max-turns", "5")
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains(trial) && ended.errors.contains("export it"), "\(ended)")
    #expect(try content() == before)
  }

  @Test func whatATranscriptCouldNotBeReadWithIsRefused() async throws {
    let levels = 255
    let deep = String(repeating: #"{"a":"#, count: levels) + "1" + String(repeating: "}", count: levels)
    try directory.write(deep, to: "deep.json")
    let chat = try await run(
      "--endpoint", "builtin:", "--model", "eliza", "--max-turns", "2", "--payload", "@deep.json")
    #expect(chat.exitCode == 2 && chat.errors.contains("deep.json"), "\(chat)")
    #expect(directory.files == ["deep.json"])
    try await talk()
    let before = try content()
    let resumed = try await run("resume", "t.jsonl", "--max-turns", "5", "--payload", "@deep.json")
    #expect(resumed.exitCode == 2, "\(resumed)")
    #expect(try content() == before)
  }
}
