// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Signals end the program soon, whoever hangs.
struct HangingTests {
  static let signals: [(signal: Int32, code: Int)] = [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 143)]

  // MARK: - pandoc

  /// Begins a conversation whose second turn is a part of a sentence, and waits until pandoc hangs.
  private func start(_ arena: Arena, _ flags: String...) async throws -> Program {
    let program = try await ResonantBinary.start(
      ["--endpoint", arena.server.url("/v1"), "--model", "m", "--name", "t"] + flags, in: arena.directory,
      environment: ["PATH": try Hanging.pandoc(in: arena.directory)])
    try await Hanging.waitForPandoc(in: arena.directory)
    return program
  }

  private func expectEnd(_ program: Program, _ code: Int, _ arena: Arena, _ reason: JSONValue) async throws {
    let ended = try await program.finish(within: Hanging.deadline)
    #expect(ended.exitCode == code, "\(ended)")
    #expect(!ended.errors.contains("pandoc"), "\(ended)")
    try await Hanging.expectNoPandoc(in: arena.directory)
    #expect(try arena.transcript().end?["reason"] == reason)
  }

  @Test(arguments: signals)
  func pandocHangsInTheMiddleOfATurn(signal: Int32, code: Int) async throws {
    let arena = try await Arena(.openAI("*some* words", .stall))
    let program = try await start(arena)
    try await program.waitForOutput(containing: "*some* words")
    try await program.send(signal)
    try await expectEnd(program, code, arena, "interrupted")
    #expect(try arena.transcript().outcomes == ["opening", "interrupted"])
    #expect(try arena.page().turn(2)?.contains(#"<div class="plain" dir="auto">*some* words</div>"#) == true)
  }

  @Test(arguments: signals)
  func pandocHangsBetweenTurns(signal: Int32, code: Int) async throws {
    let arena = try await Arena(.openAI("x"))
    let program = try await start(arena, "--delay", "1000")
    try await program.send(signal)
    try await expectEnd(program, code, arena, "interrupted")
    #expect(try arena.page().turn(1)?.contains("Hello!") == true)
  }

  @Test(arguments: signals)
  func pandocHangsAfterTheLastTurn(signal: Int32, code: Int) async throws {
    let arena = try await Arena(.openAI("*some* words"))
    let program = try await start(arena, "--max-turns", "2")
    try await program.waitForOutput(containing: "Turn limit reached")
    try await program.send(signal)
    try await expectEnd(program, code, arena, "max_turns")
    #expect(try arena.page().turn(2)?.contains("*some* words") == true)
  }

  @Test func aSecondCtrlCLeavesNoPandocBehind() async throws {
    let arena = try await Arena(.openAI("x"))
    let program = try await start(arena, "--max-turns", "2")
    try await program.waitForOutput(containing: "Turn limit reached")
    try await program.send(SIGINT)
    try await program.send(SIGINT)
    #expect(try await program.finish(within: Hanging.deadline).exitCode == 130)
    try await Hanging.expectNoPandoc(in: arena.directory)
  }

  @Test func pandocHangsWhileAConversationIsResumed() async throws {
    let arena = try await Arena(.openAI("B2"), .openAI("A3", .stall))
    #expect(try await arena.chat("--max-turns", "2", "--name", "t", "--no-html").exitCode == 0)
    let program = try await ResonantBinary.start(
      ["resume", "t.jsonl", "--max-turns", "3"], in: arena.directory,
      environment: ["PATH": try Hanging.pandoc(in: arena.directory)])
    try await program.waitForOutput(containing: "A3")
    try await program.send(SIGTERM)
    let ended = try await program.finish(within: Hanging.deadline)
    #expect(ended.exitCode == 143, "\(ended)")
    #expect(try arena.transcript().end?["reason"] == "interrupted")
  }

  @Test(arguments: signals)
  func pandocHangsInAnExportWhichWritesNothingThen(signal: Int32, code: Int) async throws {
    let arena = try await Arena(.openAI("x"))
    #expect(try await arena.chat("--max-turns", "2", "--name", "t", "--no-html").exitCode == 0)
    let program = try await ResonantBinary.start(
      ["export", "t.jsonl", "--to", "html", "--out", "t.html"], in: arena.directory,
      environment: ["PATH": try Hanging.pandoc(in: arena.directory)])
    try await Hanging.waitForPandoc(in: arena.directory)
    try await program.send(signal)
    let ended = try await program.finish(within: Hanging.deadline)
    #expect(ended.exitCode == code, "\(ended)")
    try await Hanging.expectNoPandoc(in: arena.directory)
    #expect(!arena.directory.exists("t.html"))
  }

  // MARK: - Output

  @Test(arguments: StalledOutput.Kind.allCases, signals)
  func nobodyReadsTheOutput(kind: StalledOutput.Kind, signal: (signal: Int32, code: Int)) async throws {
    let directory = try TemporaryDirectory()
    let output = try StalledOutput(kind, in: directory)
    let flags = ["--endpoint", "builtin:", "--model", "eliza", "--max-turns", "1000000", "--delay", "0.01"]
    let (shell, pid) = try await output.start(flags + ["--no-html", "--name", "t"], in: directory)
    try await directory.waitForFile("t.jsonl", toContain: "\"n\":5,")
    kill(pid, signal.signal)
    try await expectEnd(shell, signal.code, in: directory)
  }

  @Test func nobodyReadsTheWarnings() async throws {
    let arena = try await Arena { _ in .error(500, "sorry") }
    let output = try StalledOutput(.pipe, in: arena.directory)
    let flags = ["--endpoint", arena.server.url("/v1"), "--model", "m", "--retries", "100", "--name", "t"]
    let (shell, pid) = try await output.start(flags, in: arena.directory)
    // By then there is one warning at least.
    _ = try await arena.server.waitForRequest(2)
    kill(pid, SIGTERM)
    try await expectEnd(shell, 143, in: arena.directory)
  }

  private func expectEnd(_ shell: Program, _ code: Int, in directory: TemporaryDirectory) async throws {
    let ended = try await shell.finish(within: Hanging.deadline)
    #expect(ended.output.hasSuffix("\nstatus \(code)\n"), "\(ended)")
    #expect(try WrittenTranscript(directory.read("t.jsonl")).end?["reason"] == "interrupted")
  }

  @Test func nobodyReadsWhatBecomesOfABatch() async throws {
    let directory = try TemporaryDirectory()
    let gate = Gate()
    let server = try await ScriptedServer { _ in .openAI("some ", .hold(gate)) }
    try directory.write("base: {endpoint: '\(server.url("/v1"))', model: m}\n", to: "plan.yaml")
    let output = try StalledOutput(.terminal, in: directory)
    let (shell, pid) = try await output.start(["batch", "plan.yaml"], in: directory)
    try await gate.waitUntilReached()
    kill(pid, SIGTERM)
    let ended = try await shell.finish(within: Hanging.deadline)
    #expect(ended.output.hasSuffix("\nstatus 143\n"), "\(ended)")
    #expect(try directory.read("plan/summary.jsonl").contains("interrupted"))
  }
}
