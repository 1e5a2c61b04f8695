// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import ResonantCore

struct RunDirectoryTests {
  private let temporary: TemporaryDirectory
  private let directory: RunDirectory
  private let trial = Trial(condition: Condition(["opening": "Hi"]), repeat: 2)

  init() throws {
    temporary = try TemporaryDirectory()
    directory = RunDirectory(in: temporary.path, name: "bliss")
    try directory.make()
  }

  private func transcript(turns: Int, end: StopReason?, error: String? = nil) -> Transcript {
    var header = Transcript.Header(
      id: "abc", created: Date(timeIntervalSince1970: 0), program: "resonant", seed: 5,
      participants: [.init(name: "Ada", model: "m", endpoint: "builtin:", api: "openai")],
      settings: ["max_turns": 3])
    header.trial = Transcript.Trial(experiment: "bliss", condition: trial.condition.values, repeat: 2)
    let preamble = Transcript.Preamble(
      owner: "Ada", index: 1, role: .user, content: String(repeating: "x", count: 50_000))
    var transcript = Transcript(header: header, preambles: [preamble])
    for number in 1...max(1, turns) where turns > 0 {
      var turn = Turn(
        number: number, speaker: "Ada", model: "m", text: String(repeating: "ä", count: 20_000),
        outcome: number == 1 ? .opening : .finished, started: Date(timeIntervalSince1970: 0), milliseconds: 7)
      turn.usage = Usage(promptTokens: 2, completionTokens: 3)
      transcript.turns.append(turn)
    }
    if let end {
      transcript.end = Transcript.End(
        reason: end, turns: turns, characters: turns * 20_000,
        usage: Usage(promptTokens: 2 * turns, completionTokens: 3 * turns), milliseconds: 1234, error: error)
    }
    return transcript
  }

  private func write(_ transcript: Transcript, torn: String = "") throws {
    let bytes = transcript.records.flatMap(\.line) + Array(torn.utf8)
    try temporary.write(String(decoding: bytes, as: UTF8.self), to: "bliss/trials/\(trial.id).jsonl")
  }

