// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Servers whose answers wait tell how many requests are in flight.
struct BatchLimitTests {
  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  /// Two endpoints, each with so many trials of its own.
  private func plan(_ first: ScriptedServer, _ second: ScriptedServer, trials: Int, limits: String) throws {
    try lab.plan(
      """
      base: {model: m, max_turns: 3}
      matrix: {endpoint: ['\(first.url("/v1"))', '\(second.url("/v1"))']}
      repeats: \(trials)
      limits: \(limits)

      """)
  }

  @Test func noMoreRequestsAreInFlightThanTheLimitsAllow() async throws {
    let gate = Gate()
    let pieces = [ReplyPiece.hold(gate)] + (1...50).map { .text("\($0) ") }
    let script: ScriptedServer.Script = { _ in .openAI(pieces) }
    let first = try await ScriptedServer(script: script)
    let second = try await ScriptedServer(script: script)
    try plan(
      first, second, trials: 20, limits: "{concurrency: 5, endpoints: {'\(first.url("/v1"))': 2}}")
    let program = try await lab.start()
    try await first.waitForRequest(2)
    try await second.waitForRequest(3)
    gate.open()
    let ended = try await program.finish(within: 180)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(first.requests.count == 40)
    #expect(second.requests.count == 40)
    #expect(first.mostInFlight == 2)
    #expect((3...5).contains(second.mostInFlight))
  }

  @Test func anEndpointThatWantsToBeLeftAloneKeepsNoOtherFromItsWork() async throws {
    let held = try await ScriptedServer { _ in
      .error(429, "slow down", headers: [("Retry-After", "600")])
    }
    let other = try await ScriptedServer.willing()
    try plan(held, other, trials: 30, limits: "{concurrency: 4}")
    let program = try await lab.start()
    try await other.waitForRequest(60)
    // Those that were in flight when the first answer came, and no more.
    #expect(held.requests.count <= 4)
    #expect(held.requests.count >= 1)
    try await program.send(SIGTERM)
    let ended = try await program.finish()
    #expect(ended.exitCode == 143, "\(ended)")
    // All but those whose last turn was in flight.
    #expect(try lab.trials().values.count { $0.end?["reason"] == "max_turns" } >= 26)
  }

  @Test func aSlowEndpointLeavesTheOthersTheirShare() async throws {
    let gate = Gate()
    let slow = try await ScriptedServer { _ in .openAI(.hold(gate), .text("answer")) }
    let other = try await ScriptedServer.willing()
    try plan(slow, other, trials: 20, limits: "{concurrency: 4}")
    let program = try await lab.start()
    try await other.waitForRequest(40)
    #expect((1...3).contains(slow.requests.count))
    gate.open()
    let ended = try await program.finish(within: 180)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try lab.trials().count == 40)
  }

  @Test func twoProcessesNeverWorkOnOneTrial() async throws {
    let gate = Gate()
    let server = try await ScriptedServer { $0.number == 1 ? .openAI(.hold(gate), .text("a")) : .openAI("b") }
    try lab.plan("base: {endpoint: '\(server.url("/v1"))', model: m, max_turns: 2}\nrepeats: 3\n")
    let first = try await lab.start("--shard", "1/3")
    try await server.waitForRequest(1)
    let second = try await lab.batch()
    #expect(second.exitCode == 1, "\(second)")
    #expect(second.errors.contains("other processes are at work on 1 trials: base-r1-"), "\(second)")
    #expect(second.output.hasPrefix("Trials: 3, 2 done, 1 running, 0 failed, 0 left\n"), "\(second)")
    #expect(server.requests.count == 3)
    gate.open()
    let ended = try await first.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try await lab.batch().exitCode == 0)
    #expect(server.requests.count == 3)
  }
}
