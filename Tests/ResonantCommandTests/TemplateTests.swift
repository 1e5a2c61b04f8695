// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

struct TemplateTests {
  static let two = """
    {"system_prompt":"You are {lm1_actor} of {lm1_company}, with {lm2_actor}.","context":[{"role":"user","content":"hi {lm1_actor}"}]}
    {"system_prompt":"Keep {\\"json\\": {}} and {lm9_actor}.","context":[]}

    """

  @Test func placeholdersAreFilledAndOtherBracesStay() async throws {
    let arena = try await Arena(.openAI("A1"), .openAI("B2"), .openAI("A3"))
    try arena.directory.write(Self.two, to: "room.txt")
    let ended = try await arena.chat("--template", "room.txt", "--max-turns", "3", "--model", "acme/m")
    #expect(ended.exitCode == 0, "\(ended)")
    let requests = arena.server.requests
    try #require(requests.count == 3)
    #expect(requests[0].messages == ["system: You are Alice of acme, with Bob.", "user: hi Alice"])
    #expect(requests[1].messages == [#"system: Keep {"json": {}} and {lm9_actor}."#, "user: A1"])
    #expect(requests[2].spoken == ["user: hi Alice", "assistant: A1", "user: B2"])
    #expect(try arena.transcript().said == ["Alice: A1", "Bob: B2", "Alice: A3"])
  }

  @Test func threeLinesAreThreeWhoSpeakInTurn() async throws {
    let arena = try await Arena { .openAI("r\($0.number)".asPiece) }
    try arena.directory.write(
      Self.two + #"{"context":[{"role":"user","content":"third"}]}"# + "\n", to: "room.txt")
    let ended = try await arena.chat("--template", "room.txt", "--max-turns", "5")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(
      try arena.transcript().said == ["Alice: r1", "Bob: r2", "Participant 3: r3", "Alice: r4", "Bob: r5"])
    let third = arena.server.requests[2]
    #expect(third.messages == ["user: third", "user: [Alice]: r1", "user: [Bob]: r2"])
  }

  @Test func aStopTokenEndsTheRunAfterItsReply() async throws {
    let arena = try await Arena(.openAI("A1 ^C"), .openAI("B2 ", "^C", "^C", " bye"))
    try arena.directory.write(Self.two, to: "room.txt")
    let ended = try await arena.chat("--template", "room.txt")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.count == 2)
    let written = try arena.transcript()
    #expect(written.said == ["Alice: A1 ^C", "Bob: B2 ^C^C bye"])
    #expect(written.end?["reason"] == "stop_phrase")
  }

  static let mistakes: [(template: String, flags: [String], named: String)] = [
    (#"{"system_prompt":"alone","context":[]}"#, [], "room.txt"),
    (two + #"{"cli":true}"#, [], "cli"), (two + "\n\nnonsense\n", [], "room.txt"),
    (two, ["--participant", #"{"name":"Carol"}"#], "--participant"),
    (two, ["--model", "", "--alice-model", "m"], "model"),
  ]

  @Test(arguments: mistakes)
  func aTemplateThatCannotBePlayedIsAUsageError(template: String, flags: [String], named: String) async throws
  {
    let arena = try await Arena()
    try arena.directory.write(template, to: "room.txt")
    let ended = try await arena.chat(["--template", "room.txt"] + flags)
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains(named), "\(ended)")
    #expect(arena.server.connections == 0)
  }
}
