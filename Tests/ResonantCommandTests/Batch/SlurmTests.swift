// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// A batch as a job array of a real Slurm.
@Suite(
  .enabled(
    if: Tool.path("sbatch") != nil || Tool.isCI, "slurm is not installed: apt-get install slurm-wlm"))
struct SlurmTests {
  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  @Test func aTaskThatIsKilledAndRequeuedLeavesEveryTrialFinishedOnce() async throws {
    let gate = Gate()
    let server = try await ScriptedServer { request in
      request.spoken.count > 1 ? .openAI(.text("part "), .hold(gate), .text("whole")) : .openAI("answer")
    }
    try lab.plan(
      """
      base: {endpoint: '\(server.url("/v1"))', model: m, max_turns: 4}
      repeats: 20
      limits: {concurrency: 2}

      """)
    let script = try await lab.batch("--shards", "4", "--emit", "slurm")
    #expect(script.exitCode == 0, "\(script)")
    try lab.directory.write(script.output, to: "job.sh")
    _ = try await slurm("up")
    do {
      let job = try await command("sbatch", "--parsable", "--time=5", "job.sh")
      // Each task has five trials, of which two are in the middle of their third turn.
      try await server.waitForRequest(28)
      _ = try await command("scontrol", "requeue", "\(job)_2")
      try await lab.directory.waitForFile("x-2.log", toContain: "Summary: ")
      // Otherwise a requeued task rests for two minutes.
      _ = try await command("bash", "-c", Self.restart, "restart", "\(job)_2")
      gate.open()
      _ = try await slurm("wait", job)
    } catch {
      _ = try await slurm("down")
      throw error
    }
    _ = try await slurm("down")
    try expectFinished(server)
  }

  /// Tries until the task has come to its end and can be started again.
  private static let restart = """
    for i in {1..300}; do
      scontrol show job "$1" | grep -q 'JobState=PENDING' && scontrol update jobid="$1" starttime=now && exit 0
      sleep 0.1
    done
    exit 1
    """

  private func expectFinished(_ server: ScriptedServer) throws {
    let trials = try lab.trials().values
    #expect(trials.count == 20)
    for trial in trials {
      #expect(trial.all("end").count { $0["reason"] == "max_turns" } == 1)
      let whole = trial.turns.filter { $0["outcome"] != "interrupted" }
      #expect(whole.compactMap { $0["n"]?.int } == [1, 2, 3, 4])
    }
    // Each turn once, and once more the two that were cut.
    #expect(server.requests.count == 20 * 3 + 2)
    #expect(try lab.summary().count == 20)
    #expect(try lab.summary().allSatisfy { $0["reason"] == "max_turns" })
  }

  private func slurm(_ word: String, _ argument: String? = nil) async throws -> String {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Servers/slurm")
      .standardizedFileURL.path(percentEncoded: false)
    return try await command(script, word, argument ?? lab.directory.path("slurm"))
  }

  /// Runs a program of the cluster's; returns what it prints, without the last line feed.
  private func command(_ name: String, _ arguments: String...) async throws -> String {
    let environment = [
      "PATH": ResonantBinary.path, "HOME": lab.directory.path,
      "SLURM_CONF": lab.directory.path("slurm/slurm.conf"),
    ]
    let program = await Program(
      "/usr/bin/env", [name] + arguments, environment: environment, directory: lab.directory.path)
    let ended = try await program.finish(within: 180)
    guard ended.exitCode == 0 else { throw Failed(name: name, program: ended) }
    return String(ended.output.split(separator: "\n").last ?? "")
  }

  private struct Failed: Error, CustomStringConvertible {
    let name: String
    let program: FinishedProgram
    var description: String { "\(name): \(program)" }
  }
}
