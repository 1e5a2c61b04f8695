// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// A run directory in which others have been at work, or something else.
struct BatchFileTests {
  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  private func base(_ server: ScriptedServer, _ more: String = "max_turns: 3") -> String {
    "base: {endpoint: '\(server.url("/v1"))', model: m, retries: 0, \(more)}\n"
  }

  private func trialNames() -> [String] { lab.directory.files.filter { $0.hasPrefix("x/trials/") } }

  @Test(arguments: ["garbage\n", "{\"type\":\"end\"}\n"])
  func aTranscriptThatCantBeReadIsAFailedTrialWithItsReason(text: String) async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server) + "repeats: 2\n")
    #expect(try await lab.batch().exitCode == 0)
    let spoiled = try #require(trialNames().first)
    try lab.directory.write(text, to: spoiled)
    for flags in [[], ["--retry-failed"], ["--status"]] {
      let ended = try await ResonantBinary.run(["batch", "plan.yaml"] + flags, in: lab.directory)
      #expect(ended.exitCode == (flags == ["--status"] ? 0 : 1), "\(ended)")
      #expect(ended.output.contains("1 failed: x/trials/"), "\(ended)")
      #expect(ended.output.contains("mend or delete the file"), "\(ended)")
      #expect(!ended.output.contains("--retry-failed"), "\(ended)")
    }
    #expect(try lab.summary().map { $0["reason"] } == ["error", "max_turns"])
    #expect(try lab.directory.read(spoiled) == text)
    #expect(server.requests.count == 4)
  }

  @Test func aPlaceWhereNoTranscriptCanBeWrittenIsAFailureThatIsTold() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server) + "repeats: 2\n")
    #expect(try await lab.batch().exitCode == 0)
    let taken = try #require(trialNames().first)
    try FileManager.default.removeItem(atPath: lab.directory.path(taken))
    try lab.directory.write("", to: taken + "/file")
    let ended = try await lab.batch("--retry-failed")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.output.contains("1 failed: \(taken)"), "\(ended)")
  }

  @Test(arguments: ["summary.csv", "summary.jsonl", "plan.json"])
  func aDirectoryInThePlaceOfADerivedFileIsToldWithTheReason(name: String) async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server))
    try lab.directory.write("", to: "x/\(name)/file")
    let ended = try await lab.batch()
    #expect(ended.exitCode == (name == "plan.json" ? 2 : 1), "\(ended)")
    #expect(ended.errors.contains("x/\(name) can't be written: Is a directory"), "\(ended)")
    #expect(!lab.directory.files.contains { $0.hasSuffix(".tmp") || $0.contains(".dat.nosync") })
  }

  @Test func whatAKilledProcessLeftIsRemovedWhatAnotherOneWritesIsNot() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server))
    let (left, written) = ("x/.resonant-1.tmp", "x/trials/.resonant-3.tmp")
    for name in [left, "x/trials/.resonant-2.tmp", written] { try lab.directory.write("part", to: name) }
    let descriptor = open(lab.directory.path(written), O_RDONLY)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    let ended = try await lab.batch("--html")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(lab.directory.files.filter { $0.contains(".resonant-") } == [written])
  }

  @Test func aPipeInThePlaceOfATranscriptIsAFailureAndIsNotWaitedFor() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server) + "repeats: 2\n")
    #expect(try await lab.batch().exitCode == 0)
    let taken = try #require(trialNames().first)
    try FileManager.default.removeItem(atPath: lab.directory.path(taken))
    #expect(mkfifo(lab.directory.path(taken), 0o600) == 0)
    for flags in [[], ["--retry-failed"]] {
      let ended = try await ResonantBinary.run(["batch", "plan.yaml"] + flags, in: lab.directory)
      #expect(ended.exitCode == 1, "\(ended)")
      #expect(ended.output.contains("1 failed: \(taken) is no file"), "\(ended)")
    }
    #expect(server.requests.count == 4)
  }

  @Test(arguments: [true, false])
  func aTrialWhoseFileIsTakenAwayHasFailedAndIsHeldAgain(isReplaced: Bool) async throws {
    let gate = Gate()
    let server = try await ScriptedServer { request in
      request.number == 2 ? .openAI(.hold(gate), .text("lost")) : .openAI("kept")
    }
    try lab.plan(base(server))
    let program = try await lab.start()
    try await gate.waitUntilReached()
    let name = try #require(trialNames().first)
    let text = try lab.directory.read(name)
    try FileManager.default.removeItem(atPath: lab.directory.path("x/trials"))
    if isReplaced { try lab.directory.write(text, to: name) }
    gate.open()
    let ended = try await program.finish()
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.output.contains("1 failed: \(name): the file was replaced or removed"), "\(ended)")
    #expect(try lab.summary().map { $0["reason"] } == ["error"])
    let again = try await lab.batch()
    #expect(again.exitCode == 0, "\(again)")
    #expect(try lab.trials()[name]?.outcomes == ["opening", "finished", "finished"])
    #expect(server.requests.count == (isReplaced ? 3 : 4))
  }

  @Test func aFailedTrialInWhichNothingWasSaidGoesOnUnderTheOptionsOfToday() async throws {
    let isRepaired = Watched(false)
    let server = try await ScriptedServer { _ in
      isRepaired.value ? .openAI("answer") : .error(400, "not today")
    }
    try lab.plan(base(server, "max_turns: 2"))
    #expect(try await lab.batch().exitCode == 1)
    isRepaired.update { $0 = true }
    try lab.plan(base(server, "max_turns: 3"))
    let ended = try await lab.batch()
    #expect(ended.exitCode == 0, "\(ended)")
    let trial = try #require(try lab.trials().values.first)
    #expect(trial.outcomes == ["opening", "finished", "finished"])
    #expect(trial.header?["settings"]?["max_turns"]?.int == 3)
  }

  @Test func noProcessGoesOnWithWhatAnotherHasBegunUnderOtherOptions() async throws {
    let gate = Gate()
    let server = try await ScriptedServer { request in
      request.number == 2 ? .openAI(.hold(gate), .text("old")) : .openAI("old")
    }
    try lab.plan(base(server, "max_turns: 9"))
    let first = try await lab.start()
    try await server.waitForRequest(2)
    // It is begun, and a turn stands in it.
    try await first.send(SIGTERM)
    gate.open()
    #expect(try await first.finish().exitCode == 143)
    try lab.plan(base(server, "max_turns: 4"))
    let second = try await lab.batch()
    #expect(second.exitCode == 2, "\(second)")
    #expect(second.errors.contains("max_turns was 9 and is now 4"), "\(second)")
  }

  @Test func aPlanThatHasChangedIsRefusedWhileTheOldOneRuns() async throws {
    let gate = Gate()
    let server = try await ScriptedServer { _ in .openAI(.hold(gate), .text("answer")) }
    try lab.plan(base(server, "max_turns: 2") + "repeats: 2\n")
    let first = try await lab.start()
    try await server.waitForRequest(1)
    try lab.plan(base(server, "max_turns: 3") + "repeats: 2\n")
    let second = try await lab.batch()
    #expect(second.exitCode == 2, "\(second)")
    #expect(second.errors.contains("is being written by another process"), "\(second)")
    #expect(second.errors.contains("max_turns was 2 and is now 3"), "\(second)")
    gate.open()
    #expect(try await first.finish().exitCode == 0)
    #expect(server.requests.count == 2)
  }

  @Test func whoHasTheDirectorysLockAndDoesNotGoOnStopsNobody() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server))
    try FileManager.default.createDirectory(
      atPath: lab.directory.path("x"), withIntermediateDirectories: true)
    let lock = open(lab.directory.path("x/.lock"), O_RDWR | O_CREAT, 0o666)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX) == 0)
    let ended = try await lab.batch()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try lab.summary().count == 1)
  }

  @Test func aSecretThatIsReplacedAsksNobodyAgain() async throws {
    let server = try await ScriptedServer.willing()
    for key in ["AAAA", "BBBB"] {
      try lab.plan(
        base(server) + "include: [{headers: {Authorization: 'Bearer \(key)'}, max_chars: 100}]\n")
      let ended = try await lab.batch()
      #expect(ended.exitCode == 0, "\(ended)")
    }
    #expect(try lab.summary().count == 1)
    #expect(server.requests.count == 2)
  }

  @Test func trialsThatFailedForOneReasonAreOneGroup() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server) + "repeats: 3\n")
    #expect(try await lab.batch().exitCode == 0)
    for name in trialNames() { try lab.directory.write("garbage\n", to: name) }
    let ended = try await lab.batch("--status")
    #expect(ended.output.contains("3 failed: "), "\(ended)")
    #expect(!ended.output.contains(".jsonl"), "\(ended)")
  }

  @Test func whatWasCutOffTakesNoPartInWhatThereIs() async throws {
    let gate = Gate()
    let server = try await ScriptedServer { request in
      request.number == 2 ? .openAI(.text("cut "), .hold(gate)) : .openAI("whole")
    }
    try lab.plan(base(server))
    let program = try await lab.start()
    try await gate.waitUntilReached()
    try await program.send(SIGTERM)
    #expect(try await program.finish().exitCode == 143)
    let row = try #require(try lab.summary().first)
    #expect(row["turns"]?.int == 2)
    #expect(row["chars"]?.int == "Hello!whole".count)
    let forecast = try await lab.batch("--dry-run")
    #expect(forecast.output.contains("requests    at most 1\n"), "\(forecast)")
  }

  @Test func allThatShardsHaveFinishedIsInTheSummary() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server) + "repeats: 40\n")
    let lab = lab
    try await withThrowingTaskGroup(of: Int?.self) { tasks in
      for shard in 1...4 {
        tasks.addTask { try await lab.batch("--shard", "\(shard)/4").exitCode }
      }
      for try await code in tasks { #expect(code == 0) }
    }
    let rows = try lab.summary()
    #expect(rows.count == 40)
    #expect(rows.allSatisfy { $0["reason"] == "max_turns" })
    #expect(server.requests.count == 80)
  }

  @Test func ctrlCWaitsForNobodyWhoIsNotBeingAnswered() async throws {
    let server = try await ScriptedServer { _ in .error(429, "slow down", headers: [("Retry-After", "100")]) }
    try lab.plan(base(server, "max_turns: 3") + "repeats: 3\n")
    let program = try await lab.start()
    try await server.waitForRequest(1)
    try await program.send(SIGINT)
    // Its patience with turns in flight is ten seconds, and there are none.
    let ended = try await program.finish(within: 9)
    #expect(ended.exitCode == 130, "\(ended)")
    #expect(try lab.trials().values.allSatisfy { $0.records.isEmpty || $0.end?["reason"] == "interrupted" })
  }

  @Test func theBudgetHoldsForAllProcessesAndIsHeededOnlyWhereSomethingIsLeft() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server) + "repeats: 2\nlimits: {concurrency: 1, budget_tokens: 72}\n")
    // 18 tokens an answer, two answers a trial: the last brings it to 72.
    let ended = try await lab.batch()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try lab.summary().map { $0["reason"] } == ["max_turns", "max_turns"])
    let again = try await lab.batch()
    #expect(again.exitCode == 0, "\(again)")
    #expect(!again.errors.contains("budget"), "\(again)")
  }
}
