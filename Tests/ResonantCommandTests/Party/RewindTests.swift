// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// Going back in a room.
struct RewindTests {
  /// 1 a, 2 b (interrupted), an error of c, 3 a.
  private func parlour() async throws -> Parlour {
    let parlour = try await Parlour([
      "b": [.openAI("B2 and more", .stall)], "c": [.error(400, "no tea")],
      "a": [.openAI("A1"), .calling("A3", "request_next_speaker", #"{"participant":"b"}"#)],
    ])
    try parlour.config(["a", "b", "c"])
    return parlour
  }

  private static let script = "/next a\n\n/next b\n/at 2 /interrupt\n\n/next c\n\n/next a\n\n"

  @Test func aRewoundRoomRemembersNothingThatCameLater() async throws {
    let parlour = try await parlour()
    let ended = try await parlour.party(
      "--max-turns", "4", "--seed", "5",
      input: Self.script + "/words 30\n/history\n/rewind 2\n/history\n/status\n\n/next c\n\n/quit\n")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(
      ended.errors.contains("1. [a]: A1\n2. [b]: B2—\n   [moderator]: The human interrupted b"), "\(ended)")
    #expect(ended.errors.contains("passed the mic.\n3. [a]: A3"), "\(ended)")
    #expect(ended.errors.contains("rewound to message 2; the room is held"), "\(ended)")
    #expect(ended.errors.contains("held · turn 2 · next: random · at most 30 words"), "\(ended)")
    let after = try #require(parlour.server.requests.dropFirst(4).first)
    #expect(after.model != "b", "the last speaker does not speak again")
    let heard = after.heard.dropFirst()
    let own = after.model == "a" ? "assistant: A1" : "user a: [a]: A1"
    #expect(
      heard.prefix(3) == [
        own, "user b: [b]: B2—",
        "user moderator: [moderator]: The human interrupted b and passed the mic.\n\nPlease keep your next message to at most 30 words.",
      ]
        || heard.prefix(4) == [
          own, "user b: [b]: B2—", "user moderator: [moderator]: The human interrupted b and passed the mic.",
          "user moderator: Please keep your next message to at most 30 words.",
        ])
    let written = try parlour.transcript()
    #expect(written.turns.compactMap { $0["n"]?.int }.prefix(4) == [1, 2, 3, 3])
    #expect(written.events("rewind").map { $0["to"] } == [2])
    #expect(try parlour.log().contains("rewound to message 2"))
    let export = try await parlour.resonant("export", "r.jsonl", "--to", "text")
    #expect(export.output.contains("B2") && !export.output.contains("A3"), "\(export)")
  }

  @Test func rewindingToTheStartLeavesTheTopicAndWhatHoldsForTheRoom() async throws {
    let parlour = try await Parlour([
      "a": [.openAI("I am a."), .calling("A1", "set_triggers", #"{"triggers":["tea"]}"#)],
      "b": [.openAI("I am b.")],
    ])
    try parlour.config(["a", "b"], "human_speaker: false, \(parlour.moderator)")
    let ended = try await parlour.party(
      "--order", "round-robin", input: "\n/words 12\n/next b\n/rewind 0\n/rewind 7\n/rewind x\n\n/quit\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let again = try #require(parlour.requests(to: "a").last)
    #expect(again.heard.count == 2 && again.heard[0].hasSuffix("\n\nT"))
    #expect(again.heard[1].contains("at most 12 words"))
    #expect(again.system.contains("- b: I am b.") && again.system.contains("You have set no triggers"))
    #expect(parlour.asked.suffix(2) == ["a", "a"], "the pending choice of b is forgotten, too")
    #expect(ended.errors.contains("whole number from 0, not \"x\""), "\(ended)")
    #expect(try parlour.transcript().turns.compactMap { $0["n"]?.int } == [1, 1])
  }

  @Test func aRewoundRoomIsResumedWhereItStands() async throws {
    let parlour = try await parlour()
    let ended = try await parlour.party(
      "--seed", "5", input: Self.script + "/rewind 1\n/quit\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let resumed = try await parlour.resonant(
      "resume", "r.jsonl", "--max-turns", "2", "--no-html", input: "/next c\n\n")
    #expect(resumed.exitCode == 0, "\(resumed)")
    #expect(parlour.asked.last == "c")
    #expect(parlour.server.requests.last?.heard.dropFirst() == ["user a: [a]: A1"])
    #expect(try parlour.transcript().turns.compactMap { $0["n"]?.int } == [1, 2, 3, 2])
  }
}
