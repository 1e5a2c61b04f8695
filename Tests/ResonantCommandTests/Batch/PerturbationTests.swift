// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Batches that fork their finished trials.
struct BatchPerturbationTests {
  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  private static let loop = "Let us rest here together, in the quiet that we have found at last."

  /// Answers everybody with the same sentence, but for who hears of rocks.
  private func loopingServer() async throws -> ScriptedServer {
    try await ScriptedServer { request in
      .openAI(.text(request.spoken.last?.contains("rock") == true ? "answer \(request.number)" : Self.loop))
    }
  }

  private func plan(
    _ server: ScriptedServer, _ perturb: String?, _ more: String = "", turns: Int = 14
  ) throws {
    let base = "base: {endpoint: '\(server.url("/v1"))', model: m, retries: 0, max_turns: \(turns)}\n"
    try lab.plan(base + more + (perturb.map { "perturb: {\($0)}\n" } ?? ""))
  }

  private static let onset = "at: onset, inject: 'A rock?', as: Alice, repeats: 2"

  private func forks() throws -> [String: WrittenTranscript] {
    try lab.trials().filter { $0.key.contains("_f") }
  }

  private func id(_ fork: WrittenTranscript) -> String { fork.header?["parent"]?["id"]?.string ?? "none" }

  // MARK: The whole of it

  private func expect(_ fork: WrittenTranscript, number: Int, of parent: WrittenTranscript) throws {
    let header = try #require(fork.header)
    #expect(id(fork) == parent.header?["id"]?.string && header["parent"]?["turn"]?.int == 6)
    #expect(header["trial"]?["condition"] == ["perturb": "onset"])
    #expect(header["trial"]?["repeat"] == parent.header?["trial"]?["repeat"])
    #expect(header["trial"]?["fork"]?.int == number)
    #expect(header["settings"] == parent.header?["settings"])
    let begun = Array(parent.said.prefix(6)) + ["Alice: A rock?"]
    #expect(Array(fork.said.prefix(7)) == begun)
    #expect(fork.outcomes[6] == "injected" && fork.all("event").first?["n"]?.int == 7)
    #expect(fork.turns.count == 14 && fork.end?["reason"] == "max_turns")
  }

