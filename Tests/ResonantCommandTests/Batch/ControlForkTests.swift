// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Batches of which some forks go on undisturbed.
struct ControlForkTests {
  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  private static let loop = "Let us rest here together, in the quiet that we have found at last."

  /// Answers everybody with the same sentence, but for who hears of rocks.
  private func loopingServer() async throws -> ScriptedServer {
    try await ScriptedServer { request in
      .openAI(
        .text(request.spoken.contains { $0.contains("rock") } ? "answer \(UUID()) \(UUID())" : Self.loop))
    }
  }

  private func plan(_ server: ScriptedServer, _ perturb: String?, _ more: String = "", turns: Int = 14) throws
  {
    let base = "base: {endpoint: '\(server.url("/v1"))', model: m, retries: 0, max_turns: \(turns)}\n"
    try lab.plan(base + more + (perturb.map { "perturb: {\($0)}\n" } ?? ""))
  }

  private static let message = "at: onset, inject: 'A rock?', as: Alice"

  private func controls() throws -> [String: WrittenTranscript] {
    try lab.trials().filter { $0.key.contains("_c") }
  }

  private func analysis(_ arguments: String...) async throws -> FinishedProgram {
    try await ResonantBinary.run(["analyze", "x"] + arguments, in: lab.directory)
  }

  // MARK: The whole of it

