// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

struct SignalTests {
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 143)])
  func aSignalKeepsThePartialTurn(signal: Int32, code: Int) async throws {
    let arena = try await Arena(.openAI("B2 whole"), .openAI("only a part", .stall))
    let program = try await arena.startChat()
    try await program.waitForOutput(containing: "only a part")
    try await program.send(signal)
    let ended = try await program.finish()
    #expect(ended.exitCode == code, "\(ended)")
    try await arena.server.waitForAbandon(of: 2)
    let written = try arena.transcript()
    #expect(written.said.last == "Alice: only a part")
    #expect(written.outcomes == ["opening", "finished", "interrupted"])
    #expect(written.end?["reason"] == "interrupted")
    // The turn that is asked for again is not counted.
    #expect(written.end?["turns"] == 2 && written.end?["chars"] == 14, "\(written)")
    #expect(ended.output.contains("Interrupted: 2 turns, 14 characters"), "\(ended)")
    let page = try #require(try arena.page().turn(3))
    #expect(page.contains("only a part") && page.lowercased().contains("interrupted"))
    #expect(ended.output.contains("interrupted"), "\(ended)")
  }

  @Test func aSignalBeforeAnyTextKeepsWhatIsFinished() async throws {
    let arena = try await Arena(.openAI("B2 whole"), .silence)
    let program = try await arena.startChat()
    try await arena.server.waitForRequest(2)
    try await program.send(SIGINT)
    let ended = try await program.finish()
    #expect(ended.exitCode == 130, "\(ended)")
    let written = try arena.transcript()
    #expect(written.said.first == "Alice: Hello!" && written.said[1] == "Bob: B2 whole")
    #expect(written.end?["reason"] == "interrupted")
    #expect(try arena.page().turn(2)?.contains("B2 whole") == true)
  }

  @Test func aSignalEndsThePauseBetweenTurns() async throws {
    let arena = try await Arena(.openAI("B2 whole"))
    let program = try await arena.startChat("--delay", "3600")
    try await program.waitForOutput(containing: "Hello!")
    try await program.send(SIGINT)
    let ended = try await program.finish()
    #expect(ended.exitCode == 130, "\(ended)")
  }

  @Test func aClosedOutputEndsTheConversation() async throws {
    let arena = try await Arena { _ in .openAI((1...2000).map { .text("\($0) words ") }) }
    let executable = try ResonantBinary.executable()
    let command = """
      "\(executable)" --endpoint "\(arena.server.url("/v1"))" --model m --max-turns 100000 | head -n 3 > /dev/null
      echo "status ${PIPESTATUS[0]}"
      """
    let bash = await Program(
      "/bin/bash", ["-c", command], environment: ["PATH": ResonantBinary.path, "HOME": arena.directory.path],
      directory: arena.directory.path)
    let ended = try await bash.finish()
    #expect(ended.output.contains("status 141"), "\(ended)")
    #expect(try arena.transcript().end?["reason"] == "interrupted")
  }

  @Test func aPartialTurnIsAskedAgainOnResume() async throws {
    let arena = try await Arena(.openAI("half", .stall), .openAI("whole now"), .openAI("A3"))
    let program = try await arena.startChat("--max-turns", "3")
    try await program.waitForOutput(containing: "half")
    try await program.send(SIGINT)
    #expect(try await program.finish().exitCode == 130)
    let file = try arena.directory.only(".jsonl")
    let resumed = try await arena.resonant("resume", file)
    #expect(resumed.exitCode == 0, "\(resumed)")
    #expect(arena.server.requests[1].spoken == ["user: Hello!"])
    #expect(arena.server.requests[2].spoken == ["assistant: Hello!", "user: whole now"])
    let written = try arena.transcript()
    #expect(written.turns.compactMap { $0["n"]?.int } == [1, 2, 2, 3])
    #expect(written.said.suffix(2) == ["Bob: whole now", "Alice: A3"])
    #expect(written.end?["reason"] == "max_turns")
  }
}
