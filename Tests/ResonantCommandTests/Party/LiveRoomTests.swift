// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// A person at the keyboard, whose lines act at once.
@Suite(.timeLimit(.minutes(5))) struct LiveRoomTests {
  @Test(arguments: [30, 200])
  func anEmptyLineInterruptsTheSpeaker(pause: Int) async throws {
    let text = String(repeating: "word ", count: 10_000)
    let parlour = try await Parlour(["a": [.openAI(ReplyPiece.paced(text, by: 5, every: pause))]])
    try parlour.config()
    let live = try await LiveParlour(parlour, "--order", "round-robin")
    // The room is held: an empty line lets one speak, the next one interrupts.
    live.type()
    try await live.program.waitForOutput(containing: "word word")
    live.type()
    try await parlour.server.waitForAbandon(of: 1)
    try await live.program.waitForOutput(containing: "interrupted")
    try await live.ask("/status", until: "held · turn 1")
    let ended = try await live.quit()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(parlour.server.requests.count == 1, "a held room stays held")
    let written = try parlour.transcript()
    #expect(written.outcomes == ["interrupted"])
    #expect(written.turns[0]["text"]?.string?.hasPrefix("word word") == true)
    #expect(written.events("interrupt").map { $0["by"] } == ["human"])
    #expect(written.events("note").first?["text"]?.string?.contains("human interrupted a") == true)
    let log = try parlour.log()
    #expect(log.contains("INTERRUPT: human interrupts a") && log.contains("[interrupted after"))
  }

  @Test func textThatWasNotShownIsNotSaid() async throws {
    let parlour = try await Parlour(["a": [.openAI("one two three four five six seven", .stall)]])
    try parlour.config()
    let live = try await LiveParlour(parlour, "--order", "round-robin")
    try await live.type("/speed 0", until: "stands still")
    live.type()
    try await parlour.server.waitForRequest(1)
    try await live.ask("/status", until: "turn 1, speaking: a")
    // Everything has arrived, and nothing is shown.
    live.type()
    try await parlour.server.waitForAbandon(of: 1)
    try await live.program.waitForOutput(containing: "human interrupted a")
    try await live.type("/speed off", until: "as it comes")
    try await live.ask("/history", until: "1. [a]: (interrupted)")
    live.type()
    let second = try await parlour.server.waitForRequest(2)
    #expect(
      second.heard.dropFirst() == [
        "user a: [a]: (interrupted)",
        "user moderator: [moderator]: The human interrupted a and passed the mic.",
      ])
    let ended = try await live.quit()
    #expect(ended.exitCode == 0 && !ended.output.contains("one"), "\(ended)")
    #expect(try parlour.transcript().turns[0]["text"] == "")
    #expect(try parlour.log().contains("[interrupted before speaking]"))
  }

  @Test func whileTheRoomRunsAndNobodySpeaksAnEmptyLineDoesNothing() async throws {
    let parlour = try await Parlour(["a": [.error(400, "no")], "b": [.openAI("B", .stall)]])
    try parlour.config()
    let live = try await LiveParlour(parlour, "--go", "--order", "round-robin")
    // Between a failure and the next attempt, nobody speaks.
    try await parlour.server.waitForAnswer(to: 1)
    live.type()
    try await live.program.waitForOutput(containing: "B")
    // Interrupting goes on at once in a room that runs.
    live.type("/interrupt")
    try await parlour.server.waitForRequest(3)
    let ended = try await live.quit()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(parlour.asked.prefix(3) == ["a", "b", "a"])
    #expect(try parlour.transcript().outcomes.first == "interrupted")
  }

  @Test func everyControlAnswersOnStandardError() async throws {
    let parlour = try await Parlour(["b": [.openAI("B says much.")]])
    try parlour.config(["a", "b"], "human_speaker: false, intros: false, \(parlour.moderator)")
    let live = try await LiveParlour(parlour, "--order", "round-robin")
    for (line, answer) in Self.controls {
      try await live.type(line, until: answer)
    }
    live.type()
    try await live.program.waitForOutput(containing: "B says much.")
    try await live.ask("/history", until: "1. [b]: B says much.")
    try await live.type("/rewind 1", until: "from 0 to 0")
    try await live.type("/rewind 0", until: "rewound to message 0")
    let ended = try await live.quit()
    #expect(ended.exitCode == 0, "\(ended)")
    for (_, answer) in Self.controls { #expect(!ended.output.contains(answer)) }
    #expect(parlour.asked == ["b"])
    let written = try parlour.transcript()
    #expect(written.events("words").map { $0["limit"] } == [500, 200, .null, 7])
    #expect(written.events("rewind").map { $0["to"] } == [0])
    #expect(written.end?["reason"] == "quit")
  }

  static let controls: [(line: String, answer: String)] = [
    ("/status", "held · turn 0 · next: round-robin · no word limit"),
    ("/hold", "the room is held already"),
    ("/next", "next: a"), ("/next", "next: b"), ("/next", "next: random"),
    ("/next nobody", "nobody is called nobody"), ("/next B", "next: b"),
    ("/words -", "at most 500 words"), ("/words -", "at most 200 words"), ("/words off", "no word limit"),
    ("/words 0", "whole number from 1"), ("/words 7", "at most 7 words"),
    ("/speed -", "500 chunks"), ("/speed -", "333 chunks"), ("/speed off", "as it comes"),
    ("/speed x", "whole number from 0"),
    ("/mod on", "are shown"), ("/mod off", "are not shown"),
    ("/history", "nobody has spoken yet"), ("/rewind 0", "nothing to rewind"),
    ("/bio me", "introductions are over"), ("/interrupt", "nobody speaks"),
    ("/help", "/speed N"), ("/nonsense", "no control /nonsense"), ("/go now", "takes no argument"),
    ("some text", "not said: \"some text\""),
  ]

  @Test func aPersonIntroducesThemselvesSpeaksAndSkips() async throws {
    let parlour = try await Parlour()
    try parlour.config(["a"], "human_speaker: true")
    let live = try await LiveParlour(parlour, "--go", "--order", "round-robin")
    try await live.program.waitForErrors(containing: "introduce yourself")
    live.type("I like tea.")
    try await live.program.waitForErrors(containing: "your turn")
    try await live.ask("/status", until: "turn 2, speaking: you")
    live.type("//slash \\")
    live.type("and a second line\\\\")
    live.type("end")
    let next = try await parlour.server.waitForRequest(3)
    #expect(next.heard.last == "user human: [human]: /slash \nand a second line\\\nend")
    #expect(next.system.contains("human: I like tea."))
    try await live.ask("/status", until: "turn 4, speaking: you")
    live.type()
    try await parlour.server.waitForRequest(4)
    #expect(parlour.requests(to: "a")[3].heard.last == "user human: [human]: (passed)")
    let ended = try await live.quit()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try parlour.transcript().outcomes.prefix(4) == ["finished", "human", "finished", "passed"])
  }

  @Test func thePromptTellsWhenItIsThePersonsTurn() async throws {
    let parlour = try await Parlour()
    try parlour.config(["a"], "human_speaker: true, intros: false")
    let live = try await LiveParlour(parlour, showsOnTerminal: true)
    let terminal = live.terminal
    try await terminal.wait("a held room") { $0.lines.last?.hasPrefix("held>") == true }
    terminal.type("Hello.\r")
    try await terminal.wait("the way to a turn") {
      $0.output.contains("not said: \"Hello.\"; to say it: /next human, an empty line, then the text")
    }
    terminal.type("/next human\r")
    try await terminal.wait("the answer") { $0.output.contains("next: human") }
    terminal.type("\r")
    try await terminal.wait("the person's turn") {
      $0.lines.last?.hasPrefix("your turn (an empty line passes)>") == true
        && $0.output.contains("your turn: say something; an empty line passes")
    }
    terminal.type("/next HUMAN\r")
    try await terminal.wait("that nothing changes") { $0.output.contains("it is your turn already") }
    terminal.type("Hello.\r")
    try await terminal.wait("what is said") { $0.output.contains("Turn 1 · human") }
    terminal.type("/quit\r")
    let ended = try await live.program.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.said == ["human: Hello."])
    #expect(written.events("next").count == 1)
  }

  @Test func theChecksOfTheModeratorAreShownOnDemand() async throws {
    let parlour = try await Parlour([
      "b": [.openAI(["I listen."] + RoomInterruptTests.setting)],
      "a": [.openAI(.text(String(repeating: RoomInterruptTests.sentence, count: 5)), .stall)],
      "mod": [.scores(["b": 2])],
    ])
    try parlour.config(["b", "a"], "human_speaker: false, intros: false, \(parlour.moderator)")
    let live = try await LiveParlour(parlour, "--order", "round-robin")
    try await live.type("/mod on", until: "are shown")
    try await live.type("/go", until: "goes on")
    try await live.program.waitForErrors(containing: "b: 2/10 because")
    try await live.type("/hold", until: "held after this turn")
    let ended = try await live.quit()
    #expect(ended.exitCode == 0 && !ended.output.contains("2/10"), "\(ended)")
    let written = try parlour.transcript()
    // A quit in mid-turn keeps the partial.
    #expect(written.outcomes == ["finished", "interrupted"] && written.end?["reason"] == "quit")
  }

  @Test func theEndOfTheTerminalEndsAHeldRoom() async throws {
    let parlour = try await Parlour()
    try parlour.config()
    let live = try await LiveParlour(parlour)
    try await live.type("/status", until: "held")
    live.endInput()
    let ended = try await live.program.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try parlour.transcript().end?["reason"] == "quit")
  }

  @Test func onATerminalWhatIsTypedStaysApartFromWhatIsSaid() async throws {
    let parlour = try await Parlour(["a": [.openAI("Said by a.", .stall)]])
    try parlour.config()
    let live = try await LiveParlour(parlour, "--order", "round-robin", showsOnTerminal: true)
    let terminal = live.terminal
    try await terminal.wait("the prompt of a held room") { $0.lines.last?.hasPrefix("held>") == true }
    terminal.type("\r")
    try await terminal.wait("the text and the speaker") {
      $0.output.contains("Said by a.") && $0.lines.last?.hasPrefix("a speaks>") == true
    }
    terminal.type("/sta")
    try await terminal.wait("what is typed") { $0.lines.last == "a speaks> /sta" }
    terminal.type("tus\r")
    try await terminal.wait("the answer") { $0.output.contains("turn 1, speaking: a · held afterwards") }
    terminal.type("\r")
    try await terminal.wait("the interruption") { $0.output.contains("interrupted a") }
    terminal.type("/quit\r")
    let ended = try await live.program.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(terminal.isCooked)
    #expect(!terminal.screen.value.output.contains("/status"))
  }
}