  @Test func undisturbedForksGoOnFromTheSameTurn() async throws {
    let server = try await loopingServer()
    try plan(server, Self.message + ", repeats: 2, control: 1", "repeats: 2\n")
    let asked = try await lab.batch("--dry-run")
    #expect(asked.output.contains("  4 to do  perturb=onset\n  2 to do  perturb=control:onset\n"), "\(asked)")
    #expect(
      asked.output.contains(
        "trials      8, 6 of them forks of unfinished trials (2 undisturbed), not all of"),
      "\(asked)")
    let ended = try await lab.batch("--html")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.contains("Trials: 8, 8 done, 0 running, 0 failed, 0 left\n"), "\(ended)")
    // 13 turns of each trial, 7 of each fork with a message, 8 of each without.
    #expect(server.requests.count == 26 + 28 + 16)
    let trials = try lab.trials()
    #expect(try controls().count == 2)
    for (name, fork) in try controls() {
      let parent = try #require(trials[String(name.dropLast("_c1.jsonl".count)) + ".jsonl"])
      let header = try #require(fork.header)
      #expect(header["parent"] == ["id": parent.header?["id"] ?? .null, "turn": 6])
      #expect(header["trial"]?["condition"] == ["perturb": "control:onset"])
      #expect(header["trial"]?["fork"] == 1 && header["trial"]?["inject"] == nil)
      #expect(header["seed"] != parent.header?["seed"] && fork.turns.count == 14)
      #expect(!fork.outcomes.contains("injected") && fork.all("event").isEmpty)
    }
    let summary = try lab.summary()
    #expect(summary.map { $0["fork"]?.int } == [nil, nil, 1, 2, 1, 2, 1, 1])
    #expect(summary.suffix(2).map { $0["perturb"] } == ["control:onset", "control:onset"])
    #expect(try lab.directory.read("x/index.html").contains(">1, undisturbed fork 1<"))
    let page = try #require(lab.directory.files.first { $0.hasSuffix("_c1.html") })
    #expect(try lab.directory.read(page).contains("repeat 1, undisturbed fork 1"))
    let status = try await lab.batch("--status")
    #expect(status.output.contains("       2       0       0       0  perturb=control:onset\n"), "\(status)")
    #expect(try await lab.batch().exitCode == 0)
    #expect(server.requests.count == 70)
  }

  @Test func theAnalysisComparesForksOfTheSameTrials() async throws {
    let server = try await loopingServer()
    try plan(server, Self.message + ", repeats: 2, control: 2", "repeats: 2\n")
    let ended = try await lab.batch("--html")
    #expect(
      ended.errors.contains(
        "After the message no fork ends in its state, against all of those that went on undisturbed"),
      "\(ended)")
    let json = try DecodedJSON.parse(try await analysis("--format", "json").output)
    // The trials are alike, so that the second and all its forks are duplicates.
    let forks = try #require(json["forks"]?.array)
    #expect(forks.map { $0["arm"] } == ["control", "disturbed"])
    #expect(forks.map { $0["condition"] } == ["x/trials,perturb=control:onset", "x/trials,perturb=onset"])
    #expect(forks[0]["forks"] == 2 && forks[0]["holds"] == ["n": 2, "share": 1])
    // Turn 7 is the ordinary next one, where others have the message.
    #expect(forks.map { $0["persistence"]?.array?.count } == [7, 7])
    let differences = try #require(json["fork_differences"]?.array)
    #expect(differences.map { $0["k"]?.int } == [1, 2, 4, nil])
    #expect(differences.last?["condition"] == "x/trials" && differences.last?["label"] == "verbatim")
    #expect(differences.last?["difference"] == -1 && differences.last?["control"] == ["n": 2, "share": 1])
    #expect(json["differences"]?.array?.count ?? 0 > 0)

    let table = try await analysis()
    #expect(table.output.contains("verbatim  message  4       2    0 %"), "\(table)")
    #expect(table.output.contains("verbatim  control  2"), "\(table)")
    #expect(table.output.contains(#/x\/trials +verbatim +1 +0 % +100 % +-100 +–\n/#), "\(table)")
    #expect(table.output.contains("Of the duplicates, 2 count there:"), "\(table)")
    #expect(!table.output.contains("difference in convergence"), "\(table)")
    let mixed = try await analysis("--tables", "t", "--by", "model", "--html", "r.html")
    #expect(mixed.errors.contains("conditions also hold forks"), "\(mixed)")
    let rows = try lab.directory.read("t/fork_differences.tsv").split(separator: "\n")
    #expect(
      rows.first
        == "condition\tlabel\tk\ttrials\tdisturbed_n\tdisturbed_share\tcontrol_n\tcontrol_share\tdifference\tlow\thigh"
    )
    #expect(rows.last?.hasPrefix("model=m\tverbatim\t\t") == true)
    #expect(try lab.directory.read("r.html").contains("class=\"curve dashed\""))
  }

  @Test func withoutUndisturbedForksTheTableSaysHowToGetThem() async throws {
    let server = try await loopingServer()
    try plan(server, Self.message)
    #expect(try await lab.batch().exitCode == 0)
    let told = try await analysis()
    #expect(told.output.contains("perturb.control in a plan makes them."), "\(told)")
  }

  @Test func aPlanMayHaveUndisturbedForksAlone() async throws {
    let server = try await loopingServer()
    try plan(server, "at: 8, control: 2")
    let asked = try await lab.batch("--dry-run")
    #expect(
      asked.output.contains("trials      3, 2 of them undisturbed forks of unfinished trials,"), "\(asked)")
    #expect(try await lab.batch().exitCode == 0)
    #expect(try controls().count == 2 && server.requests.count == 13 + 12)
    let stored = try DecodedJSON.parse(lab.directory.read("x/plan.json"))["perturb"]
    #expect(stored == ["at": 8, "control": 2])
    let told = try await analysis()
    #expect(told.output.contains("perturb.inject in a plan makes forks after a message."), "\(told)")
  }

  /// Both kinds have to settle anew after turn 7, so that they can be compared.
  @Test func anUndisturbedForkOfATrialThatItsLoopHasEndedGoesOn() async throws {
    let server = try await ScriptedServer { _ in .openAI(.text(Self.loop)) }
    try plan(server, Self.message + ", control: 1", "matrix: {stop_on_loop: [true]}\n", turns: 20)
    #expect(try await lab.batch().exitCode == 0)
    let forks = try lab.trials().filter { $0.key.contains("_") }
    #expect(forks.count == 2 && forks.values.allSatisfy { $0.end?["reason"] == "loop" })
    #expect(forks.values.map(\.turns.count) == [13, 13])
  }

  // MARK: Changed plans

  @Test func aControlArmMayBeAddedEnlargedAndLeftOut() async throws {
    let server = try await loopingServer()
    try plan(server, nil)
    #expect(try await lab.batch().exitCode == 0)
    var kept = try lab.trials()
    for (perturb, count) in [
      (Self.message, 20), (Self.message + ", control: 1", 28), (Self.message + ", control: 3", 44),
      (Self.message + ", control: 1", 44), ("at: onset, control: 3", 44),
      // The message of those that have none may change.
      ("at: onset, control: 4", 52), (nil, 52),
    ] {
      try plan(server, perturb)
      let ended = try await lab.batch()
      #expect(ended.exitCode == 0 && server.requests.count == count, "\(ended)")
      let now = try lab.trials()
      for (name, trial) in kept { #expect(now[name]?.records == trial.records) }
      kept = now
    }
  }

  @Test func anotherTurnContradictsUndisturbedForksAnotherMessageDoesNot() async throws {
    let server = try await loopingServer()
    try plan(server, "at: onset, control: 1")
    #expect(try await lab.batch().exitCode == 0)
    try plan(server, "at: 8, control: 1")
    let moved = try await lab.batch()
    #expect(moved.exitCode == 2, "\(moved)")
    #expect(
      moved.errors.contains(#"_c1.jsonl: was made by this plan when perturb.at was "onset" and is now 8"#),
      "\(moved)")
    let before = server.requests.count
    try plan(server, Self.message + ", control: 1")
    #expect(try await lab.batch().exitCode == 0)
    #expect(server.requests.count == before + 7)
    try plan(server, "at: onset, inject: 'A rock!', as: Alice, control: 1")
    let other = try await lab.batch()
    #expect(other.exitCode == 2 && other.errors.contains("_f1.jsonl: was made by this plan when"), "\(other)")
    for name in lab.directory.files where name.contains("_f1") { try lab.directory.remove(name) }
    #expect(try await lab.batch().exitCode == 0)
  }

  @Test func aForkBelongsToTheTranscriptThatIsThere() async throws {
    let server = try await loopingServer()
    try plan(server, "at: 6, control: 1")
    #expect(try await lab.batch().exitCode == 0)
    let parent = try #require(try lab.trials().keys.first { !$0.contains("_c") })
    let whole = try lab.directory.read(parent)
    try lab.directory.remove(parent)
    let refused = try await lab.batch()
    #expect(refused.exitCode == 2 && refused.errors.contains("was forked from \(parent)"), "\(refused)")
    try lab.directory.write(whole, to: parent)
    // The header and six turns are what a fork begins with; a reply of its own is kept.
    let fork = try #require(try controls().keys.first)
    let lines = try lab.directory.read(fork).split(separator: "\n")
    for (records, requests) in [(4, 8), (7, 8), (9, 6)] {
      try lab.directory.write(lines.prefix(records).joined(separator: "\n") + "\n", to: fork)
      let before = server.requests.count
      let ended = try await lab.batch()
      #expect(ended.exitCode == 0 && server.requests.count == before + requests, "\(ended)")
      #expect(
        try WrittenTranscript(lab.directory.read(fork)).turns.compactMap { $0["n"]?.int } == Array(1...14))
    }
  }

  @Test func undisturbedForksOfAShardAreThoseOfItsTrials() async throws {
    let server = try await ScriptedServer.willing()
    try plan(server, "at: 3, inject: Why?, as: Bob, control: 1", "repeats: 3\n", turns: 8)
    let first = try await lab.batch("--shard", "1/2")
    #expect(first.output.contains("Shard 1/2: 6 of 6 done\n"), "\(first)")
    #expect(try controls().values.compactMap { $0.header?["trial"]?["repeat"]?.int }.sorted() == [1, 3])
    #expect(try await lab.batch("--shard", "2/2").exitCode == 0)
    #expect(try controls().count == 3)
    let mixed = try await analysis("--by", "model")
    #expect(mixed.output.hasPrefix("3 conversations and 6 forks in 1 condition\n"), "\(mixed)")
    #expect(mixed.errors.contains("conditions also hold forks; --by"), "\(mixed)")
  }

  @Test func aConditionThatCannotBeForkedIsCountedAlikeEverywhere() async throws {
    let server = try await ScriptedServer.willing()
    try plan(server, "at: 5, inject: Why?, as: Bob, control: 1", "matrix: {max_turns: [5, 8]}\n")
    let asked = try await lab.batch("--dry-run")
    #expect(
      asked.output.hasPrefix("conditions  4\n") && asked.output.contains("trials      4, 2 of"), "\(asked)")
    let status = try await lab.batch("--status")
    #expect(status.output.contains("       0       0       0       4  all\n"), "\(status)")
    #expect(!status.output.contains("max_turns=5,perturb"), "\(status)")
  }
}
