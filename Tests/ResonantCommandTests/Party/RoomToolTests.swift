// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// What models do in a room besides speaking.
struct RoomToolTests {
  private let next = "request_next_speaker"

  @Test func whoIsNamedSpeaksNextSomebodyPassesAndABadCallIsIgnored() async throws {
    let parlour = try await Parlour([
      "a": [
        .openAI(["A1 "] + ReplyPiece.call(next, #"{"partic"#, #"ipant":"c"#, #""}"#)),
        .openAI(["A4"] + ReplyPiece.call(next, #"["b"]"#)),
      ],
      "c": [.calling(nil, "skip", "{}")],
    ])
    try parlour.config(["a", "b", "c"])
    // The person's choice begins the room; afterwards only a names anybody.
    let ended = try await parlour.party(
      "--max-turns", "4", "--seed", "1", input: "/next a\n/hold\n\n\n/next b\n\n/next a\n\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.speakers == ["a", "c", "b", "a"])
    #expect(written.outcomes == ["finished", "passed", "finished", "finished"])
    #expect(written.turns[1]["text"] == "")
    #expect(parlour.requests(to: "b")[0].heard.suffix(2) == ["user a: [a]: A1", "user c: [c]: (passed)"])
    #expect(try parlour.log().contains("[passed]"))
    let tools = written.events("tool")
    #expect(tools.map { $0["name"]?.string } == [next, "skip", next])
    #expect(tools[0]["arguments"] == ["participant": "c"] && tools[0]["problem"] == nil)
    #expect(tools[2]["problem"]?.string?.contains("no JSON object") == true)
    let selection = written.events("selection").first { $0["by"] == "tool" }
    #expect(selection?["speaker"] == "c")
    #expect(try parlour.log().contains("Turn 2: c (asked for by the last speaker)"))
  }

  @Test func ofSeveralChoicesTheLastValidOneCountsAndNobodyChoosesThemselves() async throws {
    let parlour = try await Parlour([
      "a": [
        .openAI(
          ["A1"] + ReplyPiece.call(next, #"{"participant":"b"}"#)
            + ReplyPiece.call(next, #"{"participant":"c"}"#, index: 1)
            + ReplyPiece.call(next, #"{"participant":"nobody"}"#, index: 2))
      ],
      "c": [.calling("C2", next, #"{"participant":"c"}"#)],
    ])
    try parlour.config(["a", "b", "c", "d"])
    let ended = try await parlour.party("--max-turns", "3", "--seed", "1", input: "/next a\n\n\n\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.speakers.prefix(2) == ["a", "c"])
    #expect(written.speakers[2] != "c")
    #expect(written.events("tool").contains { $0["problem"]?.string?.contains("nobody") == true })
    #expect(written.events("selection").contains { $0["speaker"] == "c" && $0["dropped"] == true })
    #expect(try parlour.log().contains("dropped"))
  }

  @Test func thePersonsChoiceBeatsThatOfTheSpeaker() async throws {
    let parlour = try await Parlour(["a": [.calling("A1 and more.", next, #"{"participant":"b"}"#)]])
    try parlour.config(["a", "b", "c"])
    let ended = try await parlour.party(
      "--max-turns", "2", "--seed", "1", input: "/next a\n/at 3 /next c\n\n\n")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try parlour.transcript().speakers == ["a", "c"])
    #expect(try parlour.log().contains("Turn 2: c (chosen by the human)"))
  }

  @Test func skipBesideATextIsLoggedAndTheTextCounts() async throws {
    let parlour = try await Parlour(["a": [.calling("A1", "skip", "{}")]])
    try parlour.config()
    let ended = try await parlour.party("--go", "--max-turns", "2", "--order", "round-robin")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.said == ["a: A1", "b: b1"] && written.outcomes == ["finished", "finished"])
    #expect(written.events("tool").count == 1)
    let log = try parlour.log()
    let (tool, text) = (log.firstRange(of: "tool: a calls skip"), log.firstRange(of: "\nA1\n"))
    #expect(
      tool != nil && text != nil && (tool?.upperBound ?? log.endIndex) <= (text?.upperBound ?? log.startIndex)
    )
  }

  @Test func triggersAreTrimmedCappedAndShownToTheirOwnerAlone() async throws {
    let parlour = try await Parlour([
      "a": [
        .calling("A1", "set_triggers", #"{"triggers":["  tea ","","milk",7,"cake"]}"#),
        .calling("A3", "set_triggers", #"{"triggers":[]}"#),
      ],
      "b": [.calling("B2", "set_triggers", #"{"triggers":"tea"}"#)],
    ])
    try parlour.config(
      ["a", "b"], "human_speaker: false, intros: false, max_triggers: 2, \(parlour.moderator)")
    let ended = try await parlour.party("--go", "--max-turns", "5", "--order", "round-robin")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.events("triggers").map { $0["triggers"] } == [["tea", "milk"], []])
    #expect(written.events("tool")[1]["problem"] != nil)
    let (a, b) = (parlour.requests(to: "a"), parlour.requests(to: "b"))
    #expect(a[0].tools == ["skip", "set_triggers"])
    #expect(
      a[0].parameters(of: "set_triggers")?["properties"]?["triggers"]?["maxItems"]?.int == 2)
    #expect(a[0].system.contains("You have set no triggers"))
    #expect(a[1].system.contains("Your triggers (2 of at most 2):\n- tea\n- milk"))
    #expect(a[2].system.contains("You have set no triggers"))
    #expect(!b[0].system.contains("milk"))
    let log = try parlour.log()
    #expect(log.contains(#"triggers: a (2/2): "tea", "milk""#) && log.contains("triggers: a clears them"))
  }

  @Test(arguments: ["interrupts: false", "max_triggers: 0"])
  func whereNobodyMayInterruptNoTriggersAreOffered(setting: String) async throws {
    let parlour = try await Parlour()
    try parlour.config(["a", "b"], "human_speaker: false, intros: false, \(setting), \(parlour.moderator)")
    let ended = try await parlour.party("--go", "--max-turns", "2")
    #expect(ended.exitCode == 0, "\(ended)")
    for request in parlour.server.requests {
      #expect(request.tools == ["request_next_speaker", "skip"] && !request.system.contains("triggers"))
    }
  }

  @Test func theWordLimitEndsEveryRequestAndItsEndIsSaidOnce() async throws {
    let parlour = try await Parlour()
    try parlour.config()
    let ended = try await parlour.party(
      "--order", "round-robin", input: "\n/words 50\n/words 50\n\n\n/words off\n\n\n/words -\n/quit\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let last = parlour.server.requests.map { $0.heard.last ?? "" }
    try #require(last.count == 5)
    #expect(last[1].hasPrefix("user moderator: ") && last[1].contains("at most 50 words"))
    #expect(last[2] == last[1])
    #expect(last[3].hasPrefix("user moderator: ") && last[3].contains("lifted"))
    #expect(last[4] == "user a: [a]: a2" || last[4] == "user b: [b]: b2")
    #expect(parlour.server.requests.allSatisfy { !$0.heard.contains("user: (It is your turn to speak.)") })
    let words = try parlour.transcript().events("words").map { $0["limit"] }
    #expect(words == [50, .null, 500])
    #expect(try parlour.log().contains("word limit: 50") && parlour.log().contains("word limit: none"))
  }

  @Test func theEndOfAWordLimitIsSaidToAModelNotToAPersonWhoPasses() async throws {
    let parlour = try await Parlour()
    try parlour.config(["a", "b"], "intros: false")
    // The person's turn comes between the end of the limit and the next model.
    let ended = try await parlour.party(
      "--words", "20", "--order", "round-robin",
      input: "\n\n/words off\n\n\n\n/quit\n")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try parlour.transcript().outcomes == ["finished", "finished", "passed", "finished"])
    let last = parlour.server.requests.map { $0.heard.last ?? "" }
    #expect(last.prefix(2).allSatisfy { $0.contains("at most 20 words") })
    #expect(last[2].contains("lifted"))
  }
}
