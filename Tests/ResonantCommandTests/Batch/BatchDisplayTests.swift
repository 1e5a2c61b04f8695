// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

@testable import resonant

/// What a batch shows on a terminal, which `script` of util-linux makes.
@Suite(
  .enabled(if: Tool.path("script") != nil || Tool.isCI, "`script` is not installed: apt-get install bsdutils")
)
struct BatchDisplayTests {
  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  private func plan(_ server: ScriptedServer, turns: Int, repeats: Int, concurrency: Int) throws {
    try lab.plan(
      """
      base: {endpoint: '\(server.url("/v1"))', model: m, max_turns: \(turns)}
      repeats: \(repeats)
      limits: {concurrency: \(concurrency)}

      """)
  }

  private func start(columns: Int) async throws -> Program {
    let script = try #require(Tool.path("script"))
    let command =
      "stty cols \(columns) rows 24; exec '\(try ResonantBinary.executable())' batch plan.yaml"
    return await Program(
      script, ["-qefc", command, "/dev/null"],
      environment: [
        "PATH": ResonantBinary.path, "HOME": lab.directory.path, "TERM": "xterm", "LANG": "C.UTF-8",
        "SHELL": "/bin/sh",
      ],
      directory: lab.directory.path, input: nil)
  }

  @Test(arguments: [(40, 39), (0, 79)])
  func theLineFitsAndWhatIsSaidMeanwhileHasALineOfItsOwn(
    columns: Int, longest: Int
  ) async throws {
    let gate = Gate()
    let server = try await ScriptedServer { request in
      request.number < 20 ? .openAI("an answer") : .openAI(.text("some "), .hold(gate), .text("more"))
    }
    try plan(server, turns: 3, repeats: 100, concurrency: 1)
    let program = try await start(columns: columns)
    try await server.waitForRequest(20)
    try await program.waitForOutput(containing: " running, ")
    program.write("\u{03}")
    try await program.waitForOutput(containing: "once more to cut them")
    gate.open()
    let ended = try await program.finish()
    #expect(ended.exitCode == 130, "\(ended)")
    let shown = ended.output.replacing("\r\n", with: "\n").components(separatedBy: "\r\u{1B}[K")
    let said = "resonant: letting the turns in flight finish, for up to 10 s; once more to cut them\n"
    #expect(shown.contains { $0.hasPrefix(said) }, "\(ended)")
    // The terminal itself shows the keys.
    let lines = shown.filter { !$0.contains("Summary: ") }.map {
      $0.replacing(said, with: "").replacing("^C\n", with: "")
    }
    let status = lines.filter { $0.contains(" running, ") }
    #expect(status.count > 1)
    #expect(status.allSatisfy { $0.utf8.count <= longest && !$0.contains("\n") }, "\(status)")
    if columns > 0 { #expect(status.contains { $0.utf8.count == longest }, "\(status)") }
  }

  @Test func onATerminalTheEndNamesTheNextStep() async throws {
    let server = try await ScriptedServer { request in
      request.number == 1 ? .error(400, "not today") : .openAI("an answer")
    }
    try plan(server, turns: 2, repeats: 2, concurrency: 1)
    let failed = try await start(columns: 200).finish()
    #expect(failed.exitCode == 1 && !failed.output.contains("Next: "), "\(failed)")
    #expect(try await lab.batch("--retry-failed").output.contains("Next: ") == false)
    let ended = try await start(columns: 200).finish()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.ranges(of: "Next: resonant analyze x\r\n").count == 1, "\(ended)")
  }

  @Test func anEndpointThatTurnsRequestsAwayIsNamedWhileItDoesAndAtTheEnd() async throws {
    let server = try await ScriptedServer { request in
      request.number <= 2 ? .error(429, "slow down", headers: [("Retry-After", "1.5")]) : .openAI("an answer")
    }
    try plan(server, turns: 2, repeats: 4, concurrency: 2)
    let program = try await start(columns: 200)
    try await program.waitForOutput(containing: " s, 1 at once, 2 turned away: ")
    let ended = try await program.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    let warnings = ended.output.components(separatedBy: "a request is made again: ")
    #expect(warnings.count == 2 && warnings[1].contains("slow down"), "\(ended)")
    #expect(
      ended.output.contains("\(server.url("/v1/chat/completions")) turned 2 requests away"), "\(ended)")
  }

  @Test func trialsThatPauseHoldUpNoOthersStart() async throws {
    // More than may be on the way to their first request at once.
    try lab.plan(
      "base: {endpoint: 'builtin:', model: eliza, delay: 600}\nrepeats: 100\nlimits: {concurrency: 100}\n")
    let program = try await start(columns: 0)
    try await program.waitForOutput(containing: "100 running")
    program.write("\u{03}")
    #expect(try await program.finish().exitCode == 130)
  }

  @Test func whyATrialHasFailedIsSaidOnceWhileOthersGoOn() async throws {
    let gate = Gate()
    let server = try await ScriptedServer { request in
      request.number < 4 ? .error(401, "no such key") : .openAI(.text("some "), .hold(gate), .text("more"))
    }
    try plan(server, turns: 2, repeats: 4, concurrency: 1)
    let program = try await start(columns: 0)
    try await program.waitForOutput(containing: "a trial has failed: ")
    gate.open()
    let ended = try await program.finish()
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.output.components(separatedBy: "a trial has failed: ").count == 2, "\(ended)")
    #expect(ended.output.contains("no such key"))
  }
}

struct BatchEstimateTests {
  private let estimate = BatchEstimate(trials: 100, requests: 3000)

  @Test func beforeTheFirstTurnThereIsNoneAndNothingToDoTakesNoTime() {
    #expect(estimate.seconds(.init(running: 4, left: 96), turns: 0, after: 10) == nil)
    #expect(estimate.seconds(.init(done: 100), turns: 900, after: 10) == 0)
  }

  @Test func atFirstItIsAsIfNoTrialEndedEarly() {
    #expect(estimate.seconds(.init(running: 4, left: 96), turns: 100, after: 10) == 290)
    // One is over after three turns; that says nothing of the three others.
    #expect(estimate.seconds(.init(done: 1, running: 3, left: 96), turns: 40, after: 10) == 736.5)
  }

  @Test func thenTrialsThatEndEarlyMakeItShorter() {
    // Forty-two trials' worth in 84 seconds, fifty-eight to go.
    #expect(estimate.seconds(.init(done: 40, running: 4, left: 56), turns: 420, after: 84) == 116)
    // Trials of an earlier run count for nothing.
    #expect(estimate.seconds(.init(done: 940, running: 4, left: 56), turns: 420, after: 84) == 116)
  }
}
