// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

struct BatchTests {
  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  private func base(_ server: ScriptedServer, _ more: String = "max_turns: 3") -> String {
    "base: {endpoint: '\(server.url("/v1"))', model: m, retries: 0, \(more)}\n"
  }

  @Test func everyConditionIsHeldAsOftenAsThePlanSaysOnce() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server) + "matrix: {opening: [Hi, Ho]}\nrepeats: 3\n")
    let ended = try await lab.batch()
    #expect(ended.exitCode == 0, "\(ended)")
    let trials = try lab.trials()
    #expect(trials.count == 6)
    #expect(trials.values.allSatisfy { $0.outcomes == ["opening", "finished", "finished"] })
    #expect(trials.values.allSatisfy { $0.end?["reason"] == "max_turns" })
    let header = try #require(trials.first { $0.key.contains("-r2-") }?.value.header)
    #expect(header["trial"]?["experiment"] == "x")
    #expect(header["trial"]?["repeat"]?.int == 2)
    #expect(Set(trials.values.compactMap { $0.header?["seed"]?.jsonText }).count == 6)
    #expect(server.requests.count == 12)
    let rows = try lab.summary()
    #expect(rows.map { $0["opening"] } == ["Hi", "Hi", "Hi", "Ho", "Ho", "Ho"])
    #expect(rows.allSatisfy { $0["completion_tokens"]?.int == 14 && $0["reason"] == "max_turns" })
    #expect(try lab.directory.read("x/summary.csv").hasPrefix("trial,opening,repeat,reason,turns,chars,"))

    let again = try await lab.batch()
    #expect(again.exitCode == 0, "\(again)")
    #expect(server.requests.count == 12)
  }

  @Test func repeatsAndValuesThatAreAddedKeepWhatIsDone() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server) + "matrix: {opening: [Hi]}\n")
    #expect(try await lab.batch().exitCode == 0)
    let first = try #require(try lab.trials().first)
    try lab.plan(base(server) + "matrix: {opening: [Ho, Hi]}\nrepeats: 2\nlimits: {concurrency: 2}\n")
    #expect(try await lab.batch().exitCode == 0)
    let trials = try lab.trials()
    #expect(trials.count == 4)
    #expect(trials[first.key]?.records == first.value.records)
    #expect(server.requests.count == 8)
  }

  @Test func twoSpellingsOfOneBaseURLAreOneEndpoint() async throws {
    let gate = Gate()
    let pieces = [ReplyPiece.hold(gate), .text("answer")]
    let server = try await ScriptedServer { _ in .openAI(pieces) }
    let url = server.url("/v1")
    let other = url.replacing("http", with: "HTTP") + "/"
    func plan(_ first: String, _ second: String, limited: String) throws {
      try lab.plan(
        """
        base: {model: m, retries: 0, max_turns: 2, bob_endpoint: '\(second)'}
        matrix: {endpoint: ['\(first)'], opening: [A, B, C]}
        limits: {endpoints: {'\(limited)': 1}}

        """)
    }
    try plan(url, other, limited: other)
    let program = try await lab.start()
    try await server.waitForRequest(1)
    gate.open()
    let ended = try await program.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(server.requests.count == 3 && server.mostInFlight == 1)
    let facts = try lab.trials().values.flatMap { $0.header?["participants"]?.array ?? [] }
    #expect(Set(facts.compactMap { $0["endpoint"]?.string }) == [url + "/chat/completions"])
    try plan(other, url, limited: url)
    let again = try await lab.batch()
    #expect(again.exitCode == 0, "\(again)")
    #expect(server.requests.count == 3)
    #expect(try lab.summary().map { $0["endpoint"] } == [.string(url), .string(url), .string(url)])

    try lab.plan("base: {model: m}\nmatrix: {endpoint: ['\(url)', '\(other)']}\n")
    let twice = try await lab.batch()
    #expect(twice.exitCode == 2, "\(twice)")
    #expect(twice.errors.contains("is there twice"), "\(twice)")
  }

  @Test func anOptionThatContradictsFinishedTrialsIsAnErrorThatNamesIt() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server) + "matrix: {opening: [Hi]}\n")
    #expect(try await lab.batch().exitCode == 0)
    for (change, words) in [
      ("max_turns: 4", "max_turns was 3 and is now 4"), ("max_turns: 3, system_prompt: S", "system_prompt"),
      ("max_turns: 3, payload: {a: 1}", "payload"),
    ] {
      try lab.plan(base(server, change) + "matrix: {opening: [Hi]}\n")
      let ended = try await lab.batch()
      #expect(ended.exitCode == 2, "\(ended)")
      #expect(ended.errors.contains(words), "\(ended)")
    }
    try lab.plan(base(server) + "matrix: {opening: [Hi]}\nseed: 8\n")
    #expect(try await lab.batch().exitCode == 2)
    #expect(server.requests.count == 2)
  }

  @Test func aFailedTrialIsRecordedAndCountedAndTriedAgainOnlyWhenAskedFor() async throws {
    let isRepaired = Watched(false)
    let server = try await ScriptedServer { request in
      request.spoken.first == "user: bad" && !isRepaired.value
        ? .error(400, "not today") : .openAI(.text("answer"))
    }
    try lab.plan(base(server) + "matrix: {opening: [good, bad]}\n")
    let ended = try await lab.batch()
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(
      ended.output.contains("Trials: 2, 1 done, 0 running, 1 failed, 0 left\n1 failed: Bob: "), "\(ended)")
    #expect(ended.output.contains("not today"))
    #expect(try lab.summary().map { $0["reason"] } == ["max_turns", "error"])
    #expect(server.requests.count == 3)
    isRepaired.update { $0 = true }
    #expect(try await lab.batch().exitCode == 1)
    #expect(server.requests.count == 3)
    #expect(try await lab.batch("--retry-failed").exitCode == 0)
    #expect(server.requests.count == 5)
    #expect(try lab.summary().map { $0["reason"] } == ["max_turns", "max_turns"])
    let status = try await lab.batch("--status")
    #expect(status.output.hasSuffix("       2       0       0       0  all\n"), "\(status)")
  }

  @Test func noTurnBeginsOnceTheBudgetIsUsedUp() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(
      base(server, "max_turns: 9") + "repeats: 4\nlimits: {concurrency: 1, budget_tokens: 50}\n")
    let ended = try await lab.batch()
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("budget"))
    #expect(!ended.output.contains("goes on with what is left"))
    // 18 tokens an answer: the third brings it to 54.
    #expect(server.requests.count == 3)
    #expect(try await lab.batch().exitCode == 1)
    #expect(server.requests.count == 3)
  }

  @Test func aDryRunAsksNobodyAndLeavesNothing() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server) + "matrix: {opening: [Hi, 'Ho, ho']}\nrepeats: 5\n")
    let ended = try await lab.batch("--dry-run")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.contains("opening=Hi\n"))
    #expect(ended.output.contains("opening=\"Ho, ho\"\n"))
    #expect(ended.output.contains("trials      10\nrequests    at most 20\n"), "\(ended)")
    #expect(lab.directory.files == ["plan.yaml"])
    #expect(server.requests.isEmpty)
  }

  @Test func aDryRunSaysWhatThePlansAuthorMayNotHaveMeant() async throws {
    let server = try await ScriptedServer.willing()
    // The payloads of the sides replace the common one, which alone is varied.
    let sides = "alice_payload: {a: 1}, bob_payload: {a: 1}"
    try lab.plan(
      base(server, sides) + "matrix: {payload.b: [1, 2]}\nlimits: {budget_tokens: 5}\n")
    let ended = try await lab.batch("--dry-run")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors.contains("one and the same conversation: payload.b=1 and payload.b=2\n"), "\(ended)")
    #expect(ended.output.contains("budget      5 tokens: probably too little"), "\(ended)")
  }

  @Test func allConditionsAdvanceTogether() async throws {
    try lab.plan(
      "base: {endpoint: 'builtin:', model: eliza, max_turns: 2}\nmatrix: {opening: [A, B]}\nrepeats: 3\n"
        + "limits: {concurrency: 1, budget_tokens: 150}\n")
    let ended = try await lab.batch()
    #expect(ended.exitCode == 1, "\(ended)")
    let begun = try lab.trials().values.compactMap(\.header).map {
      ($0["created"]?.string ?? "", $0["trial"]?["repeat"]?.int ?? 0)
    }
    let repeats = begun.sorted { $0 < $1 }.map(\.1)
    #expect(repeats.prefix(2) == [1, 1], "\(repeats)")
    #expect(try lab.trials().values.count { $0.turns.count == 2 } < 6)
  }

  @Test func shardsDoEverythingOnceBetweenThem() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server, "max_turns: 2") + "repeats: 7\n")
    #expect(try await lab.batch("--shard", "1/3").exitCode == 0)
    #expect(server.requests.count == 3)
    #expect(try await lab.batch("--shards", "3", environment: ["JOB_COMPLETION_INDEX": "1"]).exitCode == 0)
    #expect(server.requests.count == 5)
    #expect(try await lab.batch("--shard", "3/3").exitCode == 0)
    #expect(server.requests.count == 7)
    #expect(try lab.trials().count == 7)
    #expect(try lab.summary().count == 7)
  }

  @Test func whatIsWrongIsFoundBeforeAnythingIsSent() async throws {
    let server = try await ScriptedServer.willing()
    let cases: [(plan: String, flags: [String], words: String)] = [
      (base(server) + "matrix: {max_trns: [1]}\n", [], "plan.yaml: matrix.max_trns[0] (line 3)"),
      (base(server) + "perturb: {at: onset}\n", [], "perturb.inject (line 3): is missing"),
      (base(server) + "limits: {endpoints: {olama: 1}}\n", [], "limits.endpoints.olama"),
      ("base: {endpoint: 'builtin:', model: [eliza]}\n", [], "base.model"),
      ("base: {endpoint: 'builtin:'}\nmatrix: {model: [eliza, elisa]}\n", [], "elisa"),
      (base(server), ["--shard", "4/3"], "--shard"), (base(server), ["--shards", "3"], "--shards"),
      (base(server), ["--emit", "cron"], "--emit"),
      (base(server), ["--concurrency", "0"], "--concurrency: must be a number from 1 to 100000"),
      (base(server), ["--concurrency", "100001"], "--concurrency: must be a number from 1 to 100000"),
      (base(server), ["--shards", "0"], "--shards: must be at least 1"),
      (base(server), ["--emit", "slurm", "--out", "a\nb"], "control character"),
    ]
    for (plan, flags, words) in cases {
      try lab.plan(plan)
      let ended = try await ResonantBinary.run(["batch", "plan.yaml"] + flags, in: lab.directory)
      #expect(ended.exitCode == 2, "\(ended)")
      #expect(ended.errors.contains(words), "\(ended)")
    }
    #expect(try await ResonantBinary.run(["batch", "none.yaml"], in: lab.directory).exitCode == 2)
    #expect(server.requests.isEmpty)
    #expect(lab.directory.files == ["plan.yaml"])
  }

  @Test(arguments: [
    ["--emit slurm", "--shard 1/2"], ["--emit slurm", "--status"], ["--dry-run", "--emit slurm"],
    ["--status", "--dry-run"], ["--shard 1/2", "--shards 2"], ["--shard 1/0", "--status"],
    ["--shards 2", "--status"],
  ])
  func ofTwoFlagsThatContradictEachOtherNoneIsIgnored(flags: [String]) async throws {
    try lab.plan("base: {endpoint: 'builtin:', model: eliza}\n")
    let words = flags.flatMap { $0.split(separator: " ").map(String.init) }
    let ended = try await ResonantBinary.run(["batch", "plan.yaml"] + words, in: lab.directory)
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(flags.allSatisfy { ended.errors.contains($0.prefix { $0 != " " }) }, "\(ended)")
    #expect(ended.errors.contains("cannot be given together with"), "\(ended)")
    #expect(ended.output.isEmpty)
    #expect(lab.directory.files == ["plan.yaml"])
  }

  @Test func manyConditionsAndErrorsAreSummedUpAndShownInFullWhenAskedFor() async throws {
    let server = try await ScriptedServer { request in
      .error(400, "no \((request.spoken.last?.utf8.last ?? 0) % 8)")
    }
    let openings = (100..<124).map { "o\($0)" }.joined(separator: ", ")
    try lab.plan(base(server) + "matrix: {opening: [\(openings)]}\n")
    let ended = try await lab.batch()
    #expect(ended.exitCode == 1, "\(ended)")
    let lines = ended.output.split(separator: "\n")
    #expect(lines.first == "Trials: 24, 0 done, 0 running, 24 failed, 0 left")
    #expect(lines[1...5].allSatisfy { $0.contains(" failed: Bob: ") }, "\(ended)")
    #expect(lines.dropFirst(6).first == "… and 3 other errors")
    #expect(lines.contains("--retry-failed tries again what has failed"), "\(ended)")
    #expect(lines.count == 10, "\(ended)")
    #expect(ended.output.contains("--status shows each condition and every error\n"), "\(ended)")
    let status = try await lab.batch("--status").output.split(separator: "\n")
    #expect(status.count == 34)
  }

  @Test func environmentVariablesOfJobArraysTellTheShard() async throws {
    try lab.plan("base: {endpoint: 'builtin:', model: eliza, max_turns: 2}\nrepeats: 7\n")
    let slurm = [
      "SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "5",
      "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_COUNT": "3",
    ]
    #expect(try await lab.batch(environment: slurm).exitCode == 0)
    #expect(try lab.trials().count == 2)
    let aws = ["AWS_BATCH_JOB_ARRAY_INDEX": "0", "AWS_BATCH_JOB_ARRAY_SIZE": "3"]
    #expect(try await lab.batch(environment: aws).exitCode == 0)
    #expect(try lab.trials().count == 5)
    for wrong in [["SLURM_ARRAY_TASK_MIN": "2"], ["SLURM_ARRAY_TASK_ID": "\(Int.min)"]] {
      let ended = try await lab.batch(environment: slurm.merging(wrong) { $1 })
      #expect(ended.exitCode == 2, "\(ended)")
      #expect(ended.errors.contains("--shard I/N"), "\(ended)")
    }
    let absurd = ["AWS_BATCH_JOB_ARRAY_INDEX": "\(Int.max)", "AWS_BATCH_JOB_ARRAY_SIZE": "3"]
    #expect(try await lab.batch(environment: absurd).exitCode == 2)
    #expect(try await lab.batch("--shard", "3/3", environment: slurm).exitCode == 0)
    #expect(try lab.trials().count == 7)
  }

  @Test(arguments: [
    ("plan.json", #"{"name": "x", "base": BASE, "repeats": 2}"#),
    ("plan.json5", "// twice\n{name: 'x', base: BASE, repeats: 2,}"),
    ("plan", "{name: 'x', base: BASE, repeats: 2, /* no ending */}"),
  ])
  func aPlanMayBeJSONOrJSON5(name: String, text: String) async throws {
    let base = #"{"endpoint": "builtin:", "model": "eliza", "max_turns": 2}"#
    try lab.directory.write(text.replacing("BASE", with: base), to: name)
    let ended = try await ResonantBinary.run(["batch", name], in: lab.directory)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try lab.trials().count == 2)
  }

  @Test func aClosedOutputDoesNotEndABatch() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(base(server) + "repeats: 20\n")
    let bash = await Program(
      "/bin/bash", ["-c", "'\(try ResonantBinary.executable())' batch plan.yaml 1>&-; echo status $?"],
      environment: ["PATH": ResonantBinary.path, "HOME": lab.directory.path], directory: lab.directory.path)
    let ended = try await bash.finish()
    #expect(ended.output == "status 0\n", "\(ended)")
    #expect(try lab.trials().values.count { $0.end?["reason"] == "max_turns" } == 20)
    #expect(try lab.summary().count == 20)
  }

  @Test func aTrialsFileIsClosedWhenItIsOver() async throws {
    try lab.plan("base: {endpoint: 'builtin:', model: echo, max_turns: 3}\nrepeats: 1000\n")
    let bash = await Program(
      "/bin/bash", ["-c", "ulimit -n 128; exec '\(try ResonantBinary.executable())' batch plan.yaml"],
      environment: ["PATH": ResonantBinary.path, "HOME": lab.directory.path], directory: lab.directory.path)
    let ended = try await bash.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try lab.summary().count { $0["reason"] == "max_turns" } == 1000)
  }

  @Test(arguments: [(1, false), (16, true)])
  func tooFewOpenFilesAreAnErrorWithAdviceThatHelps(
    concurrency: Int, mayBeLower: Bool
  ) async throws {
    try lab.plan(
      "base: {endpoint: 'http://127.0.0.1:9', model: m}\nrepeats: 100\nlimits: {concurrency: \(concurrency)}\n"
    )
    let bash = await Program(
      "/bin/bash", ["-c", "ulimit -n 50; exec '\(try ResonantBinary.executable())' batch plan.yaml"],
      environment: ["PATH": ResonantBinary.path, "HOME": lab.directory.path], directory: lab.directory.path)
    let ended = try await bash.finish()
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains("`ulimit -n`"), "\(ended)")
    #expect(ended.errors.contains("or lower the concurrency") == mayBeLower, "\(ended)")
    #expect(lab.directory.files == ["plan.yaml"])
  }

  @Test func shardsOfSeveralMachinesAreMergedByCopying() async throws {
    try lab.plan("base: {endpoint: 'builtin:', model: eliza, max_turns: 2}\nrepeats: 5\n")
    let machines = try [Laboratory(), Laboratory()]
    for (index, machine) in machines.enumerated() {
      try machine.plan("base: {endpoint: 'builtin:', model: eliza, max_turns: 2}\nrepeats: 5\n")
      #expect(try await machine.batch("--shard", "\(index + 1)/2").exitCode == 0)
      for name in machine.directory.files where name.hasPrefix("x/trials/") {
        try lab.directory.write(machine.directory.read(name), to: name)
      }
    }
    let copied = try lab.trials().mapValues(\.records)
    #expect(copied.count == 5)
    let ended = try await lab.batch()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try lab.trials().mapValues(\.records) == copied)
    #expect(try lab.summary().count == 5)
  }

  @Test func pagesAreWrittenForAllTrialsWithAnIndex() async throws {
    try lab.plan("base: {endpoint: 'builtin:', max_turns: 3}\nmatrix: {model: [eliza, parry]}\n")
    let ended = try await lab.batch("--html", environment: ["PATH": "/nowhere"])
    #expect(ended.exitCode == 0, "\(ended)")
    let pages = lab.directory.files.filter { $0.hasSuffix(".html") }
    #expect(pages.count == 3)
    let index = try lab.directory.read("x/index.html")
    for page in pages where page.hasPrefix("x/trials/") {
      #expect(index.contains("href=\"./\(page.dropFirst(2))\""))
      #expect(try lab.directory.read(page).contains("Hello!"))
    }
  }
}
