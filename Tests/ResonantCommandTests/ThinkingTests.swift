// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

struct ThinkingTests {
  @Test func theOthersDoNotHearAThinkingSpan() async throws {
    let reply = "Well, <think>they suspect</think> yes."
    let arena = try await Arena(
      .openAI("Well, <thi", "nk>they suspect</think> yes."), .openAI("A3"), .openAI("B4"))
    let ended = try await arena.chat("--filter-thinking", "--max-turns", "4")
    #expect(ended.exitCode == 0, "\(ended)")
    let requests = arena.server.requests
    try #require(requests.count == 3)
    #expect(requests[1].spoken.last == "user: Well, yes.")
    #expect(requests[2].spoken.contains("assistant: \(reply)"))
    #expect(ended.output.contains("they suspect") && ended.output.contains("thinking filtered"))
    let turn = try arena.transcript().turns[1]
    #expect(turn["text"] == .string(reply) && turn["heard"] == "Well, yes.")
    #expect(try arena.page().turn(2)?.contains("they suspect") == true)
  }

  @Test func withoutTheFlagSpansAreHeard() async throws {
    let arena = try await Arena(.openAI("<think>x</think>y"), .openAI("A3"))
    _ = try await arena.chat("--max-turns", "3")
    #expect(arena.server.requests.last?.spoken.last == "user: <think>x</think>y")
  }

  @Test func textWithoutTagsReachesTheOtherByteForByte() async throws {
    let art = "   /\\_/\\\n\n\n\n  ( o.o )   x\n   > ^ <\t\u{A0}."
    let arena = try await Arena(.openAI(art.asPiece), .openAI("A3"))
    let ended = try await arena.chat("--filter-thinking", "--max-turns", "3")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.last?.spoken.last == "user: \(art)")
    #expect(!ended.output.contains("thinking filtered"))
    #expect(try arena.transcript().turns[1]["heard"] == nil)
  }

  @Test(arguments: [
    (["Fine. <think>secret plan that never ends"], 10_000),
    (["Fine. <think>secret plan</think> and more"], 19),
  ])
  func anOpenSpanHidesEverythingAfterIt(pieces: [String], limit: Int) async throws {
    let arena = try await Arena(.openAI(pieces.map { .text($0) }), .openAI("A3 in place"))
    let ended = try await arena.chat("--filter-thinking", "--max-turns", "3", "--max-chars", "\(limit)")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.last?.spoken.last == "user: Fine.")
    let page = try arena.page()
    #expect(page.turn(2)?.contains("secret") == true)
    #expect(page.turn(3)?.contains("A3 in place") == true)
  }

  /// How the output is written: into a pipe, or on a terminal that `script` of util-linux makes.
  enum Screen { case pipe, terminal }

  @Test(
    .enabled(if: Tool.path("script") != nil || Tool.isCI, "`script` is missing: apt-get install bsdutils"),
    arguments: [Screen.pipe, .terminal], ["never", "always"])
  func shownReasoningStandsApartFromTheText(screen: Screen, color: String) async throws {
    let gates = (0..<4).map { _ in Gate() }
    let arena = try await Arena(
      .openAI(
        .thinking("so be"), .thinking(" it"), .hold(gates[0]), "first ", "words", .hold(gates[1]),
        .thinking("once more\n"), .hold(gates[2]), "last", .hold(gates[3]), " words"))
    var command = [try ResonantBinary.executable(), "--endpoint", arena.server.url("/v1"), "--model", "m"]
    command += ["--max-turns", "2", "--show-thinking", "--color", color]
    if screen == .terminal {
      command = [try #require(Tool.path("script")), "-qec", command.joined(separator: " "), "/dev/null"]
    }
    let program = await Program(
      command[0], Array(command.dropFirst()),
      environment: ["PATH": ResonantBinary.path, "HOME": arena.directory.path, "TERM": "xterm"],
      directory: arena.directory.path, input: nil)
    for (gate, shown) in zip(gates, ["it", "words", "once more", "last"]) {
      try await gate.waitUntilReached()
      try await program.waitForOutput(containing: shown)
      gate.open()
    }
    let ended = try await program.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    let plain = ended.output.replacing(/\u{1B}\[[0-9;]*m/, with: "").replacing("\r\n", with: "\n")
    #expect(plain.contains("\nso be it\nfirst words\nonce more\nlast words\n["), "\(ended)")
    #expect(ended.output.contains("\u{1B}[2m") == (color == "always"), "\(ended)")
  }

  @Test func aReplyThatIsNothingButThinkingFails() async throws {
    let arena = try await Arena(.openAI("<think>only this</think>\n"), .openAI("never"))
    let ended = try await arena.chat("--filter-thinking", "--max-turns", "3")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("Bob"))
    #expect(arena.server.requests.count == 1)
  }
}
