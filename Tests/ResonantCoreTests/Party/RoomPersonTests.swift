// SPDX-License-Identifier: MIT

import Synchronization
import TestSupport
import Testing

@testable import ResonantCore

@Suite struct RoomPersonTests {
  private func talker(_ name: String) -> (name: String, model: any ChatModel) {
    (name, ScriptedModel(talking: name.lowercased()))
  }

  @Test func thePersonSpeaksSkipsAndQuits() async throws {
    let a = ScriptedModel(talking: "a")
    let lines = ["/go", "two\nlines", "", "/words 20", "//slash", "/quit"]
    let stage = RoomStage([("A", a)], person: true, lines: lines)
    #expect(try await stage.play().reason == .quit)
    #expect(
      stage.turns.filter { $0.hasPrefix("human") } == [
        "human: two\nlines", "human: (passed)", "human: /slash",
      ])
    #expect(stage.witness.turns.filter { $0.speaker == "human" }.map(\.outcome) == [.human, .passed, .human])
    #expect(stage.speakers.last == "A")
    #expect(stage.witness.turns.allSatisfy { $0.speaker == "A" || $0.usage == nil })
    let named = a.requests[1].messages[2]
    #expect(named.content.string == "[human]: two\nlines")
    #expect(named.extra == ["name": "human"])
    #expect(a.requests[3].script.last?.contains("20 words") == true)
  }

  @Test func theEndOfTheInputAtThePersonsTurnQuits() async throws {
    let stage = RoomStage([talker("A")], person: true, lines: [], go: true)
    #expect(try await stage.play().reason == .quit)
    #expect(stage.turns == ["A: a1"])
  }

  @Test func introductionsGoToTheOthersInOrder() async throws {
    let a = ScriptedModel(says: " I am A.\n", "a1")
    let b = ScriptedModel([.breaks(after: "", ModelError(.refused, "no", status: 500)), .says("b1")])
    let c = ScriptedModel(says: "", "c1")
    var stage = RoomStage(
      [("A", a), ("B", b), ("C", c)], person: true, lines: ["I like tea.", "/go", "hello"])
    stage.room.introductions = true
    try await stage.play()
    let first = stage.witness.occurrences.prefix(4)
    #expect(first.map(\.kind) == ["bio", "error", "error", "bio"])
    #expect(first.map { $0.fields["speaker"]?.string } == ["A", "B", "C", "human"])
    #expect(first.map { $0.fields["text"]?.string } == ["I am A.", nil, nil, "I like tea."])
    #expect(first.map { $0.fields["during"]?.string } == [nil, "bio", "bio", nil])
    #expect(a.requests[0].messages.count == 1)
    #expect(a.requests[0].tools.isEmpty && a.requests[0].system == nil)
    #expect(!a.requests[0].messages[0].content.string.contains("the sea"))
    #expect(a.requests[1].system?.string.hasSuffix("themselves:\n- human: I like tea.") == true)
    #expect(b.requests[1].system?.string.hasSuffix("themselves:\n- A: I am A.\n- human: I like tea.") == true)
    #expect(stage.turns == ["A: a1", "B: b1", "C: c1", "human: hello"])
    #expect(stage.pauses.all.isEmpty)
  }

  @Test func aBioGivenBeforehandIsNotAskedForAndNoneIsNoBio() async throws {
    for (bio, count) in [("I like tea.", 2), (nil, 1)] as [(String?, Int)] {
      var stage = RoomStage([talker("A")], person: true, lines: [], go: true, bio: bio)
      stage.room.introductions = true
      try await stage.play()
      #expect(stage.events("bio").count == count)
      #expect(stage.turns == ["A: a2"])
    }
  }

  @Test func allAreAskedForTheirIntroductionsAtOnce() async throws {
    let meeting = Meeting(of: 3)
    var stage = RoomStage([("A", meeting), ("B", meeting), ("C", meeting)])
    stage.room.introductions = true
    stage.settings.maxTurns = 1
    try await stage.play()
    #expect(stage.events("bio").count == 3)
  }

  @Test func whoQuitsDoesNotWaitForIntroductions() async throws {
    var stage = RoomStage([("A", ScriptedModel([.hangs(after: "I")])), talker("B")], live: true)
    stage.room.introductions = true
    let control = stage.control
    let conversation = stage.conversation()
    async let end = conversation.run()
    control.take(line: "/quit")
    #expect(try await end.reason == .quit)
    #expect(stage.events("bio").isEmpty)
  }

  @Test func whoQuitsDoesNotWaitForAVoteOrTheModerator() async throws {
    for order in [SpeakerOrder.vote, .moderator] {
      let hanging = ScriptedModel([.hangs(after: "")])
      var stage = RoomStage([("A", hanging), talker("B"), talker("C")], go: true, live: true)
      stage.moderator = hanging
      stage.settings.order = order
      let control = stage.control
      let conversation = stage.conversation()
      async let end = conversation.run()
      while hanging.requests.isEmpty { await Task.yield() }
      control.take(line: "/quit")
      #expect(try await end.reason == .quit)
      #expect(stage.turns.isEmpty && stage.events("selection").isEmpty && stage.events("error").isEmpty)
    }
  }

  @Test func aRewindDuringAVoteComesBeforeTheTurn() async throws {
    let judge = ScriptedModel([.hangs(after: "")])
    var story = Story("A", "B", "C")
    story.says("A", "a1")
    var stage = RoomStage([talker("A"), talker("B"), talker("C")], live: true)
    stage.transcript = story.transcript
    stage.moderator = judge
    stage.settings.order = .moderator
    let control = stage.control
    let conversation = stage.conversation()
    async let end = conversation.run()
    control.take(line: "")
    while judge.requests.isEmpty { await Task.yield() }
    control.take(line: "/rewind 0")
    while stage.events("rewind").isEmpty { await Task.yield() }
    control.endInput()
    #expect(try await end.reason == .quit)
    #expect(stage.turns.isEmpty && stage.result?.turns.isEmpty == true)
  }

  @Test func anIntroductionIsNoLongerThanAReply() async throws {
    var stage = RoomStage([talker("A"), ("B", ScriptedModel([.says("0123456789ABC"), .says("b2")]))])
    stage.room.introductions = true
    stage.settings.maxChars = 10
    stage.settings.maxTurns = 1
    try await stage.play()
    #expect(stage.events("bio").last?.fields["text"]?.string == "0123456789")
  }

  @Test func thePersonIsAskedBesideTheModels() async throws {
    /// Introduces itself only once the person has.
    struct Shy: ChatModel {
      let gate: Gate
      func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
        try? await gate.pass()
        attempt.live.append("shy")
        return Completion()
      }
    }
    let gate = Gate()
    var stage = RoomStage([("A", Shy(gate: gate))], person: true, live: true)
    stage.room.introductions = true
    let answers = stage.answers
    let conversation = stage.conversation()
    async let end = conversation.run()
    try await gate.waitUntilReached()
    while !answers.all.contains(where: { $0.hasPrefix("introduce yourself") }) { await Task.yield() }
    stage.control.take(line: "/bio I like tea.")
    gate.open()
    stage.control.endInput()
    #expect(try await end.reason == .quit)
    #expect(stage.events("bio").map { $0.fields["text"]?.string } == ["shy", "I like tea."])
  }

  @Test func bothBudgetAndLimitCountWhatIsAskedBeforeTheFirstTurn() async throws {
    var stage = RoomStage([talker("A"), talker("B"), talker("C")])
    stage.room.introductions = true
    stage.settings.order = .vote
    stage.settings.budgetTokens = 60
    let end = try await stage.play()
    #expect(end.reason == .budget)
    #expect(stage.turns.isEmpty)
    #expect(stage.events("selection").isEmpty)
    #expect(end.usage.total == stage.events("bio").compactMap(\.usage).reduce(Usage.zero, +).total)
  }

  // MARK: Live

  @Test func thePersonIsObeyedInThePauseBetweenTwoTurns() async throws {
    var stage = RoomStage([talker("A"), talker("B")], go: true, live: true)
    stage.settings.delay = .seconds(600)
    let control = stage.control
    let conversation = stage.conversation()
    async let end = conversation.run()
    while stage.witness.turns.isEmpty { await Task.yield() }
    control.take(line: "/words 20")
    while stage.answers.all.last?.hasPrefix("1.") != true {
      control.take(line: "/history")
      await Task.yield()
    }
    control.take(line: "/rewind 0")
    control.take(line: "/quit")
    #expect(try await end.reason == .quit)
    #expect(stage.turns == ["A: a1"])
    #expect(stage.events("words").count == 1 && stage.events("rewind").count == 1)
  }

  @Test func nobodyPausesBeforeTheEnd() async throws {
    var stage = RoomStage([talker("A"), talker("B")], lines: [""])
    stage.settings.delay = .seconds(600)
    #expect(try await stage.play().reason == .quit)
    #expect(stage.turns == ["A: a1"])
  }

  @Test func whoInterruptsTwiceIsHeardOnce() async throws {
    let hanging = ScriptedModel([.hangs(after: "I have been")])
    let stage = RoomStage([("A", hanging), talker("B")], live: true)
    let control = stage.control
    let conversation = stage.conversation()
    async let end = conversation.run()
    control.take(line: "")
    while control.prompt != "A speaks> " || hanging.requests.isEmpty { await Task.yield() }
    control.take(line: "/interrupt")
    control.take(line: "/interrupt")
    control.endInput()
    #expect(try await end.reason == .quit)
    #expect(stage.events("interrupt").map { $0.fields["dropped"]?.bool } == [false])
  }

  @Test func anEmptyLineInterruptsAndARoomThatIsHeldStaysHeld() async throws {
    for isHeld in [true, false] {
      let hanging = ScriptedModel([.hangs(after: "I have been")])
      let b = ScriptedModel([.hangs(after: "so")])
      let stage = RoomStage([("A", hanging), ("B", b)], go: !isHeld, live: true)
      let control = stage.control
      let conversation = stage.conversation()
      async let end = conversation.run()
      if isHeld { control.take(line: "") }
      while control.prompt != "A speaks> " || hanging.requests.isEmpty { await Task.yield() }
      control.take(line: "")
      if !isHeld { while b.requests.isEmpty || control.prompt != "B speaks> " { await Task.yield() } }
      control.take(line: isHeld ? "/hold" : "/quit")
      control.endInput()
      #expect(try await end.reason == .quit)
      #expect(stage.speakers.first == "A" && stage.outcomes.first == .interrupted)
      // A model that is cut before it says anything leaves no message.
      #expect(isHeld ? stage.speakers == ["A"] : stage.speakers.count <= 2)
      #expect(stage.events("note").map { $0.fields["text"]?.string } == [Prompts.interruptedByPerson("A")])
    }
  }

  @Test func onlyOneLineAnswersAndTheNextActs() async throws {
    let control = RoomControl(.live)
    async let text = control.text(for: .turn, asking: "")
    while control.prompt != "your turn (an empty line passes)> " { await Task.yield() }
    control.take(line: "first")
    control.take(line: "second")
    #expect(await text == "first")
    let version = control.version
    control.endInput()
    #expect(await control.waitWhileHeld(since: version))
    #expect(await !control.waitWhileHeld(since: control.version))
  }

  @Test func aChangeBeforeTheWaitIsNotMissed() async {
    let control = RoomControl(.live)
    let version = control.version
    control.take(line: "/go")
    #expect(await control.waitWhileHeld(since: version))
  }

  @Test func whoQuitsWhileTheSpeakerIsChosenHearsNothing() {
    let control = RoomControl(.live)
    control.take(line: "/quit")
    let live = LiveReply()
    control.beginSpeech(live, by: "A")
    #expect(live.verdict == .quit)
  }
}

/// A model that answers once a number of requests wait for it.
final class Meeting: ChatModel {
  private let missing: Mutex<Int>
  private let gate = Gate()
  init(of count: Int) { missing = Mutex(count) }

  func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
    let isFull = missing.withLock { count in
      count -= 1
      return count <= 0
    }
    if isFull { gate.open() }
    try? await gate.pass()
    attempt.live.append("here")
    return Completion()
  }
}
