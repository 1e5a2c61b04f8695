// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Signals, and going on afterwards.
struct RoomSignalTests {
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)])
  func aHeldRoomEnds(signal: Int32, code: Int) async throws {
    let parlour = try await Parlour()
    try parlour.config()
    let program = try await parlour.start()
    program.write("/status")
    try await program.waitForErrors(containing: "held")
    try await program.send(signal)
    let ended = try await program.finish()
    #expect(ended.exitCode == code, "\(ended)")
    #expect(try parlour.transcript().end?["reason"] == "interrupted")
    #expect(try parlour.log().contains("interrupted"))
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)])
  func aTurnThatASignalCutsIsAskedAgainOfTheSameSpeaker(signal: Int32, code: Int) async throws {
    let parlour = try await Parlour([
      "b": [.calling("B1", "request_next_speaker", #"{"participant":"c"}"#)],
      "c": [.openAI("half a turn", .stall), .openAI("whole")],
    ])
    try parlour.config(["a", "b", "c", "d"])
    let program = try await parlour.start(input: "/next b\n\n\n")
    try await program.waitForOutput(containing: "half a turn")
    try await program.send(signal)
    let ended = try await program.finish()
    #expect(ended.exitCode == code, "\(ended)")
    try await parlour.server.waitForAbandon(of: 2)
    #expect(try parlour.transcript().said == ["b: B1", "c: half a turn"])
    #expect(try parlour.transcript().outcomes == ["finished", "interrupted"])
    #expect(try parlour.log().contains("half a turn\n[interrupted after 3 words]"))
    let resumed = try await parlour.resonant(
      "resume", "r.jsonl", "--max-turns", "2", "--no-html", input: "\n")
    #expect(resumed.exitCode == 0, "\(resumed)")
    #expect(parlour.asked == ["b", "c", "c"])
    #expect(parlour.server.requests[2].heard == parlour.server.requests[1].heard)
    let written = try parlour.transcript()
    #expect(written.turns.compactMap { $0["n"]?.int } == [1, 2, 2])
    #expect(written.said.last == "c: whole" && written.end?["reason"] == "max_turns")
    #expect(try parlour.log().contains("Goes on after turn 1"))
  }

  @Test func aTurnThatSomebodyInterruptedIsNotAskedAgain() async throws {
    let parlour = try await Parlour(["a": [.openAI("a long turn", .stall)]])
    try parlour.config(["a", "b"])
    let ended = try await parlour.party(
      "--order", "round-robin", input: "/at 6 /interrupt\n\n/quit\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let resumed = try await parlour.resonant(
      "resume", "r.jsonl", "--max-turns", "2", "--no-html", input: "\n")
    #expect(resumed.exitCode == 0, "\(resumed)")
    #expect(parlour.asked == ["a", "b"])
    #expect(
      parlour.server.requests[1].heard.dropFirst() == [
        "user a: [a]: a long—", "user moderator: [moderator]: The human interrupted a and passed the mic.",
      ])
    #expect(try parlour.transcript().turns.compactMap { $0["n"]?.int } == [1, 2])
  }

  @Test func aSignalAtThePersonsTurnKeepsWhatIsSaid() async throws {
    let parlour = try await Parlour()
    try parlour.config(["a"], "intros: false")
    let program = try await parlour.start("--go", "--order", "round-robin")
    try await program.waitForErrors(containing: "your turn")
    try await program.send(SIGTERM)
    let ended = try await program.finish()
    #expect(ended.exitCode == 143, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.said == ["a: a1"] && written.end?["reason"] == "interrupted")
    let resumed = try await parlour.resonant(
      "resume", "r.jsonl", "--max-turns", "2", "--no-html", input: "\nMy turn.\n")
    #expect(resumed.exitCode == 0, "\(resumed)")
    #expect(try parlour.transcript().said == ["a: a1", "human: My turn."])
  }

  @Test func aSignalDuringIntroductionsEndsTheRoom() async throws {
    let parlour = try await Parlour { _, _ in .silence }
    try parlour.config(["a", "b"], "human_speaker: false")
    let program = try await parlour.start("--go")
    try await parlour.server.waitForRequest(2)
    try await program.send(SIGINT)
    let ended = try await program.finish()
    #expect(ended.exitCode == 130, "\(ended)")
    #expect(try parlour.transcript().end?["reason"] == "interrupted")
    for number in 1...2 { try await parlour.server.waitForAbandon(of: number) }
  }

  @Test func aSignalAtTheTopicEndsBeforeAnythingIsWritten() async throws {
    let parlour = try await Parlour()
    try parlour.config()
    let program = try await ResonantBinary.start(["party"], in: parlour.directory, input: nil)
    try await program.waitForErrors(containing: "topic")
    try await program.send(SIGINT)
    let ended = try await program.finish()
    #expect(ended.exitCode == 130, "\(ended)")
    #expect(parlour.directory.files == ["config.json5"])
  }

  @Test func aRoomWithAPersonsSettingsIsResumedAsItWas() async throws {
    let parlour = try await Parlour([
      "a": [.openAI("I am a."), .calling("A1", "set_triggers", #"{"triggers":["tea"]}"#)]
    ])
    try parlour.config(["a", "b"], "human_speaker: false, \(parlour.moderator)")
    let ended = try await parlour.party("--order", "round-robin", input: "\n/words 40\n/next a\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let resumed = try await parlour.resonant(
      "resume", "r.jsonl", "--max-turns", "3", "--no-html", input: "\n\n")
    #expect(resumed.exitCode == 0, "\(resumed)")
    let last = try #require(parlour.requests(to: "a").last)
    #expect(last.heard.last?.contains("at most 40 words") == true)
    #expect(last.system.contains("- tea") && last.system.contains("- b: b1"))
    #expect(parlour.requests(to: "a").count == 3, "nobody introduces themselves again")
  }
}