  private func file() throws -> TrialFile { try #require(try directory.file(of: trial.id)) }

  @Test func aTranscriptWithAnEndIsDoneWithWhatTheEndSays() throws {
    try write(transcript(turns: 3, end: .maxTurns))
    let file = try file()
    #expect(file.report.state == .done)
    #expect(file.report.reason == .maxTurns)
    #expect(file.report.condition == ["opening": "Hi"])
    #expect(file.report.repeat == 2)
    #expect(file.report.turns == 3)
    #expect(file.report.characters == 60_000)
    #expect(file.report.usage == Usage(promptTokens: 6, completionTokens: 9))
    #expect(file.report.milliseconds == 1234)
    #expect(file.head.header.settings == ["max_turns": 3])
    #expect(file.head.preambles.count == 1)
    #expect(file.hasReplies)
  }

  @Test func anErrorIsAFailureAnInterruptionIsToGoOn() throws {
    try write(transcript(turns: 1, end: .error, error: "Ada: no"))
    #expect(try file().report.state == .failed)
    #expect(try file().report.error == "Ada: no")
    #expect(try !file().hasReplies)
    try write(transcript(turns: 2, end: .interrupted))
    #expect(try file().report.state == .unfinished)
    #expect(try file().report.turns == 2)
    #expect(try file().hasReplies)
  }

  @Test(arguments: ["", "{\"type\":\"turn\",\"n\":3,", "{\"type\":\"end\",\"reason\":\"max_tu"])
  func whatHasNoEndGoesOnAfterItsLastWholeTurn(torn: String) throws {
    try write(transcript(turns: 2, end: nil), torn: torn)
    let report = try file().report
    #expect(report.state == .unfinished)
    #expect(report.reason == nil)
    #expect(report.turns == 2)
    #expect(report.characters == 40_000)
    #expect(report.usage == Usage(promptTokens: 4, completionTokens: 6))
  }

  @Test func filesInWhichNothingHasBegunCountAsNothing() throws {
    try temporary.write("", to: "bliss/trials/\(trial.id).jsonl")
    try temporary.write("{\"type\":\"header\",\"form", to: "bliss/trials/a.jsonl")
    try temporary.write("{}", to: "bliss/trials/c.html")
    #expect(directory.reports().isEmpty)
    #expect(RunDirectory(in: temporary.path, name: "none").reports().isEmpty)
  }

  @Test func whatCantBeReadHasFailedAndSaysWhy() throws {
    try temporary.write("hello\n", to: "bliss/trials/b.jsonl")
    try temporary.write("", to: "bliss/trials/d.jsonl/a")
    #expect(mkfifo(temporary.path("bliss/trials/e.jsonl"), 0o600) == 0)
    let reports = directory.reports()
    #expect(reports.values.map(\.state) == [.failed, .failed, .failed])
    #expect(reports["e"]?.error?.contains("e.jsonl is no file; mend or delete") == true)
    #expect(reports["b"]?.error?.contains("b.jsonl") == true)
    #expect(reports["d"]?.error?.contains("d.jsonl") == true)
  }

  @Test func aTranscriptBeginsWithItsHeaderBlankLinesAside() throws {
    let file = String(decoding: transcript(turns: 2, end: .maxTurns).file, as: UTF8.self)
    let rest = try #require(file.firstIndex(of: "\n"))
    try temporary.write("\n" + file, to: "bliss/trials/a.jsonl")
    try temporary.write(String(file[file.index(after: rest)...]), to: "bliss/trials/b.jsonl")
    let reports = directory.reports()
    #expect(reports.values.map(\.state) == [.done, .failed])
    #expect(reports["b"]?.isDamaged == true)
    #expect(reports["b"]?.error?.contains("does not begin with a resonant.transcript header") == true)
  }

  @Test(arguments: [StopReason.interrupted, .error])
  func aTurnThatWasCutCountsForNothingButItsTokens(reason: StopReason) throws {
    var cut = transcript(turns: 2, end: reason, error: "Ada: no")
    cut.turns[1].outcome = .incomplete
    try write(cut)
    let file = try file()
    #expect(file.report.turns == 1)
    #expect(file.report.characters == 20_000)
    #expect(file.report.usage == Usage(promptTokens: 4, completionTokens: 6))
    #expect(file.report.milliseconds == 7)
    #expect(!file.hasReplies)
  }

  @Test(arguments: ["1e300", "-1e300", "1e400", "-5", "\"5\""])
  func aDelayThatCantBeCountsForNothing(delay: String) throws {
    var broken = transcript(turns: 2, end: .interrupted)
    broken.header.settings["delay"] = try JSONValue.parse(Array(delay.utf8))
    try write(broken)
    #expect(try file().report.milliseconds == 14)
  }

  @Test func sumsOfWhatCantBeTrueStayWithinWhatARecordMaySay() throws {
    var broken = transcript(turns: 3, end: nil)
    broken.header.settings["delay"] = 1e9
    for index in 0..<3 {
      broken.turns[index].milliseconds = 1 << 40
      broken.turns[index].usage = Usage(promptTokens: 1 << 40, completionTokens: 1 << 40)
    }
    try write(broken)
    let report = try file().report
    #expect(report.milliseconds == 1 << 40)
    #expect(report.usage.total == 1 << 41)
  }

  @Test func anEndThatCantBeTrueIsAFailureAlsoWhereNothingElseIsRead() throws {
    var broken = transcript(turns: 3, end: .maxTurns)
    broken.end?.milliseconds = -5
    try write(broken)
    #expect(directory.reports()[trial.id]?.error?.contains("ms can't be -5") == true)
  }

  @Test func blankLinesAtTheEndChangeNothing() throws {
    try write(transcript(turns: 3, end: .maxTurns), torn: "\n \n")
    #expect(try file().report.state == .done)
  }

  @Test func aFinishedTranscriptIsReadAgainOnlyWhenItHasChanged() throws {
    try write(transcript(turns: 3, end: .maxTurns))
    let reports = TrialReports(directory)
    var read: [String] = []
    for _ in 1...2 {
      let known = try reports.look { (file: TrialFile) throws(ConfigurationError) in
        read.append(file.report.id)
      }
      #expect(known[trial.id]?.turns == 3)
    }
    #expect(read == [trial.id])
    try write(transcript(turns: 2, end: .loop))
    #expect(reports.look()[trial.id]?.turns == 2)
  }

  @Test func aTrialThatSomebodyWorksOnIsRunning() async throws {
    try write(transcript(turns: 2, end: nil))
    var writer: RecordWriter? = try await RecordWriter.resume(
      directory.transcript(of: trial), store: RecordStore()
    ).writer
    #expect(writer != nil)
    #expect(try file().report.state == .running)
    try await writer?.close()
    writer = nil
    #expect(try file().report.state == .unfinished)
  }

  @Test func thePlanIsKeptWithItsKeysInAFixedOrder() throws {
    var experiment = Experiment(
      name: "bliss", base: ["model": "m"], conditions: [trial.condition], repeats: 3, seed: 7)
    experiment.limits.endpoints = ["ollama": 4]
    try directory.keep(experiment)
    #expect(
      try temporary.read("bliss/plan.json") == """
        {"format":"resonant.plan","version":1,"name":"bliss","base":{"model":"m"},"conditions":[{"opening":"Hi"}],\
        "repeats":3,"seed":7,"limits":{"concurrency":16,"endpoints":{"ollama":4},"requests_per_minute":{},\
        "budget_tokens":null}}

        """)
    try directory.keep(experiment)
    #expect(temporary.files == ["bliss/plan.json"])
  }

  @Test func aSummaryIsReplacedAsAWhole() throws {
    try write(transcript(turns: 3, end: .loop))
    let experiment = Experiment(name: "bliss", conditions: [trial.condition], repeats: 2)
    for _ in 1...2 {
      try directory.write(Summary(Array(directory.reports().values), of: experiment))
      let summary = try temporary.read("bliss/summary.csv")
      #expect(summary.split(separator: "\r\n").last == "\(trial.id),Hi,2,loop,3,60000,6,9,1.234,")
    }
    #expect(
      temporary.files == ["bliss/summary.csv", "bliss/summary.jsonl", "bliss/trials/\(trial.id).jsonl"])
  }
}
