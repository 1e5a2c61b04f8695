// SPDX-License-Identifier: MIT

import Synchronization
import TestSupport
import Testing

@testable import ResonantCore

@Suite struct RoomTests {
  private func talkers(_ names: String...) -> [(name: String, model: any ChatModel)] {
    names.map { (name: $0, model: ScriptedModel(talking: $0.lowercased())) }
  }

  private static func asks(_ name: String) -> (name: String, arguments: String) {
    ("request_next_speaker", #"{"participant":"\#(name)"}"#)
  }

  // MARK: Order

  @Test func randomNeverRepeatsASpeakerAndFollowsTheSeed() async throws {
    func speakers(seed: UInt64) async throws -> [String] {
      var stage = RoomStage(talkers("A", "B", "C"))
      stage.settings.order = .random
      stage.settings.seed = seed
      stage.settings.maxTurns = 40
      #expect(try await stage.play().reason == .maxTurns)
      return stage.speakers
    }
    let first = try await speakers(seed: 1)
    #expect(zip(first, first.dropFirst()).allSatisfy { $0 != $1 })
    #expect(Set(first).count == 3)
    #expect(try await speakers(seed: 1) == first)
    #expect(try await speakers(seed: 2) != first)
  }

  @Test func aModelNamesTheNextSpeaker() async throws {
    let a = ScriptedModel([.calls([Self.asks("B"), Self.asks("C"), Self.asks("Z")], saying: "a1")])
    var stage = RoomStage([("A", a)] + talkers("B", "C"), lines: ["/next A", "", "", "", "/quit"])
    stage.settings.order = .random
    stage.settings.maxTurns = 2
    try await stage.play()
    #expect(stage.turns == ["A: a1", "C: c1"])
    #expect(stage.events("tool").map { $0.fields["problem"]?.string } == [nil, nil, "nobody has this name"])
    #expect(stage.events("selection").map { $0.fields["by"]?.string } == ["human", "tool"])
  }

  @Test func aPersonsChoiceBeatsATool() async throws {
    let a = ScriptedModel([.calls([Self.asks("B")], saying: "a1")])
    var stage = RoomStage([("A", a)] + talkers("B", "C"), lines: ["/next A", "", "/next C", ""])
    stage.settings.order = .random
    try await stage.play()
    #expect(stage.turns == ["A: a1", "C: c1"])
  }

  @Test func aChoiceOfTheLastSpeakerIsDroppedAndSaidSo() async throws {
    var stage = RoomStage(talkers("A", "B"), lines: ["", "/next A", "", ""])
    stage.settings.maxTurns = 3
    try await stage.play()
    #expect(stage.speakers == ["A", "B", "A"])
    let dropped = stage.events("selection")
    #expect(dropped.map { $0.fields["speaker"]?.string } == ["A"])
    #expect(dropped.map { $0.fields["dropped"]?.bool } == [true])
  }

  @Test func aModelAloneTalksToItself() async throws {
    var stage = RoomStage(talkers("A"))
    stage.settings.order = .random
    stage.settings.maxTurns = 3
    try await stage.play()
    #expect(stage.turns == ["A: a1", "A: a2", "A: a3"])
  }

  // MARK: Tools

  @Test func brokenToolCallsAreNotedAndIgnored() async throws {
    let broken = [
      ("skip", "[1]"), ("request_next_speaker", "{\"participant\":"), ("request_next_speaker", "{}"),
      ("set_triggers", "{}"), ("dance", "{}"), ("skip", ""),
    ]
    let a = ScriptedModel([.calls(broken.map { (name: $0.0, arguments: $0.1) }, saying: "a1")])
    var stage = RoomStage([("A", a)] + talkers("B"))
    stage.settings.order = .random
    stage.settings.seed = 3
    stage.settings.maxTurns = 4
    #expect(try await stage.play().reason == .exhausted)
    let problems = stage.events("tool").map { $0.fields["problem"]?.string }
    #expect(
      problems == [
        "the arguments are no JSON object", "the arguments are no JSON object", "nobody has this name",
        "there is no such tool", "there is no such tool", nil,
      ])
    #expect(stage.turns.contains("A: a1"))
  }

