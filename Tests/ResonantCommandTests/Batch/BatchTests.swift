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

  @Test func `every condition is held as often as the plan says, once`() async throws {
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

  @Test func `repeats and values that are added keep what is done`() async throws {
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

  @Test func `an option that contradicts finished trials is an error that names it`() async throws {
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

  @Test func `a failed trial is recorded and counted, and tried again only when asked for`() async throws {
    let isRepaired = Watched(false)
    let server = try await ScriptedServer { request in
      request.spoken.first == "user: bad" && !isRepaired.value
        ? .error(400, "not today") : .openAI(.text("answer"))
    }
    try lab.plan(base(server) + "matrix: {opening: [good, bad]}\n")
    let ended = try await lab.batch()
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.output.contains("1 failed: Bob: "), "\(ended)")
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

  @Test func `no turn begins once the budget is used up`() async throws {
    let server = try await ScriptedServer.willing()
    try lab.plan(
      base(server, "max_turns: 9") + "repeats: 4\nlimits: {concurrency: 1, budget_tokens: 50}\n")
    let ended = try await lab.batch()
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("budget"))
    // 18 tokens an answer: the third brings it to 54.
    #expect(server.requests.count == 3)
    #expect(try await lab.batch().exitCode == 1)
    #expect(server.requests.count == 3)
  }

  @Test func `a dry run asks nobody and leaves nothing`() async throws {
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

  @Test func `shards do everything once between them`() async throws {
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

  @Test func `what is wrong is found before anything is sent`() async throws {
    let server = try await ScriptedServer.willing()
    let cases: [(plan: String, flags: [String], words: String)] = [
      (base(server) + "matrix: {max_trns: [1]}\n", [], "plan.yaml: matrix.max_trns[0] (line 3)"),
      (base(server) + "perturb: {at: onset}\n", [], "perturb"),
      (base(server) + "limits: {endpoints: {olama: 1}}\n", [], "limits.endpoints.olama"),
      ("base: {endpoint: 'builtin:', model: [eliza]}\n", [], "base.model"),
      ("base: {endpoint: 'builtin:'}\nmatrix: {model: [eliza, elisa]}\n", [], "elisa"),
      (base(server), ["--shard", "4/3"], "--shard"), (base(server), ["--shards", "3"], "--shards"),
      (base(server), ["--concurrency", "0"], "--concurrency"), (base(server), ["--emit", "cron"], "--emit"),
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

  @Test func `pages are written for all trials, with an index`() async throws {
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

  @Test func `the example plans run without any network`() async throws {
    let examples = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../../examples/plans"
    )
    .standardizedFileURL.path(percentEncoded: false)
    let plans = try FileManager.default.contentsOfDirectory(atPath: examples).filter { $0.hasSuffix(".yaml") }
    #expect(plans.count >= 5)
    for plan in plans {
      let ended = try await ResonantBinary.run(
        ["batch", "\(examples)/\(plan)", "--out", "runs"], in: lab.directory, within: 180)
      #expect(ended.exitCode == 0, "\(plan): \(ended)")
    }
  }
}