  @Test func everyFinishedTrialIsForkedAtItsOnsetAndAnalysed() async throws {
    let server = try await loopingServer()
    try plan(server, Self.onset, "repeats: 2\n")
    let asked = try await lab.batch("--dry-run")
    #expect(asked.output.contains("  2 to do  (the base alone)\n  4 to do  perturb=onset\n"), "\(asked)")
    #expect(asked.output.contains("trials      6, 4 of them forks of unfinished trials"), "\(asked)")

    let ended = try await lab.batch()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.contains("Trials: 6, 6 done, 0 running, 0 failed, 0 left\n"), "\(ended)")
    // 13 turns of each trial, and what follows the 7 of each fork.
    #expect(server.requests.count == 54)
    let trials = try lab.trials()
    let forks = try forks()
    #expect(forks.count == 4)
    for (name, fork) in forks {
      let parent = try #require(trials[String(name.dropLast("_f1.jsonl".count)) + ".jsonl"])
      try expect(fork, number: name.hasSuffix("_f1.jsonl") ? 1 : 2, of: parent)
    }
    #expect(Set(trials.values.compactMap { $0.header?["seed"]?.jsonText }).count == 6)
    let again = try await lab.batch()
    #expect(again.exitCode == 0 && server.requests.count == 54, "\(again)")
  }

  @Test func forksAreInTheSummaryTheStatusTheIndexAndTheAnalysis() async throws {
    let server = try await loopingServer()
    try plan(server, Self.onset, "repeats: 2\n")
    #expect(try await lab.batch("--html").exitCode == 0)
    #expect(try lab.directory.read("x/summary.csv").hasPrefix("trial,perturb,fork,repeat,reason,"))
    let rows = try lab.summary()
    #expect(rows.map { $0["fork"]?.int } == [nil, nil, 1, 2, 1, 2])
    #expect(rows.map { $0["perturb"]?.string } == [nil, nil, "onset", "onset", "onset", "onset"])
    // What is copied counts once.
    #expect(rows.map { $0["completion_tokens"]?.int } == [91, 91, 49, 49, 49, 49])
    #expect(try lab.directory.read("x/index.html").contains("_f2.html"))
    #expect(try lab.directory.read("x/index.html").contains(">1, fork 2<"))
    let status = try await lab.batch("--status")
    #expect(
      status.output.hasPrefix(
        "    done running  failed    left  condition\n       2       0       0       0  (the base alone)\n"
          + "       4       0       0       0  perturb=onset\n"), "\(status)")
    let analysis = try await ResonantBinary.run(["analyze", "x", "--format", "json"], in: lab.directory)
    let course = try #require(try DecodedJSON.parse(analysis.output)["forks"]?.array?.first)
    #expect(course["condition"] == "x/trials,perturb=onset" && course["label"] == "verbatim")
    #expect(course["forks"]?.int == 4)
    #expect(course["persistence"]?.array?.map { $0["share"]?.double } == [0, 1, 1, 1, 1, 1, 1])
    #expect(course["recovered"]?["share"]?.double == 1)
  }

  @Test func trialsThatCannotBeForkedAreCountedWithTheReason() async throws {
    let server = try await ScriptedServer { request in
      let opening = request.spoken.first ?? ""
      if opening.hasSuffix("short"), request.spoken.count == 2 { return .openAI(.text("STOP")) }
      return .openAI(.text(opening.hasSuffix("loop") ? Self.loop : "answer \(UUID()) \(UUID())"))
    }
    let more = "matrix: {opening: [loop, short, long], stop_phrase: [STOP]}\n"
    try plan(server, "at: 4, inject: Why?, as: Bob", more, turns: 8)
    let ended = try await lab.batch()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.contains("Trials: 5, 5 done, 0 running, 0 failed, 0 left\n"), "\(ended)")
    #expect(ended.output.contains("Not forked: 1 with too few turns\n"), "\(ended)")
    let before = server.requests.count
    for flag in ["--status", "--dry-run"] {
      let told = try await lab.batch(flag)
      #expect(told.output.contains("1 with too few turns\n"), "\(told)")
    }
    for name in lab.directory.files where name.contains("_f1") { try lab.directory.remove(name) }
    // The loop shows after turn 6, and it is Bob's turn after 7, so that none would be left; the silence of hardly three
    // turns shows at their end, with 4 turns left.
    try plan(server, "at: onset, inject: Why?, as: Bob", more, turns: 8)
    let onset = try await lab.batch()
    #expect(onset.exitCode == 0 && server.requests.count == before + 4, "\(onset)")
    #expect(onset.output.contains("Not forked: 1 without an onset, 1 too close to max_turns\n"), "\(onset)")
  }

  /// They don't go on by the same command, so the end doesn't say so.
  @Test func forksOfFailedTrialsWait() async throws {
    let isRepaired = Watched(false)
    let server = try await ScriptedServer { _ in
      isRepaired.value ? .openAI(.text(Self.loop)) : .error(400, "not today")
    }
    try plan(server, "at: 4, inject: Why?, as: Bob", turns: 8)
    let failed = try await lab.batch()
    #expect(failed.exitCode == 1, "\(failed)")
    #expect(failed.output.contains(" 1 failed, 1 left\n"), "\(failed)")
    #expect(!failed.output.contains("goes on with what is left"), "\(failed)")
    #expect(
      failed.output.contains("--retry-failed tries again what has failed, and begins the forks of that\n"),
      "\(failed)")
    isRepaired.update { $0 = true }
    let retried = try await lab.batch("--retry-failed")
    #expect(retried.exitCode == 0 && retried.output.contains("Trials: 2, 2 done"), "\(retried)")
  }

  @Test func aConversationThatItsLoopHasEndedIsForked() async throws {
    let server = try await loopingServer()
    try plan(server, Self.onset, "matrix: {stop_on_loop: [true]}\n")
    #expect(try await lab.batch().exitCode == 0)
    let trials = try lab.trials()
    #expect(trials.values.allSatisfy { $0.end?["reason"] == "loop" })
    #expect(try forks().values.map { $0.header?["parent"]?["turn"]?.int } == [6, 6])
    // A fork has to settle anew after its seventh turn, the message.
    #expect(try forks().values.allSatisfy { $0.turns.count == 13 })
    let analysis = try await ResonantBinary.run(["analyze", "x", "--format", "json"], in: lab.directory)
    let course = try DecodedJSON.parse(analysis.output)["forks"]?.array?.first
    #expect(course?["label"] == "verbatim" && course?["recovered"]?["share"]?.double == 1, "\(analysis)")
  }

  @Test func aRoomIsForkedInTheNameOfOneOfItsModels() async throws {
    let lines = { (name: String) in "[" + (1...9).map { "\"\(name)\($0)\"" }.joined(separator: ",") + "]" }
    for name in ["ada", "bea"] { try lab.directory.write(lines(name), to: "\(name).json") }
    try lab.directory.write(
      """
      {providers: [{url: 'builtin:', models: ['script:ada.json', 'script:bea.json']}], intros: true}
      """, to: "room.json5")
    try lab.plan(
      """
      base: {party: room.json5, topic: Tea, order: round-robin, max_turns: 7}
      perturb: {at: 3, inject: Stones?, as: bea}

      """)
    let ended = try await lab.batch()
    #expect(ended.exitCode == 0, "\(ended)")
    let fork = try #require(try forks().values.first)
    #expect(
      fork.said == [
        "ada: ada2", "bea: bea2", "ada: ada3", "bea: Stones?", "ada: ada4", "bea: bea3", "ada: ada5",
      ])
    #expect(fork.header?["topic"] == "Tea")
  }

  // MARK: Changed plans

  @Test func addingThePerturbationOrRepeatsKeepsWhatIsDone() async throws {
    let server = try await loopingServer()
    try plan(server, nil)
    #expect(try await lab.batch().exitCode == 0)
    let summary = try lab.directory.read("x/summary.csv")
    #expect(summary.hasPrefix("trial,repeat,reason,"))
    var kept = try lab.trials()
    for (perturb, repeats, count) in [
      (Self.onset, 1, 27), ("at: onset, inject: 'A rock?', as: Alice, repeats: 3", 2, 68),
    ] {
      try plan(server, perturb, "repeats: \(repeats)\n")
      let ended = try await lab.batch()
      #expect(ended.exitCode == 0 && server.requests.count == count, "\(ended)")
      let now = try lab.trials()
      for (name, trial) in kept { #expect(now[name]?.records == trial.records) }
      kept = now
    }
    try plan(server, nil)
    let without = try await lab.batch()
    #expect(without.exitCode == 0, "\(without)")
    #expect(without.output.contains("none of this plan: 7"), "\(without)")
  }

  @Test func aPerturbationThatContradictsFinishedForksIsRefused() async throws {
    let server = try await loopingServer()
    try plan(server, Self.onset)
    #expect(try await lab.batch().exitCode == 0)
    for (perturb, words) in [
      ("at: onset, inject: 'A stone?', as: Alice", #"perturb.inject was "A rock?" and is now "A stone?""#),
      ("at: onset, inject: 'A rock?', as: Bob", #"perturb.as was "Alice" and is now "Bob""#),
      ("at: 7, inject: 'A rock?', as: Alice", #"perturb.at was "onset" and is now 7"#),
    ] {
      try plan(server, perturb)
      let ended = try await lab.batch()
      #expect(ended.exitCode == 2, "\(ended)")
      #expect(ended.errors.contains("_f1.jsonl: was made by this plan when \(words)"), "\(ended)")
    }
    #expect(server.requests.count == 27)
  }

  @Test func forksOfATranscriptThatIsNotThereAnyMoreAreRefused() async throws {
    let server = try await loopingServer()
    try plan(server, Self.onset)
    #expect(try await lab.batch().exitCode == 0)
    let parent = try #require(try lab.trials().keys.first { !$0.contains("_f") })
    try lab.directory.remove(parent)
    let ended = try await lab.batch()
    #expect(ended.exitCode == 2 && server.requests.count == 27, "\(ended)")
    #expect(ended.errors.contains("was forked from \(parent), which is not there any more"), "\(ended)")
    try plan(server, nil)
    #expect(try await lab.batch().exitCode == 0)
    try plan(server, Self.onset)
    let other = try await lab.batch()
    #expect(other.exitCode == 2 && other.errors.contains("which has begun anew since"), "\(other)")
    for name in lab.directory.files where name.contains("_f") { try lab.directory.remove(name) }
    #expect(try await lab.batch().exitCode == 0)
    #expect(try Set(forks().values.map(id)) == [lab.trials()[parent]?.header?["id"]?.string])
  }

  /// A message that changes nothing makes forks that are duplicates of their trials, which count.
  @Test func aTrialCountsRatherThanAForkThatIsLikeIt() async throws {
    try lab.plan(
      "base: {endpoint: 'builtin:', model: echo, max_turns: 12}\nperturb: {at: 8, inject: Hello!, as: Alice}\n"
    )
    #expect(try await lab.batch().exitCode == 0)
    let table = try await ResonantBinary.run(["analyze", "x", "--format", "json"], in: lab.directory)
    let conditions = try DecodedJSON.parse(table.output)["conditions"]?.array ?? []
    #expect(conditions.map { $0["condition"] } == ["x/trials", "x/trials,perturb=8"], "\(table)")
    #expect(conditions.map { $0["conversations"]?.int } == [1, 0])
    #expect(conditions.map { $0["duplicates"]?.int } == [0, 1])
  }

  @Test func forksDoNotCountInTheWhole() async throws {
    try lab.plan(
      "base: {endpoint: 'builtin:', model: eliza, max_turns: 12}\nrepeats: 3\n"
        + "perturb: {at: 8, inject: 'What is the weather on the moon?', as: Alice, repeats: 2}\n")
    #expect(try await lab.batch().exitCode == 0)
    let told = try await ResonantBinary.run(["analyze", "x"], in: lab.directory)
    #expect(told.output.hasPrefix("3 conversations and 6 forks in 2 conditions\n"), "\(told)")
    #expect(told.errors.isEmpty)
    let mixed = try await ResonantBinary.run(["analyze", "x", "--by", "model"], in: lab.directory)
    #expect(mixed.errors.contains("forks with an injected message"), "\(mixed)")
    let apart = try await ResonantBinary.run(["analyze", "x", "--by", "model,perturb"], in: lab.directory)
    #expect(apart.errors.isEmpty && apart.output.contains("model=eliza,perturb=8"), "\(apart)")
  }

  @Test func aForkWhoseTrialHasLostTurnsIsRefusedOneWithoutRepliesBeginsAnew() async throws {
    let server = try await ScriptedServer.willing()
    try plan(server, "at: 5, inject: Why?, as: Bob", turns: 10)
    #expect(try await lab.batch().exitCode == 0)
    let names = lab.directory.files.filter { $0.hasSuffix(".jsonl") && $0.contains("/trials/") }
    let fork = try #require(names.first { $0.contains("_f1") })
    let trial = try #require(names.first { !$0.contains("_f1") })
    let (whole, branch) = (try lab.directory.read(trial), try lab.directory.read(fork))
    let cut = { (text: String, lines: Int) in
      text.split(separator: "\n").prefix(lines).joined(separator: "\n") + "\n"
    }
    try lab.directory.write(cut(whole, 4), to: trial)
    let refused = try await lab.batch()
    #expect(refused.exitCode == 2 && refused.errors.contains("which has lost turn 5 since"), "\(refused)")

    // The header, five turns, the event and the message, of a trial that is held anew.
    try lab.directory.write(cut(branch, 8), to: fork)
    try lab.directory.remove(trial)
    let anew = try await lab.batch()
    #expect(anew.exitCode == 0, "\(anew)")
    let now = try WrittenTranscript(lab.directory.read(trial))
    let again = try WrittenTranscript(lab.directory.read(fork))
    #expect(id(again) == now.header?["id"]?.string && again.said.prefix(5) == now.said.prefix(5))
  }
}
