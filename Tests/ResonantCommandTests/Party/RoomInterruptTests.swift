// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import Synchronization
import TestSupport
import Testing

/// The moderator lets one model interrupt another.
struct RoomInterruptTests {
  @Test func scoresOfNobodyAreTold() async throws {
    let speech = String(repeating: Self.sentence, count: 6)
    let parlour = try await Parlour { model, count in
      switch model {
      case "b": count == 1 ? .openAI(["I listen."] + Self.setting) : nil
      case "a": .openAI(ReplyPiece.paced(speech, by: 12, every: 30))
      case "mod": .scores(["somebody": 9])
      default: nil
      }
    }
    try parlour.config(["b", "a"], "human_speaker: false, intros: false, \(parlour.moderator)")
    let ended = try await parlour.party("--go", "--max-turns", "2", "--order", "round-robin")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(
      ended.errors.contains("moderator: the answer has no score of anybody who set triggers\n"), "\(ended)")
  }

  static let setting = ReplyPiece.call("set_triggers", #"{"triggers":["tea"]}"#)
  /// 40 code points.
  static let sentence = "Tea is drunk in many houses every night. "

  /// `b` has set a trigger before `a` speaks slowly; `c` would be next.
  private func parlour(
    pause: Int, chunk: Int, scores: [Answer] = [.scores(["b": 3]), .scores(["b": 9])]
  ) async throws -> Parlour {
    let speech = String(repeating: Self.sentence, count: chunk * 5_000 / pause / 40)
    let parlour = try await Parlour { model, count in
      switch model {
      case "b": .openAI(["I listen."] + Self.setting)
      case "a": .openAI(ReplyPiece.paced(speech, by: chunk, every: pause))
      case "mod": scores[(count - 1) % scores.count]
      default: nil
      }
    }
    try parlour.config(["b", "a", "c"], "human_speaker: false, intros: false, \(parlour.moderator)")
    return parlour
  }

  @Test(arguments: [(30, 12), (200, 60)])
  func anInterruptIsRecordedAsOne(pause: Int, chunk: Int) async throws {
    let parlour = try await parlour(pause: pause, chunk: chunk)
    let ended = try await parlour.party("--go", "--max-turns", "3", "--order", "round-robin")
    #expect(ended.exitCode == 0, "\(ended)")
    let checks = parlour.requests(to: "mod")
    #expect(checks.count == 2)
    for check in checks {
      #expect(check.tools == ["score_triggers"] && check.forcedTool == "score_triggers")
      #expect(check.json["stream"] != true && check.json["temperature"]?.double == 0)
      #expect(check.heard.count == 1 && check.heard[0].hasPrefix("user: ") && check.system.isEmpty)
      #expect(check.heard[0].contains(Self.sentence.dropLast(2)) && check.heard[0].contains("a is speaking"))
      let parameters = try #require(check.parameters(of: "score_triggers"))
      #expect(parameters["required"] == ["b"])
      let b = parameters["properties"]?["b"]
      #expect(b?["properties"]?["score"]?["description"]?.string?.contains("tea") == true)
    }
    try judge(parlour, "r")
    #expect(parlour.requests(to: "b").count == 2 && parlour.requests(to: "c").isEmpty)
    let heard = parlour.requests(to: "b")[1].heard
    #expect(heard.count == 4 && heard[2].hasPrefix("user a: [a]: Tea is drunk") && heard[2].hasSuffix("—"))
    #expect(heard[3].hasPrefix("user moderator: [moderator]: ") && heard[3].contains("b interrupted a"))
  }

  /// Ten times at once, so that everything competes for the processors.
  @Test func anInterruptIsRecordedAsOneEveryTime() async throws {
    let parlour = try await parlour(pause: 30, chunk: 12, scores: [.scores(["b": 9])])
    try await withThrowingTaskGroup(of: FinishedProgram.self) { group in
      for number in 1...10 {
        group.addTask {
          try await ResonantBinary.run(
            [
              "party", "--topic", "T", "--go", "--max-turns", "3", "--order", "round-robin", "--no-html",
              "--name", "r\(number)",
            ], in: parlour.directory)
        }
      }
      for try await ended in group { #expect(ended.exitCode == 0, "\(ended)") }
    }
    for number in 1...10 { try judge(parlour, "r\(number)") }
  }

  /// The second turn ends with a dash, a note follows, and whoever interrupted speaks next.
  private func judge(_ parlour: Parlour, _ name: String) throws {
    let written = try parlour.transcript(name + ".jsonl")
    #expect(written.speakers == ["b", "a", "b"])
    #expect(written.outcomes == ["finished", "interrupted", "finished"])
    let interrupts = written.events("interrupt")
    #expect(interrupts.count == 1)
    #expect(
      interrupts.first?["by"] == "b" && interrupts.first?["whom"] == "a"
        && interrupts.first?["dropped"] == false)
    #expect(written.events("note").count == 1)
    let log = try parlour.directory.read(name + ".moderation.log")
    for text in ["b: 9/10 ! because", "[interrupted after ", "INTERRUPT: b interrupts a\n", "note: b inter"] {
      #expect(log.contains(text), "\(text)\n\(log)")
    }
  }

  @Test func checksAreSpacedAndTheThresholdOfTheConfigCounts() async throws {
    let times = Mutex<[ContinuousClock.Instant]>([])
    let speech = String(repeating: Self.sentence, count: 45)
    let parlour = try await Parlour { model, count in
      switch model {
      case "b", "c":
        count == 1 ? .openAI(["I listen."] + Self.setting) : nil
      case "a": .openAI(ReplyPiece.paced(speech, by: 12, every: 30))
      case "mod":
        times.withLock {
          $0.append(.now)
          // 9 would be enough for the usual threshold.
          return count == 1 ? .scores(["b": 9]) : .scores(["b": 10, "c": 10])
        }
      default: nil
      }
    }
    try parlour.config(
      ["b", "c", "a"],
      "human_speaker: false, intros: false, interrupt_threshold: 10, \(parlour.moderator)")
    let ended = try await parlour.party("--go", "--max-turns", "4", "--order", "round-robin")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.outcomes == ["finished", "finished", "interrupted", "finished"])
    #expect(written.events("check").count == 2)
    #expect(written.events("check")[0]["scores"]?["c"] == .null)
    #expect(written.events("interrupt")[0]["by"]?.string == written.speakers[3])
    let check = parlour.requests(to: "mod")[0]
    let score = check.parameters(of: "score_triggers")?["properties"]?["b"]?["properties"]?["score"]
    #expect(score?["description"]?.string?.contains("10 or more") == true)
    // 1.5 seconds are promised; some of them may pass on the way of the first request.
    let gap = times.withLock { $0[1] - $0[0] }
    #expect(gap > .milliseconds(900), "\(gap)")
    let log = try parlour.log()
    #expect(log.contains("c: no score") && log.contains("b: 9/10 because"))
  }

