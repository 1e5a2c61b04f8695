// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// Endpoints that fail in a room.
struct RoomFailureTests {
  @Test func aRoomThatFailsForEverIsHeldAfterThreeTurns() async throws {
    let parlour = try await Parlour { _, _ in .error(401, "who are you") }
    try parlour.config()
    let ended = try await parlour.party("--go", "--order", "round-robin")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(parlour.asked == ["a", "b", "a"])
    #expect(
      ended.errors.contains("3 turns in a row failed") && ended.errors.contains("who are you"), "\(ended)")
    let written = try parlour.transcript()
    #expect(written.turns.isEmpty && written.end?["reason"] == "error")
    let errors = written.events("error")
    #expect(errors.map { $0["speaker"]?.string } == ["a", "b", "a"])
    #expect(errors.allSatisfy { $0["status"]?.int == 401 })
    #expect(written.events("hold").first?["reason"]?.string?.contains("3 turns in a row failed") == true)
    let log = try parlour.log()
    #expect(log.components(separatedBy: "\nerror: ").count == 4 && log.contains("held: 3 turns"))
  }

  @Test func aHeldRoomGoesOnWhenItIsToldTo() async throws {
    let parlour = try await Parlour { model, count in count < 3 ? .openAI("") : nil }
    try parlour.config()
    let ended = try await parlour.party(
      "--order", "round-robin", "--max-turns", "2", input: "\n\n\n/status\n\n\n\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.said == ["a: a3", "b: b3"] || written.said == ["b: b3", "a: a3"])
    #expect(written.turns.compactMap { $0["n"]?.int } == [1, 2])
    #expect(written.events("error").count == 4 && written.events("hold").count == 1)
    #expect(ended.errors.contains("held because 3 turns in a row failed"), "\(ended)")
    #expect(written.events("error").allSatisfy { $0["message"]?.string?.contains("is empty") == true })
    #expect(try parlour.log().contains("is empty"))
  }

  @Test func oneBadModelAmongGoodOnesHoldsTheRoomAfterThreeOfItsTurns() async throws {
    let parlour = try await Parlour { model, _ in model == "b" ? .error(400, "b is broken") : nil }
    try parlour.config()
    let ended = try await parlour.party("--go", "--order", "round-robin", "--max-turns", "9")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(parlour.asked == ["a", "b", "a", "b", "a", "b"])
    let written = try parlour.transcript()
    #expect(written.said == ["a: a1", "a: a2", "a: a3"])
    #expect(written.turns.compactMap { $0["n"]?.int } == [1, 2, 3])
    #expect(written.events("hold").first?["reason"]?.string?.contains("3 turns of b in a row failed") == true)
    #expect(ended.errors.contains("b is broken"), "\(ended)")
  }

  @Test func anErrorAfterSomeTextKeepsTheTextAndTheRoomGoesOn() async throws {
    let failure: JSONValue = ["error": ["message": "the cat pulled the plug", "code": 500]]
    let parlour = try await Parlour([
      "a": [.openAI(["half a ", .event(failure)])], "b": [.openAI("half", .cut)],
    ])
    try parlour.config(["a", "b", "c"])
    let ended = try await parlour.party("--go", "--order", "round-robin", "--max-turns", "3")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.outcomes == ["incomplete", "incomplete", "finished"])
    #expect(written.said.prefix(2) == ["a: half a", "b: half"])
    #expect(parlour.requests(to: "c")[0].heard.suffix(2) == ["user a: [a]: half a", "user b: [b]: half"])
    #expect(written.events("error").count == 2)
    #expect(ended.output.contains("incomplete"), "\(ended)")
    #expect(try parlour.log().contains("the cat pulled the plug"))
    #expect(parlour.server.requests.count == 3, "nothing is asked again")
  }

  @Test func errorsAreShownWhereTheyHappen() async throws {
    let failure: JSONValue = ["error": ["message": "the cat pulled the plug", "code": 500]]
    let parlour = try await Parlour([
      "a": [.error(400, "no tea")], "b": [.openAI(["half a ", .event(failure)])],
    ])
    try parlour.config()
    let ended = try await parlour.party("--go", "--order", "round-robin", "--max-turns", "2")
    #expect(ended.exitCode == 0, "\(ended)")
    let places = ["no tea", "half a", "the cat pulled the plug", "a2"].map {
      ended.output.firstRange(of: $0)?.lowerBound
    }
    #expect(
      places.allSatisfy { $0 != nil } && places.compactMap(\.self) == places.compactMap(\.self).sorted(),
      "\(ended)")
  }

  @Test func failedTurnsTakeNoNumberAndNoTurnOfTheLimit() async throws {
    let parlour = try await Parlour { _, count in count == 1 ? .error(400, "once") : nil }
    try parlour.config(["a", "b", "c"])
    let ended = try await parlour.party(
      "--go", "--order", "round-robin", "--max-turns", "1", input: "/status\n")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(try parlour.transcript().turns.isEmpty)
  }

  @Test func theBudgetCountsWhateverIsAsked() async throws {
    // 18 tokens each: two introductions, then turns.
    let parlour = try await Parlour()
    try parlour.config(["a", "b"], "human_speaker: false")
    let ended = try await parlour.party("--go", "--budget-tokens", "60")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(parlour.server.requests.count == 4)
    #expect(try parlour.transcript().end?["reason"] == "budget")
    #expect(try parlour.transcript().end?["usage"]?["prompt_tokens"]?.int == 44)
  }

  @Test func aModelThatIsUnwillingIsAskedAgainBeforeItFails() async throws {
    let parlour = try await Parlour(["a": [.error(503, "busy", headers: [("Retry-After", "0")])]])
    try parlour.config()
    let ended = try await parlour.party("--go", "--order", "round-robin", "--max-turns", "2")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.said == ["a: a2", "b: b1"] && written.events("error").isEmpty)
    #expect(written.events("retry").first?["speaker"] == "a")
    #expect(written.events("retry").first?["status"]?.int == 503)
  }
}
