// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// A room that is told what to do from a pipe.
struct ScriptedRoomTests {
  private func parlour(_ answers: [String: [Answer]], person: Bool = false) async throws -> Parlour {
    let parlour = try await Parlour(answers)
    try parlour.config(["a", "b"], "human_speaker: \(person), intros: false")
    return parlour
  }

  @Test func piecesOfTextAreCutAtExactlyThePlaceThatIsGiven() async throws {
    // 👩‍👧 is three code points, and e with an accent two.
    let text = "ab👩‍👧cde\u{301}fgh"
    for (place, cut) in [
      (1, "a"), (3, "ab👩"), (5, "ab👩‍👧"), (8, "ab👩‍👧cde"), (9, "ab👩‍👧cde\u{301}"), (11, "ab👩‍👧cde\u{301}fg"),
    ] {
      let parlour = try await parlour(["a": [.openAI([.text(text), .stall])]])
      let ended = try await parlour.party(
        "--order", "round-robin", input: "/at \(place) /interrupt\n\n/quit\n")
      #expect(ended.exitCode == 0, "\(ended)")
      let written = try parlour.transcript()
      #expect(
        written.turns.map { $0["text"]?.string.map { Array($0.unicodeScalars) } } == [
          Array(cut.unicodeScalars)
        ])
      #expect(written.outcomes == ["interrupted"] && written.turns[0]["chars"]?.int == place)
      try await parlour.server.waitForAbandon(of: 1)
      #expect(ended.output.unicodeScalars.contains { $0 == "h" } == true)
      #expect(ended.output.contains("\n" + cut) && !ended.output.contains(text), "\(ended)")
    }
  }

  @Test func inAShorterTurnAnInterruptIsDroppedAndOtherControlsActAtItsEnd() async throws {
    let parlour = try await parlour(["a": [.openAI("four")]])
    let ended = try await parlour.party(
      "--order", "round-robin",
      input: "/at 5 /interrupt\n/at 6 /words 9\n\n\n/quit\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.said == ["a: four", "b: b1"] && written.outcomes == ["finished", "finished"])
    #expect(written.events("interrupt").map { $0["dropped"] } == [true])
    #expect(written.events("note").isEmpty)
    #expect(ended.errors.contains("the interrupt is dropped: a had finished before"), "\(ended)")
    #expect(parlour.server.requests[1].heard.last?.contains("at most 9 words") == true)
    #expect(try parlour.log().contains("too late: dropped"))
  }

  @Test func severalControlsActInOneTurnEachAtItsPlace() async throws {
    let parlour = try await parlour(["a": [.openAI(["01234", "56789", .stall])]])
    let ended = try await parlour.party(
      "--order", "round-robin",
      input:
        "/at 8 /interrupt\n/at 2 /next a\n/at 4 /next b\n/at 6 /status\n/at 0 /go\n/at 3 text\n\n\n/quit\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.said == ["a: 01234567", "b: b1"])
    #expect(ended.errors.contains("turn 1, speaking: a · held afterwards"), "\(ended)")
    #expect(ended.errors.contains("/at needs a whole number from 1"), "\(ended)")
    #expect(ended.errors.contains("/at needs a number of characters and a control"), "\(ended)")
    #expect(parlour.server.requests[1].heard.suffix(2).first == "user a: [a]: 01234567—")
  }

  @Test func anEmptyLineIsNoInterruptAndTextWhileHeldIsAnError() async throws {
    let parlour = try await parlour([:])
    let ended = try await parlour.party(
      "--order", "round-robin", input: "\n\nhello there\n//slash\n\n/what\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.said == ["a: a1", "b: b1", "a: a2"])
    #expect(Set(written.outcomes) == ["finished"])
    #expect(written.end?["reason"] == "quit")
    #expect(ended.errors.components(separatedBy: "not said:").count == 3, "\(ended)")
    #expect(ended.errors.contains("no control /what") && !ended.output.contains("/what"), "\(ended)")
  }

  /// What is not said while the room is held, and how to be heard.
  @Test(arguments: [
    ("Hello.\n", "to say it: /next human, an empty line, then the text"),
    ("/next human\nHello.\n", "to say it: an empty line, then the text"),
    (
      "/next human\n\nHi.\nHello.\n",
      "somebody else has to speak before, with an empty line; then /next human, an empty line, then the text"
    ),
  ])
  func theWayToBeHeardIsTold(input: String, way: String) async throws {
    let parlour = try await Parlour()
    try parlour.config(["a", "b"], "human_speaker: true, intros: false")
    let ended = try await parlour.party(input: input)
    #expect(ended.errors.contains("not said: \"Hello.\"; \(way)\n"), "\(ended)")
  }

  @Test func aQuietScriptIsNotToldWhatIsAwaited() async throws {
    let parlour = try await Parlour()
    try parlour.config(["a"], "human_speaker: true")
    let ended = try await parlour.party(
      "--quiet", "--go", "--max-turns", "2", "--order", "round-robin", input: "I am Sam.\nBeans.\n")
    #expect(ended.exitCode == 0 && ended.errors.isEmpty && ended.output.isEmpty, "\(ended)")
    #expect(try parlour.transcript().said.last == "human: Beans.")
  }

  @Test func theFirstLineIsTheTopicAndWithoutOneTheRoomDoesNotBegin() async throws {
    let parlour = try await parlour([:])
    for input in ["", "\n\n", "/quit\n"] {
      let ended = try await parlour.resonant("party", "--go", "--max-turns", "2", "--name", "r", input: input)
      #expect(ended.exitCode == 2 && ended.stdout.isEmpty, "\(ended)")
      #expect(ended.errors.contains("--topic"), "\(ended)")
    }
    #expect(parlour.server.requests.isEmpty && parlour.directory.files == ["config.json5"])
    let ended = try await parlour.resonant(
      "party", "--max-turns", "1", "--name", "r", "--no-html", input: "  Tea \\\nor coffee? \n\n")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(parlour.server.requests[0].heard[0].hasSuffix("\n\nTea \nor coffee?"))
    #expect(try parlour.transcript().header?["topic"] == "Tea \nor coffee?")
  }

  @Test func theTopicComesFromAFileAsItIs() async throws {
    let parlour = try await parlour([:])
    try parlour.directory.write("Tea,\n\nor coffee?", to: "topic.txt")
    let ended = try await parlour.resonant(
      "party", "--topic-file", "topic.txt", "--max-turns", "1", "--go", "--name", "r", "--no-html")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(parlour.server.requests[0].heard[0].hasSuffix("\n\nTea,\n\nor coffee?"))
    let both = try await parlour.resonant("party", "--topic-file", "topic.txt", "--topic", "x", "--go")
    #expect(both.exitCode == 2 && both.errors.contains("--topic-file"), "\(both)")
  }

  @Test func theEndOfInputEndsARoomThatIsHeldAndNotOneThatRuns() async throws {
    let held = try await parlour([:])
    let first = try await held.party("--max-turns", "9", input: "\n")
    #expect(first.exitCode == 0, "\(first)")
    #expect(try held.transcript().turns.count == 1 && held.transcript().end?["reason"] == "quit")
    let running = try await parlour([:])
    let second = try await running.party("--max-turns", "3", input: "/go\n")
    #expect(second.exitCode == 0, "\(second)")
    #expect(try running.transcript().turns.count == 3 && running.transcript().end?["reason"] == "max_turns")
  }

  @Test func theEndOfInputAtAPersonsTurnEndsTheRoom() async throws {
    let parlour = try await parlour([:], person: true)
    let ended = try await parlour.party("--go", "--order", "round-robin", input: "said\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.said == ["a: a1", "b: b1", "human: said", "a: a2", "b: b2"])
    #expect(written.end?["reason"] == "quit")
  }

  @Test func aQuitInMidTurnKeepsWhatWasShown() async throws {
    let parlour = try await parlour(["a": [.openAI("0123456789", .stall)]])
    let ended = try await parlour.party("--order", "round-robin", input: "/at 5 /quit\n\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.said == ["a: 01234"] && written.outcomes == ["interrupted"])
    #expect(written.end?["reason"] == "quit" && written.events("note").isEmpty)
  }

  @Test func aSpeedShowsTextSlowlyAndCompletely() async throws {
    let parlour = try await parlour(["a": [.openAI("0123456789", "abcdefghij")]])
    // 20 characters at 400 a second.
    let ended = try await parlour.party(
      "--order", "round-robin", input: "/speed 100\n\n/quit\n")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try parlour.transcript().said == ["a: 0123456789abcdefghij"])
    #expect(ended.output.contains("0123456789abcdefghij"))
  }

  @Test(arguments: [true, false])
  func anAnswerBeginsALineOnlyWhereTheConversationIsShownToo(sharesOutput: Bool) async throws {
    let gate = Gate()
    let parlour = try await parlour(["a": [.openAI("01234567", .hold(gate), "89")]])
    let program = await Program(
      "/bin/bash",
      ["-c", "exec \"$@\" \(sharesOutput ? "2>&1" : "")", "bash", try ResonantBinary.executable()]
        + ["party", "--topic", "T", "--order", "round-robin"] + Parlour.common,
      environment: ["PATH": ResonantBinary.path, "HOME": parlour.directory.path, "LANG": "C.UTF-8"],
      directory: parlour.directory.path, input: "/at 8 /status\n\n/history\n/quit\n")
    let answer = "turn 1, speaking: a · held afterwards"
    if sharesOutput {
      try await program.waitForOutput(containing: answer)
    } else {
      try await program.waitForErrors(containing: answer)
    }
    gate.open()
    let ended = try await program.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    guard sharesOutput else { return #expect(ended.output.contains("\n0123456789\n["), "\(ended)") }
    let lines = ended.output.split(separator: "\n", omittingEmptySubsequences: false)
    let place = try #require(lines.firstIndex { $0.hasPrefix(answer) }, "\(ended)")
    #expect(lines[place - 1] == "01234567" && lines[place + 1] == "89", "\(ended)")
    #expect(lines.contains("1. [a]: 0123456789"), "\(ended)")
  }
}
