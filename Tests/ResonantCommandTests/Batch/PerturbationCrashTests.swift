// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Forks of trials that are interrupted, fail, or are shared by several processes.
struct PerturbationCrashTests {
  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  private func plan(_ server: ScriptedServer, _ more: String = "", perturb: String = "at: 3") throws {
    try lab.plan(
      """
      base: {endpoint: '\(server.url("/v1"))', model: m, retries: 0, max_turns: 8}
      perturb: {\(perturb), inject: 'A rock?', as: Alice, repeats: 2}
      \(more)

      """)
  }

  private func forks() throws -> [String: WrittenTranscript] {
    try lab.trials().filter { $0.key.contains("_f") }
  }

  private func expectWhole(_ forks: [String: WrittenTranscript], _ count: Int) {
    #expect(forks.count == count)
    for fork in forks.values {
      #expect(fork.turns.compactMap { $0["n"]?.int } == Array(1...8))
      #expect(fork.outcomes.filter { $0 == "injected" }.count == 1)
      #expect(fork.all("header").count == 1 && fork.end?["reason"] == "max_turns")
    }
  }

  @Test func forksThatAreKilledGoOnAfterTheirLastWholeTurn() async throws {
    let server = try await ScriptedServer.willing()
    try plan(server, "repeats: 6\nlimits: {concurrency: 3}")
    for round in 1...8 {
      let before = server.requests.count
      let program = try await lab.start()
      try await server.waitForRequest(before + 9 + round % 3)
      try await program.send(SIGKILL)
      #expect(try await program.finish().signal == Int(SIGKILL))
    }
    let ended = try await lab.batch()
    #expect(ended.exitCode == 0, "\(ended)")
    expectWhole(try forks(), 12)
    let trials = try lab.trials()
    // Every text that was recorded was asked for once.
    var own: [String] = []
    for trial in trials.values {
      let copied = trial.header?["parent"]?["turn"]?.int ?? 0
      for turn in trial.turns where turn["outcome"] == "finished" {
        if let number = turn["n"]?.int, number > copied { own.append(turn["text"]?.string ?? "") }
      }
    }
    #expect(own.count == 90 && Set(own).count == 90)
  }

  @Test func aForkThatIsTornBeforeItsMessageBeginsAnewAndOneAfterItGoesOn() async throws {
    let server = try await ScriptedServer.willing()
    try plan(server)
    #expect(try await lab.batch().exitCode == 0)
    let names = try forks().keys.sorted()
    for (name, records) in [(names[0], 3), (names[1], 7)] {
      let lines = try lab.directory.read(name).split(separator: "\n")
      // A header, three turns, the event, the message, turns.
      try lab.directory.write(
        lines.prefix(records).joined(separator: "\n") + "\n" + lines[records].prefix(20), to: name)
    }
    let kept = try lab.directory.read(names[1])
    let ended = try await lab.batch()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(server.requests.count == 22)
    expectWhole(try forks(), 2)
    #expect(try lab.directory.read(names[1]).hasPrefix(kept.dropLast(20)))
  }

  @Test func twoProcessesShareTheForks() async throws {
    let gate = Gate()
    let server = try await ScriptedServer { request in
      .openAI(
        request.spoken.count == 4
          ? [.hold(gate), .text("a \(request.number)")] : [.text("a \(request.number)")])
    }
    try plan(server, "repeats: 2")
    let one = try await lab.start()
    // Each trial is held at its fifth turn, before it is forked.
    try await server.waitForRequest(8)
    let other = try await lab.start()
    gate.open()
    let ends = (try await one.finish(), try await other.finish())
    // Who finds what the other is at work on says so and leaves it.
    #expect([0, 1].contains(ends.0.exitCode) && [0, 1].contains(ends.1.exitCode), "\(ends)")
    let last = try await lab.batch()
    #expect(last.exitCode == 0, "\(last)")
    expectWhole(try forks(), 4)
    #expect(server.requests.count == 30)
  }

  @Test func aForkBelongsToTheShardOfItsTrial() async throws {
    let server = try await ScriptedServer.willing()
    try plan(server, "repeats: 3")
    let first = try await lab.batch("--shard", "1/2")
    #expect(first.exitCode == 0, "\(first)")
    #expect(first.output.contains("Shard 1/2: 6 of 6 done\n"), "\(first)")
    #expect(first.output.contains("Trials: 9, 6 done, 0 running, 0 failed, 3 left\n"), "\(first)")
    #expect(try forks().values.compactMap { $0.header?["trial"]?["repeat"]?.int }.sorted() == [1, 1, 3, 3])
    #expect(try await lab.batch("--shard", "2/2").exitCode == 0)
    expectWhole(try forks(), 6)
    #expect(server.requests.count == 45)
  }

  @Test func aTrialThatFailsIsForkedOnceItIsFinishedAndAForkIsTriedAgainLikeAnyTrial() async throws {
    let failing = Watched<Set<Int>>([5])
    let server = try await ScriptedServer { request in
      failing.value.contains(request.spoken.count)
        ? .error(400, "not today") : .openAI(.text("a \(request.number)"))
    }
    try plan(server)
    let ended = try await lab.batch()
    #expect(ended.exitCode == 1 && server.requests.count == 5, "\(ended)")
    #expect(ended.output.contains("Trials: 3, 0 done, 0 running, 1 failed, 2 left\n"), "\(ended)")
    #expect(try await lab.batch().exitCode == 1)
    #expect(server.requests.count == 5)
    failing.update { $0 = [] }
    let program = try await lab.start("--retry-failed")
    #expect(try await program.finish().exitCode == 0)
    expectWhole(try forks(), 2)
    #expect(server.requests.count == 16)

    for name in try forks().keys { try lab.directory.remove(name) }
    failing.update { $0 = [6] }
    let failed = try await lab.batch()
    #expect(failed.exitCode == 1, "\(failed)")
    #expect(failed.output.contains("Trials: 3, 1 done, 0 running, 2 failed, 0 left\n2 failed: "), "\(failed)")
    failing.update { $0 = [] }
    #expect(try await lab.batch("--retry-failed").exitCode == 0)
    expectWhole(try forks(), 2)
  }

  @Test func theBudgetCountsWhatForksAskForAndEndsThem() async throws {
    let server = try await ScriptedServer.willing()
    // 18 tokens an answer: 7 of the trial, 4 of each fork.
    try plan(server, "limits: {concurrency: 1, budget_tokens: 234}")
    let ended = try await lab.batch()
    #expect(ended.exitCode == 1 && ended.errors.contains("budget"), "\(ended)")
    #expect(server.requests.count < 15)
    try plan(server, "limits: {concurrency: 1, budget_tokens: 288}")
    let more = try await lab.batch()
    #expect(more.exitCode == 0, "\(more)")
    #expect(server.requests.count == 15)
    expectWhole(try forks(), 2)
  }
}
