// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// Who speaks next by vote, by the moderator, or by the speaker's own choice, in rooms and in chats.
struct RoomOrderTests {
  private static let next = "request_next_speaker"

  private static func choice(_ name: String) -> Answer {
    .wholeCall(next, "{\"participant\":\"\(name)\"}")
  }

  /// Judges a request for a choice.
  private func judge(_ request: RecordedRequest, _ allowed: [String]) {
    #expect(request.tools == [Self.next] && request.forcedTool == Self.next)
    #expect(request.json["stream"] != true)
    let names = request.parameters(of: Self.next)?["properties"]?["participant"]?["enum"]
    #expect(names?.array?.compactMap(\.string) == allowed)
  }

  @Test func theModeratorOfARoomChoosesAndAWrongAnswerIsRandom() async throws {
    let answers = [Self.choice("c"), Self.choice("a"), .openAIWhole("b, I think"), Self.choice("nobody")]
    let parlour = try await Parlour(["mod": answers])
    try parlour.config(["a", "b", "c"], "human_speaker: false, intros: false, \(parlour.moderator)")
    let ended = try await parlour.party("--go", "--order", "moderator", "--max-turns", "4", "--seed", "1")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.speakers.prefix(2) == ["c", "a"] && written.speakers.count == 4)
    let asked = parlour.requests(to: "mod")
    #expect(asked.count == 4)
    judge(asked[0], ["a", "b", "c"])
    judge(asked[1], ["a", "b"])
    judge(asked[2], ["b", "c"])
    #expect(asked[1].heard.count == 1 && asked[1].heard[0].contains("[c]: c1"))
    #expect(written.events("selection").map { $0["valid"] } == [true, true, false, false])
    #expect(
      parlour.requests(to: "c")[0].tools == ["skip", "set_triggers"], "nobody asks for the next speaker")
    #expect(try parlour.log().contains("Turn 1: c (chosen by the moderator)"))
  }

  @Test func aVoteOfARoomIsHeldAmongAllModels() async throws {
    let parlour = try await Parlour { model, count in
      // The first vote is for b, which may not vote for itself. Then b alone has a choice.
      switch (model, count) {
      case (_, 1): Self.choice("b")
      case ("b", 2): .openAI("B1")
      case ("b", 3): Self.choice("c")
      default: nil
      }
    }
    try parlour.config(["a", "b", "c"])
    let ended = try await parlour.party("--go", "--order", "vote", "--max-turns", "2", "--seed", "1")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.speakers == ["b", "c"])
    let votes = parlour.server.requests.filter { $0.forcedTool != nil }
    // Of two who may speak after b, each has only the other to vote for.
    #expect(votes.count == 4)
    for vote in votes.prefix(3) {
      judge(vote, ["a", "b", "c"].filter { $0 != vote.model })
      #expect(vote.heard.last?.contains("vote") == true)
    }
    judge(votes[3], ["a", "c"])
    let selections = written.events("selection")
    #expect(selections.map { $0["by"] } == ["vote", "vote"])
    #expect(selections[0]["votes"]?["b"] == .null && selections[0]["votes"]?["a"] == "b")
    #expect(try parlour.log().contains("by vote: a for b"))
  }

  @Test func inAChainTheSpeakerChooses() async throws {
    let parlour = try await Parlour([
      "a": [.calling("A1", Self.next, #"{"participant":"c"}"#)],
      "c": [.calling("C2", Self.next, #"{"participant":"b"}"#)],
    ])
    try parlour.config(["a", "b", "c"])
    let ended = try await parlour.party("--order", "chain", "--max-turns", "4", input: "/next a\n/go\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let speakers = try parlour.transcript().speakers
    #expect(speakers.prefix(3) == ["a", "c", "b"] && speakers[3] != "b")
  }

  @Test func thePersonsChoiceBeatsEveryOrder() async throws {
    for order in ["round-robin", "vote", "moderator", "chain"] {
      let parlour = try await Parlour(["mod": [Self.choice("a")]])
      try parlour.config(["a", "b", "c"], "human_speaker: false, intros: false, \(parlour.moderator)")
      let ended = try await parlour.party("--order", order, "--max-turns", "1", input: "/next c\n\n")
      #expect(ended.exitCode == 0, "\(ended)")
      #expect(parlour.asked == ["c"], "\(order)")
    }
  }

  @Test func aModeratorIsNeededForTheOrderOfThatName() async throws {
    let parlour = try await Parlour()
    try parlour.config()
    let party = try await parlour.party("--go", "--order", "moderator")
    #expect(party.exitCode == 2 && party.errors.contains("moderator"), "\(party)")
    let chat = try await parlour.resonant(
      "--endpoint", parlour.server.url("/v1"), "--model", "m", "--order", "moderator")
    #expect(chat.exitCode == 2 && chat.errors.contains("--moderator"), "\(chat)")
    #expect(parlour.server.requests.isEmpty)
  }

  // MARK: Chats

  private func chat(_ parlour: Parlour, _ flags: String...) async throws -> FinishedProgram {
    try await ResonantBinary.run(
      [
        "--endpoint", parlour.server.url("/v1"), "--model", "m", "--name", "r", "--no-html", "--seed", "1",
        "--participant", #"{"name":"Carol","model":"carol"}"#, "--alice-model", "alice", "--bob-model", "bob",
      ] + flags, in: parlour.directory)
  }

  @Test func theModeratorOfAChatChooses() async throws {
    let parlour = try await Parlour([
      "mod": [Self.choice("Carol"), Self.choice("Alice"), Self.choice("Alice")]
    ])
    let moderator = "{\"endpoint\":\"\(parlour.server.url("/v1"))\",\"model\":\"mod\"}"
    let ended = try await chat(parlour, "--order", "moderator", "--moderator", moderator, "--max-turns", "4")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.speakers.prefix(3) == ["Alice", "Carol", "Alice"] && written.speakers.count == 4)
    let asked = parlour.requests(to: "mod")
    judge(asked[0], ["Bob", "Carol"])
    judge(asked[2], ["Bob", "Carol"])
    #expect(asked[0].heard[0].contains("Hello!"))
    #expect(parlour.requests(to: "carol")[0].tools.isEmpty)
  }

  @Test func aModeratorThatNamesNobodyIsToldOnceAndAtTheEnd() async throws {
    let parlour = try await Parlour { model, count in
      model != "mod" ? nil : count == 1 ? .openAIWhole("b,\n\u{1B}[2J I think") : Self.choice("nobody")
    }
    let moderator = "{\"endpoint\":\"\(parlour.server.url("/v1"))\",\"model\":\"mod\"}"
    let ended = try await chat(parlour, "--order", "moderator", "--moderator", moderator, "--max-turns", "4")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.contains("\nOrder: moderator (mod at \(parlour.server.url("/v1"))"), "\(ended)")
    #expect(
      ended.errors == """
        resonant: warning: the moderator's answer names nobody who may speak; chance chooses: "b, [2J I think"
        resonant: warning: the moderator's answers named nobody who may speak in 3 of 3 choices; chance chose: \
        another model may be better at calling tools

        """, "\(ended)")
    let answers = try parlour.transcript().events("selection").map { $0["answer"] }
    #expect(
      answers == [
        "\"b, [2J I think\"", "\"{\"participant\":\"nobody\"}\"", "\"{\"participant\":\"nobody\"}\"",
      ])
  }

  @Test func aModeratorThatErrsOnceIsNotSummedUp() async throws {
    let parlour = try await Parlour(["mod": [.openAIWhole(""), Self.choice("a"), Self.choice("b")]])
    try parlour.config(["a", "b", "c"], "human_speaker: false, intros: false, \(parlour.moderator)")
    let ended = try await parlour.party(
      "--go", "--order", "moderator", "--max-turns", "3", "--seed", "1", "--quiet")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors.components(separatedBy: "warning: ").count == 2, "\(ended)")
    #expect(ended.errors.contains("chance chooses: the reply of http://127.0.0.1:"), "\(ended)")
  }

  @Test func aSecretInTheModeratorsAnswerIsMasked() async throws {
    let parlour = try await Parlour(["mod": [.openAIWhole("Why, \"Bearer s3cretvalue99\" of course")]])
    let moderator = """
      {"endpoint":"\(parlour.server.url("/v1"))","model":"mod","headers":{"Authorization":"Bearer s3cretvalue99"}}
      """
    let ended = try await chat(parlour, "--order", "moderator", "--moderator", moderator, "--max-turns", "2")
    #expect(ended.exitCode == 0 && ended.errors.contains("chance chooses: \"Why, "), "\(ended)")
    #expect(!ended.errors.contains("s3cret"), "\(ended)")
    let answer = try parlour.transcript().events("selection").first?["answer"]?.string
    #expect(answer?.contains("Why, ") == true && answer?.contains("s3cret") == false, "\(answer ?? "")")
  }

  @Test func aQuietRoomTellsOfAModeratorThatFails() async throws {
    let parlour = try await Parlour { model, _ in model == "mod" ? .error(400, "no tools here") : nil }
    try parlour.config(["a", "b", "c"], "human_speaker: false, intros: false, \(parlour.moderator)")
    let ended = try await parlour.party("--go", "--order", "moderator", "--max-turns", "2", "--quiet")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(
      ended.errors.contains("warning: the next speaker was not chosen: moderator, who was to"), "\(ended)")
  }

  /// Not as if it had named nobody: the whole order would be chance without a word.
  @Test func aModeratorThatIsNoModelEndsAChat() async throws {
    let parlour = try await Parlour { model, _ in model == "mod" ? .html(200) : nil }
    let moderator = "{\"endpoint\":\"\(parlour.server.url("/v1"))\",\"model\":\"mod\"}"
    let ended = try await chat(parlour, "--order", "moderator", "--moderator", moderator, "--max-turns", "3")
    #expect(ended.exitCode == 1 && ended.errors.contains("no reply of a model"), "\(ended)")
  }

  @Test func whoCannotVoteInAChatIsNamedOnStandardError() async throws {
    let parlour = try await Parlour { model, _ in
      model == "bob" ? .error(401, "bad key") : model == "alice" ? Self.choice("Carol") : nil
    }
    let ended = try await chat(parlour, "--order", "vote", "--max-turns", "1", "--no-opening")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try parlour.transcript().speakers == ["Carol"])
    #expect(ended.errors.contains("warning: Bob has no vote: "), "\(ended)")
  }

  @Test func aChatIsHeldByVote() async throws {
    let parlour = try await Parlour { model, _ in model == "alice" ? Self.choice("Carol") : nil }
    let ended = try await chat(parlour, "--order", "vote", "--max-turns", "2")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try parlour.transcript().speakers.last == "Carol")
    // Bob has only Carol to vote for, and Carol only Bob.
    let votes = parlour.server.requests.filter { $0.forcedTool != nil }
    #expect(votes.map(\.model) == ["alice"])
    judge(votes[0], ["Bob", "Carol"])
  }

  @Test func inAChainOfAChatTheSpeakerChooses() async throws {
    let parlour = try await Parlour { model, _ in
      let name = ["bob": "Carol", "carol": "Bob"][model]
      return name.map { .calling("\(model) speaks", Self.next, "{\"participant\":\"\($0)\"}") }
    }
    let ended = try await chat(parlour, "--order", "chain", "--max-turns", "5")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    let speakers = Array(written.speakers.dropFirst())
    #expect(speakers == ["Bob", "Carol", "Bob", "Carol"] || speakers == ["Carol", "Bob", "Carol", "Bob"])
    for request in parlour.server.requests {
      #expect(request.tools == [Self.next] && request.forcedTool == nil)
    }
    #expect(written.events("tool").count == 4)
  }
}
