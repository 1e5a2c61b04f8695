// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

struct SummaryTests {
  private let experiment = Experiment(
    name: "x",
    conditions: [
      Condition(["opening": "Hello, \"you\"", "payload.temperature": 0.2]), Condition(["opening": "B"]),
    ])

  private func report(_ condition: Int, _ reason: StopReason) -> TrialReport {
    let trial = experiment.trials[condition]
    var report = TrialReport(
      id: trial.id, condition: trial.condition.values, repeat: 1, state: .done, turns: 4,
      usage: Usage(promptTokens: 10, completionTokens: 20))
    report.reason = reason
    report.characters = 99
    report.milliseconds = 1500
    return report
  }

  @Test func theTableHasThePlansOrderAndQuotesWhatNeedsIt() throws {
    var failed = report(0, .error)
    failed.error = "line 1\nline 2"
    let summary = Summary([report(1, .maxTurns), failed], of: experiment)
    let ids = experiment.trials.map(\.id)
    #expect(
      String(decoding: summary.csv, as: UTF8.self) == """
        trial,opening,payload.temperature,repeat,reason,turns,chars,prompt_tokens,completion_tokens,seconds,error\r
        \(ids[0]),"Hello, ""you""\",0.2,1,error,4,99,10,20,1.5,"line 1\nline 2"\r
        \(ids[1]),B,,1,max_turns,4,99,10,20,1.5,\r

        """)
  }

  @Test func eachLineOfTheJSONTableIsAnObjectWithTheSameColumns() throws {
    let lines = try DecodedJSON.lines(
      String(decoding: Summary([report(0, .loop)], of: experiment).jsonLines, as: UTF8.self))
    #expect(lines.count == 1)
    #expect(lines[0]["opening"] == "Hello, \"you\"")
    #expect(lines[0]["payload.temperature"]?.double == 0.2)
    #expect(lines[0]["reason"] == "loop")
    #expect(lines[0]["seconds"]?.double == 1.5)
    #expect(lines[0]["error"]?.isNull == true)
    #expect(lines[0].object?.count == 11)
  }

  @Test func trialsThatThePlanNoLongerHasComeLast() {
    var old = report(0, .quit)
    old.id = "a-gone"
    old.condition = ["model": "m"]
    let csv = String(decoding: Summary([old, report(1, .quit)], of: experiment).csv, as: UTF8.self)
    let lines = csv.split(separator: "\r\n")
    #expect(lines[0].hasPrefix("trial,opening,payload.temperature,model,repeat"))
    #expect(lines[2].hasPrefix("a-gone,,,m,1"))
  }

  @Test func aForeignConditionDoesNotTakeThePlaceOfAColumn() throws {
    var foreign = report(0, .quit)
    foreign.condition = ["trial": "x", "repeat": 7, "error": "e", "a": 1]
    let summary = Summary([foreign], of: experiment)
    let line = try #require(
      try DecodedJSON.lines(String(decoding: summary.jsonLines, as: UTF8.self)).first)
    #expect(line["trial"]?.string == foreign.id)
    #expect(line["repeat"]?.int == 1)
    #expect(line["error"]?.isNull == true)
    #expect(line["a"]?.int == 1)
    let head = String(decoding: summary.csv, as: UTF8.self).prefix { $0 != "\r\n" }
    #expect(head.split(separator: ",").count(where: { $0 == "repeat" }) == 1)
  }

  @Test func aStatusCountsTheStatesOfEachConditionAndGroupsTheErrors() {
    var experiment = experiment
    experiment.repeats = 3
    var reports = experiment.trials.dropLast().map {
      TrialReport(id: $0.id, condition: $0.condition.values, repeat: $0.repeat, state: .failed)
    }
    reports[0].state = .done
    reports[1].state = .running
    reports[2].state = .unfinished
    reports[2].turns = 7
    reports.append(TrialReport(id: "other", condition: [:], repeat: 1, state: .done))
    reports[3].error = "Bob: HTTP 500"
    reports[4].error = "Bob: HTTP 500"
    let status = BatchStatus(reports, of: experiment)
    #expect(
      status.conditions.map(\.counts) == [.init(done: 1, running: 1, left: 1), .init(failed: 2, left: 1)])
    #expect(status.total == .init(done: 1, running: 1, failed: 2, left: 2))
    #expect(
      status.description == """
            done running  failed    left  condition
               1       1       0       1  opening="Hello, \\"you\\"",payload.temperature=0.2
               0       0       2       1  opening=B
               1       1       2       2  all
        2 failed: Bob: HTTP 500
        Begun of those left: 1, with turns: 7
        In the directory and its summary, but none of this plan: 1

        """)
  }

  @Test(arguments: [(0, 30), (40, 30), (300, 30), (350, 35), (2_000, 200)])
  func atMostAHundredthOfTheTimeIsSpentOnIt(milliseconds: Int, pause: Int) {
    #expect(BatchRunner.pause(afterSummaryOf: .milliseconds(milliseconds)) == .seconds(pause))
  }
}
