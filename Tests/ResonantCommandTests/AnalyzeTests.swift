// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// `resonant analyze` over transcripts that were written for the purpose, and over those of a batch.
struct AnalyzeTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func analyze(_ arguments: String...) async throws -> FinishedProgram {
    try await ResonantBinary.run(["analyze"] + arguments, in: directory)
  }

  /// A transcript with these texts.
  private func write(
    _ texts: [String], to name: String, header: JSONObject = [:], end reason: String? = "max_turns"
  ) throws {
    var members: JSONObject = [
      "type": "header", "format": "resonant.transcript", "version": 1, "id": .string("of " + name),
      "participants": [["name": "A", "model": "m"], ["name": "B", "model": "m"]],
    ]
    members.merge(header) { $1 }
    let turns = texts.enumerated().map { number, text in
      JSONValue.object(["type": "turn", "n": .int(number + 1), "speaker": "A", "text": .string(text)])
    }
    let end = reason.map { JSONValue.object(["type": "end", "reason": .string($0)]) }
    let lines = ([.object(members)] + turns + [end].compactMap(\.self)).map { $0.jsonText + "\n" }
    try directory.write(lines.joined(), to: name)
  }

  /// The rows of a table for programs, by path.
  private func rows(_ text: String) throws -> [String: [String: String]] {
    let lines = text.split(separator: "\n").map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    let columns = try #require(lines.first)
    let rows = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(columns, $0)) }
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["path"] ?? "", $0) })
  }

  private func sentence(_ number: Int) -> String {
    let words = ["harbour", "violet", "engine", "marble", "thistle", "copper", "lantern", "quarry"]
    return (0..<12).map { words[($0 * (number + 3) + number) % 8] + "\(number * 17 + $0)" }.joined(
      separator: " ")
  }

  /// The numbers of the JSON form, as tables.
  @Test func everythingIsInTables() async throws {
    try write((0..<8).map(sentence), to: "runs/one/a.jsonl")
    try write((0..<3).map(sentence) + ["a", "b\t", "a", "b\t", "", "b\t"], to: "runs/two/b.jsonl")
    let json = try DecodedJSON.parse(try await analyze("runs", "--format", "json").stdout)
    let ended = try await analyze("runs", "--format", "tsv", "--tables", "tables")
    #expect(ended.exitCode == 0 && ended.errors.isEmpty, "\(ended)")
    #expect(try directory.read("tables/conversations.tsv") == ended.output)
    let table = { (name: String) in
      try directory.read("tables/\(name).tsv").split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      }
    }
    let column = { (name: String, column: String) in
      let table = try table(name)
      let place = try #require(table.first?.firstIndex(of: column))
      return table.dropFirst().map { Double($0[place]) }
    }
    let conditions = json["conditions"]?.array ?? []
    #expect(conditions.count == 2)
    for key in ["rate", "low", "high"] {
      let expected = conditions.map { $0["converged"]?[key]?.double }
      #expect(try column("conditions", "converged_\(key)") == expected)
    }
    let conversations = json["conversations"]?.array ?? []
    for key in ["letters", "novelty", "zlib_novelty", "similarity"] {
      let expected = conversations.flatMap { $0[key]?.array?.map(\.double) ?? [] }
      #expect(try column("turns", key) == expected)
    }
    #expect(try column("differences", "difference") == [-1])
    #expect(try column("words", "mean").count == 33)
    #expect(try table("thresholds").count == 11)
    // Of one condition there is no difference, and the old ones do not stay.
    #expect(try await analyze("runs/one", "--tables", "tables").exitCode == 0)
    #expect(try directory.read("tables/differences.tsv") == "a\tb\tdifference\tlow\thigh\n")
    let refused = try await analyze("runs", "--tables", "runs/one/a.jsonl")
    #expect(refused.exitCode == 2 && refused.errors.contains("--tables: "), "\(refused)")
  }

  @Test func directoriesAreSearchedAndOtherFilesAreSkipped() async throws {
    try write((0..<8).map(sentence), to: "runs/deep/a.jsonl")
    try write((0..<3).map(sentence) + ["a", "b", "c", "d", "e", "f"], to: "runs/b.txt")
    try directory.write("{\"messages\": []}\n", to: "runs/c.jsonl")
    try directory.write("<html>", to: "runs/d.html")
    try directory.write(#"{"type":"header","format":"reso"#, to: "runs/e.jsonl")
    let ended = try await analyze("runs/", "--format", "tsv")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors == "")
    let rows = try rows(ended.output)
    #expect(rows.keys.sorted() == ["runs/b.txt", "runs/deep/a.jsonl"])
    #expect(rows["runs/deep/a.jsonl"]?["label"] == "sustained")
    #expect(rows["runs/deep/a.jsonl"]?["condition"] == "runs/deep")
    #expect(rows["runs/b.txt"]?["label"] == "minimal")
    #expect(rows["runs/b.txt"]?["onset"] == "4")
    #expect(rows["runs/b.txt"]?["model"] == "m")
    #expect(rows["runs/b.txt"]?["id"] == "of runs/b.txt")
    let twice = try await analyze("runs", "runs/b.txt", "runs/deep", "--format", "tsv")
    #expect(twice.output == ended.output)
  }

  @Test func aPathThatIsNoneIsRefused() async throws {
    try directory.write("no transcript", to: "other.txt")
    try directory.write("{}", to: "empty/plan.json")
    for (path, message) in [
      ("missing", "missing: no such file"), ("other.txt", "other.txt: this is no transcript"),
      ("empty", "there is no transcript in empty"),
    ] {
      let ended = try await analyze(path)
      #expect(ended.exitCode == 2, "\(ended)")
      #expect(ended.errors.contains(message), "\(ended)")
      #expect(ended.output == "")
    }
  }

  @Test func aDamagedTranscriptInADirectoryIsTold() async throws {
    try write(["a"], to: "runs/a.jsonl")
    try directory.write(directory.read("runs/a.jsonl") + "oops\n{}\n", to: "runs/b.jsonl")
    try directory.write(directory.read("runs/a.jsonl") + #"{"type":"turn","n":2"#, to: "runs/c.jsonl")
    let ended = try await analyze("runs", "--format", "tsv")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors.contains("runs/b.jsonl, line 4: no JSON"), "\(ended)")
    #expect(ended.errors.contains("runs/c.jsonl, line 4: the last line is torn"), "\(ended)")
    #expect(try rows(ended.output).keys.sorted() == ["runs/a.jsonl", "runs/c.jsonl"])
    let named = try await analyze("runs/b.jsonl")
    #expect(named.exitCode == 2, "\(named)")
  }

  @Test(
    arguments: [
      (
        ["--threshold", "minimal=3"], "--threshold: there is no threshold minimal; there are minimal_letters"
      ),
      (["--threshold", "onset_share=7"], "--threshold: onset_share is a share"),
      (["--words", "two words"], "--words: 'two words' is not one word"),
      (["--words", "@missing"], "--words: there is no file missing"),
      (["--by", "model,"], "--by: needs names"), (["--by", "colour"], "--by: no conversation has colour"),
    ])
  func mistakesAreNamed(flags: [String], message: String) async throws {
    try write(["a"], to: "a.jsonl")
    let ended = try await ResonantBinary.run(["analyze", "a.jsonl"] + flags, in: directory)
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains(message), "\(ended)")
  }

  @Test func reasoningCanBeLeftOut() async throws {
    let texts = [
      "</think>a", "<THINK>\(sentence(1))</Think> b", "c <thinking> \(sentence(2))", "so</thinking> d",
    ]
    try write(texts, to: "a.jsonl")
    #expect(try rows(await analyze("a.jsonl", "--format", "tsv").output)["a.jsonl"]?["label"] == "sustained")
    let ended = try await analyze("a.jsonl", "--format", "json", "--strip-thinking")
    let conversation = try DecodedJSON.parse(ended.stdout)["conversations"]?.array?.first
    #expect(conversation?["label"] == "minimal")
    #expect(conversation?["letters"] == [1, 1, 1, 1])
  }

  @Test func thresholdsAndWordsAreThoseGiven() async throws {
    try write(["Harbour, harbour; don’t", "two", "three"], to: "a.jsonl")
    try directory.write("harbour\n\nDon't\n", to: "words.txt")
    let ended = try await analyze(
      "a.jsonl", "--format", "json", "--words", "@words.txt", "--threshold", "minimal_letters=4")
    let json = try DecodedJSON.parse(ended.stdout)
    #expect(json["thresholds"]?["minimal_letters"] == 4)
    #expect(json["conversations"]?.array?.first?["label"] == "sustained")
    #expect(json["words"]?.array?.prefix(2).map { $0["word"] } == ["harbour", "don't"])
    #expect(json["words"]?.array?.prefix(2).map { $0["max"] } == [2, 1])
  }

  @Test func conditionsFollowTheKeys() async throws {
    let payload: JSONValue = [["name": "A", "model": "x", "payload": ["temperature": 0.5]]]
    try write(["a"], to: "one.jsonl", header: ["participants": payload, "settings": ["max_turns": 3]])
    try write(
      ["b"], to: "two.jsonl",
      header: ["trial": ["experiment": "e", "repeat": 2, "condition": ["model": "y", "max_turns": 4]]])
    let ended = try await analyze(".", "--format", "tsv")
    #expect(
      try rows(ended.output).mapValues { $0["condition"] } == [
        "./one.jsonl": ".", "./two.jsonl": "model=y,max_turns=4",
      ])
    for (keys, conditions) in [
      "model": ["model=x", "model=y"], "max_turns,model": ["max_turns=3,model=x", "max_turns=4,model=y"],
      "payload.temperature": ["payload.temperature=0.5", "payload.temperature="],
      "repeat": ["repeat=", "repeat=2"],
    ] {
      let ended = try await analyze("one.jsonl", "two.jsonl", "--by", keys, "--format", "tsv")
      let found = try rows(ended.output)
      #expect([found["one.jsonl"]?["condition"], found["two.jsonl"]?["condition"]] == conditions, "\(ended)")
    }
  }

  @Test func aStudyIsSummarisedOnOneScreen() async throws {
    let laboratory = try Laboratory()
    try laboratory.plan(
      """
      base: {endpoint: "builtin:", max_turns: 12}
      matrix: {model: [eliza, echo], opening: ["Hello there, how are you?", "Tell me, what is on your mind today?"]}
      repeats: 3
      seed: 5
      """)
    let batch = try await laboratory.batch()
    #expect(batch.exitCode == 0, "\(batch)")
    let table = try await ResonantBinary.run(["analyze", "x"], in: laboratory.directory)
    #expect(table.exitCode == 0, "\(table)")
    #expect(table.output.contains("verbatim"))
    #expect(table.output.contains("word for word like an earlier one"))
    #expect(table.output.contains("minimal_letters=40"))
    let lines = table.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 100 }, "\(table)")
    let tsv = try await ResonantBinary.run(["analyze", "x", "--format", "tsv"], in: laboratory.directory)
    #expect(try rows(tsv.output).count == 12)
    #expect(
      try rows(tsv.output).values.contains {
        $0["condition"] == "model=echo,opening=\"Tell me, what is on your mind today?\""
      })
    let again = try await ResonantBinary.run(
      ["analyze", "x/trials", "--format", "json"], in: laboratory.directory)
    let json = try DecodedJSON.parse(again.stdout)
    #expect(json["conditions"]?.array?.count == 4)
    #expect(json["differences"]?.array?.count == 6)
  }

  /// A transcript is never replaced, whoever wrote it last, nor is what was read.
  @Test(arguments: [
    ["--html", "runs/a.jsonl"], ["--html", "other.jsonl"], ["--tables", "runs"],
    ["--html", "tables/turns.tsv"],
    ["--html", ""], ["--tables", ""],
  ])
  func resultsReplaceNothing(flags: [String]) async throws {
    try write((0..<3).map(sentence), to: "runs/a.jsonl")
    try write((0..<3).map(sentence), to: "runs/turns.tsv")
    try write((0..<3).map(sentence), to: "other.jsonl")
    let before = try ["runs/a.jsonl", "runs/turns.tsv", "other.jsonl"].map(directory.read)
    let spaced = try directory.read("other.jsonl").replacing(":", with: " : ")
    try directory.write(spaced, to: "other.jsonl")
    let ended = try await ResonantBinary.run(
      ["analyze", "runs/a.jsonl", "runs/turns.tsv", "--tables", "tables"] + flags, in: directory)
    #expect(ended.exitCode == 2 && ended.output.isEmpty, "\(ended)")
    #expect(ended.errors.contains("\(flags[0]): "), "\(ended)")
    let after = try ["runs/a.jsonl", "runs/turns.tsv", "other.jsonl"].map(directory.read)
    #expect(after == Array(before.prefix(2)) + [spaced])
  }

  @Test(arguments: [
    ("minimal_letters=1e19", "minimal_letters=1e+19"), ("hold_share=1/2", "hold_share=0.5"),
    ("onset_share=0.75", "hold_share=2/3"),
  ])
  func anyThresholdIsPrinted(assignment: String, printed: String) async throws {
    try write((0..<3).map(sentence), to: "a.jsonl")
    let ended = try await analyze("a.jsonl", "--threshold", assignment, "--html", "report.html")
    #expect(ended.exitCode == 0 && ended.output.contains(printed), "\(ended)")
  }

  /// A full disk is no reader that has gone away.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func aFullDiskIsAFailure() async throws {
    try write((0..<3).map(sentence), to: "a.jsonl")
    for command in ["analyze a.jsonl", "export a.jsonl --to text"] {
      let ended = try await Program(
        "/bin/sh", ["-c", "'\(try ResonantBinary.executable())' \(command) > /dev/full"], environment: [:],
        directory: directory.path
      ).finish(within: 60)
      #expect(ended.exitCode == 1 && ended.errors.contains("No space left on device"), "\(ended)")
    }
  }

  /// An interrupted trial goes on by the same command; a chat is over when somebody ends it.
  @Test(
    arguments: [
      ("max_turns", false, nil), ("interrupted", false, nil), ("quit", false, nil),
      (nil, false, nil), ("interrupted", true, "it is not over"), (nil, true, "it is not over"),
      ("error", false, "it failed"),
    ] as [(String?, Bool, String?)])
  func theEndTellsWhetherAConversationIsOver(reason: String?, isTrial: Bool, told: String?) async throws {
    let trial: JSONObject = ["trial": ["experiment": "e", "condition": ["x": 1], "repeat": 1]]
    try write((0..<8).map(sentence), to: "a.jsonl", header: isTrial ? trial : [:], end: reason)
    let output = try await analyze("a.jsonl").output
    #expect(
      output.hasPrefix("1 conversation in 1 condition\(told.map { "; " + $0 } ?? "")\n"), "\(output)")
    #expect(output.contains("cannot be told") == (told != nil), "\(output)")
    #expect(output.contains("\nso far: 0 % converge\n") == (told != nil), "\(output)")
  }

  @Test func fewConversationsAreNoSureResult() async throws {
    try write((0..<3).map(sentence), to: "runs/a.jsonl")
    let ended = try await analyze("runs")
    #expect(ended.output.contains("\n0 % converge\n"), "\(ended)")
    #expect(ended.output.contains("fewer than 10 conversations are too narrow"), "\(ended)")
  }
}
