// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Batches whose finished trials go on because the plan allows more turns.
struct BatchExtensionTests {
  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  private func plan(_ server: ScriptedServer, turns: Int, _ more: String = "") throws {
    try lab.plan("base: {endpoint: '\(server.url("/v1"))', model: m, max_turns: \(turns)}\n" + more)
  }

  /// Says goodbye to whoever says `Ho`.
  private func server() async throws -> ScriptedServer {
    try await ScriptedServer { request in
      .openAI(.text(request.spoken == ["user: Ho"] ? "goodbye" : "answer \(request.number)"))
    }
  }

  @Test func onlyTrialsThatTheLimitEndedGoOn() async throws {
    let server = try await server()
    let more = "matrix: {opening: [Hi, Ho]}\nrepeats: 2\n"
    let stop = "  stop_phrase: [goodbye]\n"
    func plan(_ turns: Int) throws {
      try lab.plan(
        "base:\n  endpoint: '\(server.url("/v1"))'\n  model: m\n  max_turns: \(turns)\n" + stop + more)
    }
    try plan(4)
    #expect(try await lab.batch().exitCode == 0)
    let before = try lab.trials()
    #expect(server.requests.count == 8)

    try plan(6)
    let refused = try await lab.batch()
    #expect(refused.exitCode == 2 && server.requests.count == 8)
    #expect(
      refused.errors.contains(
        "when max_turns was 4 and is now 6; put it back, let the trials go on with --extend"),
      "\(refused)")
    let forecast = try await lab.batch("--extend", "--dry-run")
    #expect(forecast.output.contains("  2 to do  opening=Hi\n  0 to do  opening=Ho\n"), "\(forecast)")
    #expect(forecast.output.contains("requests    at most 4\n"), "\(forecast)")

    #expect(try await lab.batch("--extend").exitCode == 0)
    #expect(server.requests.count == 12)
    let after = try lab.trials()
    for (name, trial) in after {
      let old = try #require(before[name])
      #expect(trial.records.starts(with: old.records))
      #expect(trial.turns.count == (trial.said.first == "Alice: Ho" ? 2 : 6))
    }
    #expect(
      try lab.summary().map { $0["reason"] } == ["max_turns", "max_turns", "stop_phrase", "stop_phrase"])

    let again = try await lab.batch()
    #expect(again.exitCode == 0 && server.requests.count == 12, "\(again)")
    try plan(5)
    let lowered = try await lab.batch("--extend")
    #expect(lowered.exitCode == 2 && lowered.errors.contains("max_turns was 6 and is now 5; put it back, or"))
  }

  @Test func anExtensionThatWasCutGoesOn() async throws {
    let gate = Gate()
    let server = try await ScriptedServer { request in
      request.number == 6 ? .openAI(.text("slow"), .hold(gate)) : .openAI(.text("answer \(request.number)"))
    }
    try plan(server, turns: 3)
    #expect(try await lab.batch().exitCode == 0)
    try plan(server, turns: 8)
    let program = try await lab.start("--extend")
    try await server.waitForRequest(6)
    try await program.send(SIGTERM)
    #expect(try await program.finish().exitCode == 143)
    gate.open()
    #expect(try lab.summary().map { $0["turns"]?.int } == [6])

    let plain = try await lab.batch()
    #expect(plain.exitCode == 2 && plain.errors.contains("let the trials go on with --extend"), "\(plain)")
    #expect(try await lab.batch("--extend").exitCode == 0)
    let trial = try #require(try lab.trials().values.first)
    #expect(trial.turns.count == 8 && trial.end?["reason"] == "max_turns")
    let analysis = try await ResonantBinary.run(
      ["analyze", "x", "--by", "max_turns", "--format", "json"], in: lab.directory)
    #expect(
      try DecodedJSON.parse(analysis.output)["conditions"]?.array?.map { $0["condition"] } == ["max_turns=8"])
  }

  @Test func anExtensionMixesNoOtherOptions() async throws {
    let server = try await ScriptedServer.willing()
    try plan(server, turns: 3)
    #expect(try await lab.batch().exitCode == 0)
    try lab.plan("base: {endpoint: '\(server.url("/v1"))', model: n, max_turns: 5}\n")
    let refused = try await lab.batch("--extend")
    #expect(refused.exitCode == 2 && refused.errors.contains("model of Alice was"), "\(refused)")
    #expect(!refused.errors.contains("--extend"))
  }

  @Test func forksGoOnWithTheirTrialsAndAreMadeOnce() async throws {
    let server = try await ScriptedServer.willing()
    func plan(_ turns: Int, forks: Int) throws {
      try self.plan(
        server, turns: turns, "perturb: {at: 3, inject: 'A rock?', as: Alice, repeats: \(forks)}\n")
    }
    try plan(6, forks: 1)
    #expect(try await lab.batch().exitCode == 0)
    let sent = server.requests.count
    try plan(8, forks: 2)
    #expect(try await lab.batch("--extend").exitCode == 0)
    // Two turns of the trial and of its fork, four of the fork that is new.
    #expect(server.requests.count == sent + 8)
    let trials = try lab.trials()
    #expect(trials.count == 3)
    #expect(trials.values.allSatisfy { $0.turns.count == 8 && $0.end?["reason"] == "max_turns" })
  }
}
