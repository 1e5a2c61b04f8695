// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// `resonant analyze --html` and the pages of a batch.
struct AnalyzePageTests {
  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  private func study(_ flags: String...) async throws -> FinishedProgram {
    try lab.plan(
      """
      base: {endpoint: "builtin:", max_turns: 8, opening: "Well, what shall we talk about on this long evening?"}
      matrix: {model: [eliza, echo]}
      repeats: 3
      seed: 5
      """)
    return try await ResonantBinary.run(["batch", "plan.yaml"] + flags, in: lab.directory, within: 180)
  }

  private func analyze(_ arguments: String...) async throws -> FinishedProgram {
    try await ResonantBinary.run(["analyze"] + arguments, in: lab.directory)
  }

  @Test func theReportStandsBesideTheResult() async throws {
    #expect(try await study("--html").exitCode == 0)
    let trial = try #require(lab.directory.files.first { $0.hasSuffix(".jsonl") && $0.contains("trials/") })
    try lab.directory.write(lab.directory.read(trial), to: "x/other/a b.jsonl")
    let plain = try await analyze("x")
    let ended = try await analyze("x", "--html", "x/report.html")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output == plain.output)
    #expect(ended.errors == "Report: x/report.html\n")
    let report = try lab.directory.read("x/report.html")
    let page = trial.dropFirst("x/".count).replacing(".jsonl", with: ".html")
    #expect(report.contains("href=\"./\(page)\""))
    #expect(!report.contains("a%20b.html"))
    #expect(report.contains("<p class=\"finding\">Of "))
    #expect(report.contains("word for word like an earlier one ("))
    // The earlier one is named by its file, as everything else is.
    #expect(
      plain.output.contains(#/x\/other\/a b\.jsonl +x\/trials\/|x\/trials\/.*  x\/other\/a b\.jsonl\n/#),
      "\(plain)")
    // The report is no transcript, and the next one replaces it.
    let again = try await analyze("x", "--html", "x/report.html", "--format", "tsv")
    #expect(again.exitCode == 0 && again.output.hasPrefix("id\t"), "\(again)")
    #expect(try lab.directory.read("x/report.html") == report)
  }

  @Test func withoutAFileForThePageAnExampleIsGiven() async throws {
    let ended = try await analyze("x", "--html")
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(
      ended.errors.hasPrefix(
        "resonant: missing value for '--html <file>', where the report goes, as in --html report.html\n"),
      "\(ended)")
  }

  @Test func listsForPeopleAreSortedByTheValuesOfNumbers() async throws {
    let opening = "Well, what shall we talk about on this long evening?"
    for name in ["0.5-r10", "0.5-r2", "10-r1", "0.25-r1"] {
      let held = try await ResonantBinary.run(
        [
          "--endpoint", "builtin:", "--model", "eliza", "--opening", "\(opening) \(name)", "--max-turns", "4",
          "--out", "t/\(name.prefix { $0 != "-" })", "--name", name, "--quiet", "--no-html",
        ], in: lab.directory)
      #expect(held.exitCode == 0, "\(held)")
    }
    let names = { (text: String) in
      text.matches(of: #/t/[0-9.]+/([-0-9.r]+)\.jsonl/#).map { String($0.output.1) }
    }
    let natural = ["0.25-r1", "0.5-r2", "0.5-r10", "10-r1"]
    let table = try await analyze("t", "--html", "report.html")
    #expect(table.exitCode == 0 && names(table.output) == natural, "\(table)")
    let conditions = table.output.split(separator: "\n").compactMap {
      $0.firstMatch(of: #/^ *(t/[0-9.]+) /#).map { String($0.output.1) }
    }
    #expect(Array(conditions.prefix(3)) == ["t/0.25", "t/0.5", "t/10"], "\(table)")
    #expect(Array(names(try lab.directory.read("report.html")).prefix(4)) == natural)
    let rows = try await analyze("t", "--format", "tsv")
    #expect(names(rows.output) == ["0.25-r1", "0.5-r10", "0.5-r2", "10-r1"], "\(rows)")
  }

  @Test func aShortConversationHasTheSameLabelOnItsPage() async throws {
    let opening = "Well, what shall we talk about on this long evening?"
    let held = try await ResonantBinary.run(
      [
        "--endpoint", "builtin:", "--model", "echo", "--opening", opening, "--max-turns", "4", "--name", "c",
        "--quiet",
      ], in: lab.directory)
    #expect(held.exitCode == 0, "\(held)")
    let ended = try await analyze("c.jsonl")
    #expect(ended.output.contains(" verbatim "), "\(ended)")
    #expect(
      try lab.directory.read("c.html").contains(
        "Label: same texts (verbatim loop), period 1, from turn 1 on; so few turns tell little</p>"))
  }

  /// Nothing is concluded from what has failed, however short and alike its beginnings are.
  @Test func trialsThatAllFailedTellNothing() async throws {
    try lab.plan(
      """
      base: {endpoint: "http://127.0.0.1:9/v1", model: m, retries: 0, max_turns: 8}
      repeats: 3
      """)
    let ended = try await ResonantBinary.run(
      ["batch", "plan.yaml", "--html"], in: lab.directory, within: 180)
    let headline = "All 3 conversations failed. What they become cannot be told."
    #expect(ended.exitCode == 1 && ended.errors.contains(headline + "\n"), "\(ended)")
    let told = try await analyze("x", "--html", "report.html")
    #expect(told.output.hasPrefix("3 conversations in 1 condition; all failed\n\(headline)\n"), "\(told)")
    #expect(told.output.contains("\nNobody has answered in any of them"), "\(told)")
    for page in ["x/index.html", "report.html"] {
      let page = try lab.directory.read(page)
      #expect(page.contains("<p class=\"finding\">\(headline)</p>"))
      #expect(!page.contains("class=\"bar\"") && !page.contains("converged</summary>"))
    }
    // Programs get the same numbers as ever.
    let json = try DecodedJSON.parse(try await analyze("x", "--format", "json").stdout)
    #expect(json["conditions"]?.array?.first?["converged"]?["rate"] == 1)
  }

  @Test func ofABatchOnlyFinishedTrialsCountAndOfItsFilesAll() async throws {
    let server = try await ScriptedServer { request in
      request.json["model"] == "bad"
        ? .error(400, "no") : .openAI(.text("answer \(UUID()) of \(UUID()), and \(UUID())"))
    }
    try lab.plan(
      """
      base: {endpoint: "\(server.url("/v1"))", retries: 0, max_turns: 8}
      matrix: {model: [good, bad]}
      repeats: 2
      """)
    let ended = try await ResonantBinary.run(
      ["batch", "plan.yaml", "--html"], in: lab.directory, within: 180)
    #expect(ended.errors.contains("None of 2 conversations converged.\n"), "\(ended)")
    #expect(ended.errors.contains("\n2 failed, and do not count.\n"), "\(ended)")
    // Of a chat that somebody has ended, that is the end; a trial goes on.
    for (name, file) in lab.directory.files.filter({ $0.contains("trials/good") && $0.hasSuffix(".jsonl") })
      .enumerated()
    {
      var lines = try lab.directory.read(file).split(separator: "\n").map(String.init)
      let end = lines.removeLast()
      try lab.directory.write(
        (lines + (name == 0 ? [] : [end.replacing("max_turns", with: "interrupted")]))
          .map { $0 + "\n" }.joined(), to: file)
    }
    let told = try await analyze("x")
    #expect(
      told.output.hasPrefix("4 conversations in 2 conditions; 2 failed and 2 are not over\n"), "\(told)")
  }

  @Test func aTranscriptIsNeverReplacedByAReport() async throws {
    #expect(try await study().exitCode == 0)
    let trial = try #require(lab.directory.files.first { $0.contains("trials/") })
    let before = try lab.directory.read(trial)
    try FileManager.default.createSymbolicLink(
      atPath: lab.directory.path("link.html"), withDestinationPath: trial)
    for file in [trial, "link.html"] {
      let ended = try await analyze("x", "--html", file)
      #expect(ended.exitCode == 2, "\(ended)")
      #expect(ended.errors.contains("--html: \(file) is a transcript and is not overwritten"), "\(ended)")
      #expect(ended.output == "")
    }
    // Such a file is a transcript to the reader, though not one that this program wrote.
    try lab.directory.write("\n" + before, to: "mine.txt")
    let ended = try await analyze("mine.txt", "--html", "./mine.txt")
    #expect(ended.exitCode == 2 && ended.errors.contains("is a transcript"), "\(ended)")
    #expect(try lab.directory.read(trial) == before)
    #expect(try lab.directory.read("mine.txt") == "\n" + before)
  }

  @Test func aReportThatCannotBeWrittenIsOneLineAfterTheResult() async throws {
    #expect(try await study().exitCode == 0)
    for file in ["missing/r.html", "x"] {
      let ended = try await analyze("x", "--html", file)
      #expect(ended.exitCode == 1, "\(ended)")
      #expect(ended.output.contains("converge"), "\(ended)")
      #expect(ended.errors.split(separator: "\n").count == 1, "\(ended)")
      #expect(ended.errors.hasPrefix("resonant: \(file) can't be written: "), "\(ended)")
    }
  }

  @Test func aBatchWithPagesEndsWithWhatBecameOfItsTrials() async throws {
    let ended = try await study("--html")
    #expect(ended.exitCode == 0, "\(ended)")
    let index = try lab.directory.read("x/index.html")
    let headline = try #require(index.firstMatch(of: /<p class="finding">(.*?)<\/p>/)).1
      .replacing("\u{A0}", with: " ")
    #expect(ended.errors.contains(headline + "\n"), "\(ended)")
    #expect(ended.output.contains("Pages: x/index.html\n"), "\(ended)")
    #expect(index.ranges(of: "<span class=\"strip\">").count == 6)
    #expect(index.ranges(of: "<span class=\"tag ").count == 6)
    let counts = try await analyze("x", "--format", "json")
    let json = try DecodedJSON.parse(counts.stdout)
    let size = json["conditions"]?.array?.compactMap { $0["conversations"]?.int }.reduce(0, +)
    #expect(headline.contains(" \(size ?? -1) different conversations"), "\(headline)")
    let again = try await ResonantBinary.run(["batch", "plan.yaml"], in: lab.directory)
    #expect(!again.errors.contains("converged"), "\(again)")
  }
}