  @Test func aSkipWithoutTextPassesAndOneWithTextSpeaks() async throws {
    let a = ScriptedModel([.calls([("skip", "{}")]), .calls([("skip", "{}")], saying: "a2")])
    let b = ScriptedModel(talking: "b")
    var stage = RoomStage([("A", a), ("B", b)])
    stage.settings.maxTurns = 4
    try await stage.play()
    #expect(stage.turns == ["A: (passed)", "B: b1", "A: a2", "B: b2"])
    #expect(stage.outcomes == [.passed, .finished, .finished, .finished])
    #expect(b.requests[0].script.dropFirst() == ["user: [A]: (passed)"])
  }

  @Test func triggersAreTrimmedAndCut() async throws {
    let a = ScriptedModel([
      .calls([("set_triggers", #"{"triggers":[" boats ","",3,"gulls","tar"]}"#)], saying: "a1"),
      .calls([("set_triggers", #"{"triggers":[]}"#)], saying: "a2"),
    ])
    var stage = RoomStage([("A", a)] + talkers("B"))
    stage.moderator = ScriptedModel([])
    stage.room.maxTriggers = 2
    stage.settings.maxTurns = 4
    try await stage.play()
    #expect(stage.events("triggers").map { $0.fields["triggers"] } == [["boats", "gulls"], []])
    let systems = a.requests.map { $0.system?.string ?? "" }
    #expect(systems[0].contains("You have set no triggers"))
    #expect(systems[1].contains("(2 of at most 2):\n- boats\n- gulls"))
    #expect(a.requests[0].tools.map(\.name) == ["skip", "set_triggers"])
  }

  @Test func toolsAreOfferedWhereTheyWork() async throws {
    for (order, interrupts, hasModerator, tools) in [
      (.random, true, true, ["request_next_speaker", "skip", "set_triggers"]),
      (.chain, true, false, ["request_next_speaker", "skip"]), (.roundRobin, false, true, ["skip"]),
    ] as [(SpeakerOrder, Bool, Bool, [String])] {
      let a = ScriptedModel(talking: "a")
      var stage = RoomStage([("A", a), ("B", a)])
      stage.settings.order = order
      stage.settings.maxTurns = 1
      stage.room.interrupts = interrupts
      stage.moderator = hasModerator ? ScriptedModel([]) : nil
      try await stage.play()
      #expect(a.requests.map { $0.tools.map(\.name) } == [tools])
      #expect(a.requests[0].system?.string.contains("triggers") == tools.contains("set_triggers"))
    }
  }

  // MARK: Failures

  private static let refusal = ModelError(.refused, "no", status: 500)

  @Test func threeFailuresInARowHoldTheRoom() async throws {
    let a = ScriptedModel([.breaks(after: "", Self.refusal), .says(" "), .breaks(after: "", Self.refusal)])
    let stage = RoomStage([("A", a), ("B", ScriptedModel([.thinks("hm")]))])
    let end = try await stage.play()
    #expect(end.reason == .error)
    #expect(end.error == "3 turns in a row failed; the last: the reply is empty")
    #expect(stage.events("hold").count == 1)
    #expect(stage.pauses.all == [.seconds(1), .seconds(2)])
    #expect(stage.turns.isEmpty)
  }

  @Test func threeFailuresOfOneHoldTheRoomThoughOthersSpeak() async throws {
    let a = ScriptedModel([.breaks(after: "", Self.refusal), .breaks(after: "x", Self.refusal), .says("")])
    let stage = RoomStage([("A", a)] + talkers("B"))
    let end = try await stage.play()
    #expect(end.error == "3 turns of A in a row failed; the last: the reply is empty")
    #expect(stage.turns == ["B: b1", "A: x", "B: b2"])
    #expect(stage.outcomes == [.finished, .incomplete, .finished])
  }

  @Test func aStepAfterTheHoldForgivesTheFailures() async throws {
    let lines = ["", "", "", "/words 50", "", "/quit"]
    let a = ScriptedModel([.says(""), .says(""), .says("a3")])
    let stage = RoomStage([("A", a), ("B", ScriptedModel([.says(""), .says("b2")]))], lines: lines)
    #expect(try await stage.play().reason == .quit)
    #expect(stage.turns == ["B: b2"])
    #expect(stage.pauses.all == [.seconds(1), .seconds(2)])
    #expect(stage.answers.all.contains { $0.hasPrefix("the room is held: 3 turns in a row failed") })
  }

  // MARK: Controls

  @Test func aHeldRoomTakesOneTurnForEachEmptyLine() async throws {
    let stage = RoomStage(talkers("A", "B"), lines: ["", "hello", "/words 50", ""])
    #expect(try await stage.play().reason == .quit)
    #expect(stage.turns == ["A: a1", "B: b1"])
    #expect(stage.answers.all.first?.hasPrefix("not said: \"hello\"") == true)
  }

  @Test func whatIsNotSaidIsQuoted() async throws {
    let stage = RoomStage(talkers("A", "B"), lines: ["hello there"])
    try await stage.play()
    #expect(
      stage.answers.all.first
        == "not said: \"hello there\"; nobody takes part in this room (human_speaker is false); an empty line passes the mic"
    )
    #expect(stage.answers.all.last?.contains("--go") == true)
  }

  @Test func whoeverChoosesTheLastSpeakerIsTold() async throws {
    let stage = RoomStage(talkers("A", "B"), lines: ["", "/next A", ""])
    try await stage.play()
    #expect(stage.turns == ["A: a1", "B: b1"])
    #expect(
      stage.answers.all.first == "next: A, if somebody else speaks before: nobody speaks twice in a row")
  }

  @Test func goRunsToTheLimitWhenTheInputEnds() async throws {
    var stage = RoomStage(talkers("A", "B"), lines: ["/go"])
    stage.settings.maxTurns = 3
    #expect(try await stage.play().reason == .maxTurns)
    #expect(stage.turns.count == 3)
  }

  @Test func aRewindLeavesTheMessagesUpToANumber() async throws {
    let b = ScriptedModel(talking: "b")
    let stage = RoomStage(
      talkers("A") + [("B", b)], lines: ["", "", "", "/rewind 3", "/rewind 1", "", "/rewind 0", ""])
    try await stage.play()
    #expect(stage.turns == ["A: a1", "B: b1", "A: a2", "B: b2", "A: a3"])
    #expect(stage.witness.turns.map(\.number) == [1, 2, 3, 2, 1])
    #expect(b.requests.map { $0.script.dropFirst() } == [["user: [A]: a1"], ["user: [A]: a1"]])
    #expect(stage.answers.all.first == "/rewind takes a number from 0 to 2")
    #expect(stage.result?.turns.map(\.text) == ["a3"])
  }

  @Test func whatIsEnteredAfterARewindHoldsAfterIt() async throws {
    let stage = RoomStage(talkers("A", "B", "C"), live: true)
    stage.control.show(RoomView(transcript: twoTurns, names: ["A", "B", "C"], state: RoomState(twoTurns)))
    for line in ["/next B", "/rewind 1", "/rewind 1", "/next C"] { stage.control.take(line: line) }
    var steps: [String] = []
    while let step = stage.control.nextStep() {
      switch step {
      case .rewind(let number): steps.append("rewind \(number)")
      case .happening(let happening):
        steps.append("\(happening.kind) \(happening.fields["speaker"]?.string ?? "")")
      default: break
      }
    }
    #expect(steps == ["next B", "rewind 1", "next C"])
    #expect(stage.answers.all.contains("/rewind takes a number from 0 to 0"))
  }

  private var twoTurns: Transcript {
    var story = Story("A", "B", "C")
    story.says("A", "a")
    story.says("B", "b")
    return story.transcript
  }

  @Test func aLimitOfWordsHoldsFromTheNextRequestOn() async throws {
    let a = ScriptedModel(talking: "a")
    let b = ScriptedModel(talking: "b")
    let lines = ["", "/words 50", "", "/words off", "/words off", "", ""]
    let stage = RoomStage([("A", a), ("B", b)], lines: lines)
    try await stage.play()
    let last = { (request: ModelRequest) in request.messages.last?.content.string ?? "" }
    #expect(last(b.requests[0]).contains("at most 50 words"))
    #expect(last(a.requests[1]).contains("lifted"))
    #expect(last(b.requests[1]) == "[A]: a2")
    #expect(stage.events("words").map { $0.fields["limit"]?.int } == [50, nil])
  }

  @Test func aCommandOfAScriptActsInMidTurn() async throws {
    let a = ScriptedModel(says: "a👩‍🚀e\u{301}xyz")
    let b = ScriptedModel(says: "bb")
    let stage = RoomStage(
      [("A", a), ("B", b)], lines: ["/at 6 /interrupt", "/at 90 /words 10", "", "/at 3 /interrupt", ""])
    try await stage.play()
    #expect(stage.witness.turns.map(\.text) == ["a👩‍🚀e\u{301}", "bb"])
    #expect(stage.outcomes == [.interrupted, .finished])
    #expect(
      b.requests[0].script.dropFirst() == [
        "user: [A]: a👩‍🚀e\u{301}—", "user: [moderator]: The human interrupted A and passed the mic.",
        "user: Please keep your next message to at most 10 words.",
      ])
    #expect(stage.events("interrupt").map { $0.fields["dropped"]?.bool } == [false, true])
    #expect(stage.answers.all.contains("the interrupt is dropped: B had finished before"))
  }

  @Test func aTurnOfExactlyTheLengthCanBeInterrupted() async throws {
    let stage = RoomStage(
      [("A", ScriptedModel(says: "abc")), ("B", ScriptedModel([]))], lines: ["/at 3 /interrupt", ""])
    try await stage.play()
    #expect(stage.turns == ["A: abc—"])
  }

  @Test func aReplyOverTheLimitCanBeInterruptedWhereItIsShown() async throws {
    for (place, text, outcome) in [(2, "ab", Outcome.interrupted), (9, "abcd", .truncated)] {
      var stage = RoomStage(
        [("A", ScriptedModel(says: "abcdefgh")), ("B", ScriptedModel([]))],
        lines: ["/at \(place) /interrupt", ""])
      stage.settings.maxChars = 4
      try await stage.play()
      #expect(stage.witness.turns.map(\.text) == [text])
      #expect(stage.outcomes == [outcome])
    }
  }

  @Test func anInterruptDecidesThoughTheStreamFailsLater() async throws {
    let a = ScriptedModel([.breaks(after: "abcdef", Self.refusal)])
    let stage = RoomStage([("A", a), ("B", ScriptedModel([]))], lines: ["/at 3 /interrupt", ""])
    try await stage.play()
    #expect(stage.turns == ["A: abc—"])
    #expect(stage.outcomes == [.interrupted])
    #expect(stage.events("error").isEmpty)
  }

  @Test func quitInMidTurnKeepsWhatWasShown() async throws {
    let stage = RoomStage(
      [("A", ScriptedModel(says: "abcdef")), ("B", ScriptedModel([]))], lines: ["/at 3 /quit", ""])
    #expect(try await stage.play().reason == .quit)
    #expect(stage.witness.turns.map(\.text) == ["abc"])
    #expect(stage.outcomes == [.interrupted])
  }

  @Test func aSpeedShowsAWholeReply() async throws {
    let text = String(repeating: "word ", count: 20) + "end"
    let stage = RoomStage(
      [("A", ScriptedModel(says: text)), ("B", ScriptedModel([]))],
      lines: ["/speed 900", "/at 50 /words 10", ""])
    try await stage.play()
    #expect(stage.witness.turns.map(\.text) == [text])
    #expect(stage.events("words").count == 1)
  }

  @Test func fromAPipeNothingStandsStillForEver() async throws {
    let stage = RoomStage(
      talkers("A", "B"), lines: ["/speed 0", "", "/speed 3", "/speed -", "/speed off", ""])
    try await stage.play()
    #expect(stage.turns.count == 2)
    #expect(stage.answers.all.count { $0.contains("stand still for ever") } == 2)
  }

  @Test func anAnswerOfTheRoomIsForThePerson() async throws {
    let lines = [
      "/status", "/history", "/next b", "/status", "", "/history", "/next x", "/next", "/next", "/next",
      "/help",
    ]
    let stage = RoomStage(talkers("Ada", "Bob"), lines: lines)
    try await stage.play()
    #expect(
      stage.answers.all.dropLast(2) == [
        "held · turn 0 · next: round-robin · no word limit", "nobody has spoken yet", "next: Bob",
        "held · turn 0 · next: Bob · no word limit", "1. [Bob]: bob1",
        "nobody is called x; there are Ada, Bob",
        "next: Ada", "next: Bob, if somebody else speaks before: nobody speaks twice in a row",
        "next: random",
      ])
    #expect(stage.answers.all.dropLast().last == RoomCommand.manual)
  }

  // MARK: Resuming

  @Test func aTranscriptReadFromItsRecordsGivesTheSameRoom() async throws {
    let a = ScriptedModel([
      .says("I am A."), .calls([Self.asks("B"), ("set_triggers", #"{"triggers":["tar"]}"#)], saying: "a1"),
      .says("a2 and more"), .breaks(after: "half", Self.refusal), .calls([("skip", "")]), .says("a5"),
    ])
    let b = ScriptedModel([
      .breaks(after: "", Self.refusal), .says("b1"), .says(""), .says("b3"), .says("b4"),
    ])
    let lines = [
      "", "", "/at 2 /interrupt", "", "/words 30", "", "", "/rewind 3", "", "", "/words off", "", "/next B",
      "/quit",
    ]
    var stage = RoomStage([("A", a), ("B", b)], lines: lines)
    stage.settings.order = .chain
    stage.moderator = ScriptedModel([])
    stage.room.introductions = true
    try await stage.play()
    let known = try #require(stage.result)
    let read = try Transcript.read(stage.file, path: "room.jsonl").transcript
    #expect(RoomState(read) == RoomState(known))
    #expect(read.turns.map(\.text) == known.turns.map(\.text))
    #expect(read.events.map(\.kind) == known.events.map(\.kind))
    #expect(read.events.map(\.after) == known.events.map(\.after))
    #expect(read.spent == known.spent)
    let perspective = RoomPerspective(participants: stage.participants, settings: stage.room)
    for index in 0...1 {
      #expect(
        perspective.messages(for: index, after: read, RoomState(read))
          == perspective.messages(for: index, after: known, RoomState(known)))
    }
    #expect(known.turns.count >= 4)
  }

  @Test func aResumedRoomGoesOnAsItWouldHave() async throws {
    func stage(turns: Int) -> RoomStage {
      var stage = RoomStage(talkers("A", "B", "C"))
      stage.settings.order = .random
      stage.settings.seed = 5
      stage.settings.maxTurns = turns
      return stage
    }
    let whole = stage(turns: 12)
    try await whole.play()
    let start = stage(turns: 5)
    try await start.play()
    var rest = stage(turns: 12)
    rest.transcript = try Transcript.read(start.file, path: "room.jsonl").transcript
    try await rest.play()
    #expect(start.speakers + rest.speakers == whole.speakers)
  }
}
