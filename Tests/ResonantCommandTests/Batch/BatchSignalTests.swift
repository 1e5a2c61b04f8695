// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

struct BatchSignalTests {
  private let lab: Laboratory
  private let gate = Gate()

  init() throws { lab = try Laboratory() }

  /// Begins four trials, two at a time, on a server whose answers stop in the middle.
  private func start(
    _ flags: String...
  ) async throws -> (program: Program, server: ScriptedServer) {
    let server = try await ScriptedServer { [gate] _ in .openAI(.text("some "), .hold(gate), .text("more")) }
    try lab.plan(
      """
      base: {endpoint: '\(server.url("/v1"))', model: m, max_turns: 3}
      repeats: 4
      limits: {concurrency: 2}

      """)
    let program = try await ResonantBinary.start(["batch", "plan.yaml"] + flags, in: lab.directory)
    try await server.waitForRequest(2)
    try await gate.waitUntilReached()
    // By the time that this process is over, what was sent has long arrived.
    let status = try await lab.batch("--status")
    #expect(status.output.hasSuffix("       0       4       0       0  all\n"), "\(status)")
    return (program, server)
  }

  @Test func theFirstCtrlCLetsTheTurnsInFlightFinishAndBeginsNoOther() async throws {
    let (program, server) = try await start()
    try await program.send(SIGINT)
    try await program.waitForErrors(containing: "letting the turns in flight finish")
    gate.open()
    let ended = try await program.finish()
    #expect(ended.exitCode == 130, "\(ended)")
    #expect(server.requests.count == 2)
    let spoken = try lab.trials().values.map(\.outcomes).filter { $0.count > 1 }
    #expect(spoken == [["opening", "finished"], ["opening", "finished"]])
    let again = try await lab.batch()
    #expect(again.exitCode == 0, "\(again)")
    #expect(server.requests.count == 8)
  }

  @Test func theFirstCtrlCSaysHowLongAndThenCuts() async throws {
    let (program, server) = try await start("--grace", "0.25")
    try await program.send(SIGINT)
    try await program.waitForErrors(containing: "letting the turns in flight finish, for up to 0.25 s")
    let ended = try await program.finish()
    #expect(ended.exitCode == 130, "\(ended)")
    try await expectCut(server)
  }

  @Test func withoutAnyGraceTheFirstCtrlCCuts() async throws {
    let (program, server) = try await start("--grace", "0")
    try await program.send(SIGINT)
    let ended = try await program.finish()
    #expect(ended.exitCode == 130 && !ended.errors.contains("in flight"), "\(ended)")
    try await expectCut(server)
  }

  @Test(arguments: ["-1", "soon", "nan", "1e10", ""])
  func aGraceThatIsNoTimeIsAMistake(grace: String) async throws {
    try lab.plan("base: {endpoint: 'builtin:', model: eliza}\n")
    let ended = try await lab.batch("--grace=\(grace)")
    #expect(ended.exitCode == 2 && ended.errors.contains("--grace"), "\(ended)")
    #expect(!ended.errors.contains("Unknown option"), "\(ended)")
    #expect(lab.directory.files == ["plan.yaml"])
  }

  @Test(arguments: [
    ([], 80, 90), (["--grace", "119.5"], 120, 130), (["--grace", "1000000"], 65_525, 65_535),
  ])
  func aSlurmScriptPassesAsGraceWhatItsSignalLeaves(
    flags: [String], grace: Int, signal: Int
  ) async throws {
    try lab.plan("base: {endpoint: 'builtin:', model: eliza}\n")
    let ended = try await ResonantBinary.run(
      ["batch", "plan.yaml", "--emit", "slurm"] + flags, in: lab.directory)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.contains("\n#SBATCH --signal=B:INT@\(signal)\n"), "\(ended)")
    #expect(ended.output.contains(" --grace \(grace) --shard "), "\(ended)")
  }

  @Test func aSecondCtrlCCutsTheTurnsInFlight() async throws {
    let (program, server) = try await start()
    try await program.send(SIGINT)
    try await program.waitForErrors(containing: "letting the turns in flight finish")
    try await program.send(SIGINT)
    let ended = try await program.finish()
    #expect(ended.exitCode == 130, "\(ended)")
    try await expectCut(server)
  }

  @Test(arguments: [SIGTERM, SIGHUP])
  func otherSignalsCutAtOnce(signal: Int32) async throws {
    let (program, server) = try await start()
    try await program.send(signal)
    let ended = try await program.finish()
    #expect(ended.exitCode == 143, "\(ended)")
    try await expectCut(server)
  }

  private func expectCut(_ server: ScriptedServer) async throws {
    #expect(server.requests.count == 2)
    let cut = try lab.trials().values.filter { $0.turns.count > 1 }
    #expect(cut.map(\.outcomes) == [["opening", "interrupted"], ["opening", "interrupted"]])
    #expect(try lab.trials().values.allSatisfy { $0.records.isEmpty || $0.end?["reason"] == "interrupted" })
    let begun = try lab.trials().values.count { !$0.records.isEmpty }
    let rows = try lab.summary()
    #expect(rows.map { $0["reason"] } == Array(repeating: "interrupted", count: begun))
    for row in rows {
      let end = try lab.trials()["x/trials/\(row["trial"]?.string ?? "").jsonl"]?.end
      #expect(end != nil && row["turns"] == end?["turns"] && row["chars"] == end?["chars"], "\(row)")
    }
    gate.open()
    let again = try await lab.batch()
    #expect(again.exitCode == 0, "\(again)")
    // Each turn once, and the two that were cut once more.
    #expect(server.requests.count == 10)
  }
}