  @Test func anAnswerAfterTheEndIsDroppedAndItsInterrupterDoesNotSpeakNext() async throws {
    let isOver = Gate()
    let parlour = try await Parlour { model, count in
      switch model {
      case "b": count == 1 ? .openAI(["I listen."] + Self.setting) : nil
      case "a":
        // Held until the moderator has been asked.
        count == 1 ? .openAI(.text(String(repeating: Self.sentence, count: 6)), .hold(isOver)) : nil
      case "mod":
        Answer(
          headers: [("Content-Type", "application/json")], framing: .untilClose,
          body: [.pause(.milliseconds(700)), .send(Self.body(of: .scores(["b": 9])))])
      default: nil
      }
    }
    try parlour.config(["b", "a", "c"], "human_speaker: false, intros: false, \(parlour.moderator)")
    let program = try await parlour.start("--go", "--max-turns", "3", "--order", "round-robin", input: "")
    _ = try await parlour.server.waitForRequest(3)
    isOver.open()
    let ended = try await program.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.speakers == ["b", "a", "c"])
    #expect(written.outcomes == ["finished", "finished", "finished"])
    #expect(written.events("check").map { $0["dropped"] } == [true])
    #expect(written.events("interrupt").map { $0["dropped"] } == [true])
    #expect(written.events("note").isEmpty)
    #expect(try parlour.log().contains("INTERRUPT: b interrupts a, too late: dropped"))
  }

  private static func body(of answer: Answer) -> [UInt8] {
    answer.body.flatMap { step -> [UInt8] in
      if case .send(let bytes) = step { bytes } else { [] }
    }
  }

  @Test func aModeratorThatFailsDoesNotEndTheTurn() async throws {
    let parlour = try await parlour(pause: 30, chunk: 12, scores: [.error(400, "no such moderator")])
    let ended = try await parlour.party(
      "--go", "--max-turns", "3", "--order", "round-robin", "--max-chars", "300")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.speakers == ["b", "a", "c"] && written.outcomes[1] == "truncated")
    let errors = written.events("error")
    #expect(errors.count == 1 && errors[0]["message"]?.string?.contains("no such moderator") == true)
    #expect(errors[0]["speaker"] == "moderator" && errors[0]["status"]?.int == 400)
    #expect(ended.errors.contains("no such moderator"))
    #expect(try parlour.log().contains("no such moderator"))
  }
}
