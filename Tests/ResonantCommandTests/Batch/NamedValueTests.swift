// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// Plans whose values have names, as a user runs them.
struct NamedValueTests {
  private let lab: Laboratory
  private let freedom = "You have complete freedom to talk about whatever you like, for as long as you like."

  init() throws { lab = try Laboratory() }

  private func plan(freedom: String, others: String = "") throws {
    try lab.plan(
      """
      base: {endpoint: 'builtin:', max_turns: 3}
      matrix:
        opening: {hello: "Hello!", freedom: "\(freedom)"\(others)}
        pair:
          one: {alice_model: eliza, bob_model: parry}
          two: {alice_model: parry, bob_model: eliza}
      include: {late: {model: echo, max_turns: 5}}
      exclude: [{pair: two, opening: hello}]

      """)
  }

  @Test func everyResultHasTheNamesAndTranscriptsHaveTheValues() async throws {
    try plan(freedom: freedom)
    let names = [
      "opening=hello,pair=one", "opening=freedom,pair=one", "opening=freedom,pair=two", "include=late",
    ]
    let forecast = try await lab.batch("--dry-run")
    #expect(
      forecast.output.hasPrefix("conditions  4\n" + names.map { "  1 to do  \($0)\n" }.joined()),
      "\(forecast)")
    #expect(try await lab.batch("--html").exitCode == 0)
    #expect(
      try lab.summary().map { [$0["opening"], $0["pair"], $0["include"]] }
        == [
          ["hello", "one", .null], ["freedom", "one", .null], ["freedom", "two", .null],
          [.null, .null, "late"],
        ].map { $0 as [JSONValue?] })
    let trials = try lab.trials()
    let trial = try #require(trials.first { $0.key.hasPrefix("x/trials/freedom-two-r1-") }?.value)
    #expect(trial.header?["trial"]?["condition"] == ["opening": "freedom", "pair": "two"])
    #expect(trial.header?["settings"]?["opening"] == .string(freedom))
    #expect(trial.header?["participants"]?.array?.first?["model"] == "parry")
    let plan = try DecodedJSON.parse(lab.directory.read("x/plan.json"))
    #expect(plan["names"]?["opening"]?["freedom"] == .string(freedom))
    #expect(plan["names"]?["include"]?["late"]?["max_turns"] == 5)
    let status = try await lab.batch("--status").output
    for name in names { #expect(status.contains("0       0       0  \(name)\n"), "\(status)") }
    let index = try lab.directory.read("x/index.html")
    #expect(index.contains("<bdi>opening=freedom</bdi>") || index.contains("opening=freedom,<wbr/>pair=two"))
    for (keys, name) in [
      ("opening", "opening=freedom"), ("pair", "pair=two"), ("alice_model", "alice_model=parry"),
    ] {
      let table = try await ResonantBinary.run(["analyze", "x", "--by", keys], in: lab.directory)
      #expect(table.output.contains("\n\(name) "), "\(table)")
    }
  }

  @Test func namesMayBeAddedRemovedAndReorderedButNotChanged() async throws {
    try plan(freedom: freedom)
    #expect(try await lab.batch().exitCode == 0)
    let before = try lab.trials().keys.sorted()
    try plan(freedom: freedom, others: ", third: 'A third.'")
    let added = try await lab.batch()
    #expect(added.exitCode == 0, "\(added)")
    #expect(try lab.trials().count == before.count + 2)
    #expect(Set(try lab.trials().keys).isSuperset(of: before))
    try plan(freedom: "You have no freedom at all.")
    let changed = try await lab.batch()
    #expect(changed.exitCode == 2, "\(changed)")
    #expect(
      changed.errors.contains(
        "was made by this plan when opening was \"You have complete freedom to talk about whatever you like, …\" and is now \"You have no freedom at all.\"; put it back, choose another name for what opening=freedom stands for"
      ), "\(changed)")
    #expect(changed.errors.contains(" stands for, or give the plan another name or --out"), "\(changed)")
    try plan(freedom: freedom)
    #expect(try await lab.batch().exitCode == 0)
  }

  @Test func aMistakeInNamesIsFoundBeforeAnythingIsSent() async throws {
    for (matrix, message) in [
      ("pair: {alice_model: eliza, bob_model: parry}", "matrix.pair (line 4): must have names with bundles"),
      ("opening: {'a,b': Hi}", "matrix.opening.a,b (line 4): is no name"),
      ("opening: {a: Hi, b: Hi}", "the conditions opening=a and opening=b have the same options"),
      ("headers: {a: {Key: s3cret}}", "matrix.headers.a (line 4): a value of headers may hold a secret"),
    ] {
      try lab.plan("base: {endpoint: 'builtin:', model: echo}\nmatrix:\n  \(matrix)\n")
      let ended = try await lab.batch("--dry-run")
      #expect(ended.exitCode == 2)
      #expect(ended.errors.contains(message), "\(ended)")
      #expect(!ended.errors.contains("s3cret"))
    }
  }

  @Test func longConditionsLookAlikeInForecastStatusAndReport() async throws {
    let long = "the same long beginning of two openings that only differ at their end and that is"
    try lab.plan(
      """
      base: {endpoint: 'builtin:', model: eliza, max_turns: 3}
      matrix: {opening: ["\(long) good", "\(long) bad"], payload.temperature: [0.5]}

      """)
    let short = "opening=the same long beginning…good,payload.temperature=0.5"
    #expect(try await lab.batch("--dry-run").output.contains("to do  \(short)\n"))
    #expect(try await lab.batch("--html").exitCode == 0)
    #expect(try await lab.batch("--status").output.contains("0  \(short)\n"))
    let table = try await ResonantBinary.run(["analyze", "x", "--html", "r.html"], in: lab.directory)
    #expect(table.output.contains("…good"), "\(table)")
    let page = try lab.directory.read("r.html")
    let whole = "opening=\(long) good,payload.temperature=0.5"
    #expect(page.contains("<td title=\"\(whole)\"><bdi>\(short.replacing(",", with: ",<wbr/>"))</bdi></td>"))
    #expect(try lab.directory.read("x/index.html").contains("\(short.replacing(",", with: ",<wbr/>"))</bdi>"))
    #expect(
      try lab.directory.read("x/index.html").contains(
        "<td title=\"\(long) good\"><bdi>the same long beginning of"))
    let json = try await ResonantBinary.run(["analyze", "x", "--format", "json"], in: lab.directory)
    #expect(
      try DecodedJSON.parse(json.output)["conditions"]?.array?.first?["condition"]
        == .string("opening=\(long) bad,payload.temperature=0.5"))
  }
}
