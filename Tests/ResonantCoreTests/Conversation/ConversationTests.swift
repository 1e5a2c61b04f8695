// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import ResonantCore

@Suite struct ConversationTests {
  @Test func opensAlternatesAndEndsAtTheTurnLimit() async throws {
    let alice = ScriptedModel(says: "a1")
    let bob = ScriptedModel(says: "b1", "b2")
    var stage = Stage(("Alice", alice), ("Bob", bob))
    stage.settings.maxTurns = 4
    let end = try await stage.play()
    #expect(end.reason == .maxTurns)
    #expect(stage.witness.turns.map(\.text) == ["Hello!", "b1", "a1", "b2"])
    #expect(stage.witness.turns.map(\.speaker) == ["Alice", "Bob", "Alice", "Bob"])
    #expect(stage.witness.turns.map(\.number) == [1, 2, 3, 4])
    #expect(bob.requests.map(\.script) == [["user: Hello!"], ["user: Hello!", "assistant: b1", "user: a1"]])
    #expect(alice.requests.map(\.script) == [["assistant: Hello!", "user: b1"]])
    #expect(end.characters == 12)
  }

  @Test func withoutOpeningTheFirstParticipantGenerates() async throws {
    let alice = ScriptedModel(says: "a1")
    var stage = Stage(("Alice", alice), ("Bob", ScriptedModel(says: "b1")))
    stage.settings.opening = nil
    stage.settings.maxTurns = 2
    try await stage.play()
    #expect(stage.witness.turns.map(\.text) == ["a1", "b1"])
    #expect(alice.requests[0].script == ["user: (The conversation begins.)"])
  }

  @Test func threeSpeakInOrderAndAreTold() async throws {
    let bob = ScriptedModel(says: "b1")
    let carol = ScriptedModel(says: "[Carol]: c1")
    let alice = ScriptedModel(says: "a1")
    var stage = Stage(("Alice", alice), ("Bob", bob), ("Carol", carol))
    stage.settings.maxTurns = 4
    try await stage.play()
    #expect(stage.witness.turns.map(\.text) == ["Hello!", "b1", "c1", "a1"])
    #expect(carol.requests[0].script == ["user: [Alice]: Hello!", "user: [Bob]: b1"])
    #expect(alice.requests[0].script == ["assistant: Hello!", "user: [Bob]: b1", "user: [Carol]: c1"])
  }

  @Test func aModelHearsWhenItsTurnHasBeenTold() async throws {
    /// Does something once its turn is recorded.
    final class Recorded: ChatModel {
      let action: @Sendable () -> Void
      init(_ action: @escaping @Sendable () -> Void) { self.action = action }
      func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
        attempt.onRecorded(action)
        attempt.live.append("text")
        return Completion()
      }
    }
    let told = Mutex<[Int]>([])
    let witness = Witness()
    let model = Recorded { told.withLock { $0.append(witness.turns.count) } }
    var stage = Stage(("Alice", model), ("Bob", model))
    stage.witness = witness
    stage.settings.maxTurns = 4
    try await stage.play()
    #expect(told.withLock { $0 } == [2, 3, 4])
  }

  @Test func theLastTurnAndTheEndAreToldTogether() async throws {
    final class Bundles: ConversationObserver {
      let all = Mutex<[[ConversationEvent]]>([])
      func observe(_ event: ConversationEvent) {}
      func observe(_ events: [ConversationEvent]) { all.withLock { $0.append(events) } }
    }
    let bundles = Bundles()
    let bob = ScriptedModel(says: "b1")
    var stage = Stage(("Alice", ScriptedModel(says: "a1")), ("Bob", bob))
    stage.settings.maxTurns = 2
    stage.others = [bundles]
    try await stage.play()
    let last = bundles.all.withLock { $0.last ?? [] }
    guard last.count == 2, case .spoke(let turn, _) = last[0], case .ended = last[1] else {
      Issue.record("not together: \(last)")
      return
    }
    #expect(turn.text == "b1")
  }

  @Test func randomOrderNeverRepeatsASpeakerAndFollowsTheSeed() async throws {
    func speakers(seed: UInt64) async throws -> [String] {
      let many = { (name: String) in ScriptedModel((1...60).map { .says("\(name)\($0)") }) }
      var stage = Stage(("A", many("a")), ("B", many("b")), ("C", many("c")))
      stage.settings.order = .random
      stage.settings.seed = seed
      try await stage.play()
      return stage.witness.turns.map(\.speaker)
    }
    let first = try await speakers(seed: 1)
    #expect(first.count == 30)
    #expect(zip(first, first.dropFirst()).allSatisfy { $0 != $1 })
    #expect(Set(first).count == 3)
    #expect(try await speakers(seed: 1) == first)
    #expect(try await speakers(seed: 2) != first)
  }

  @Test func aStopPhraseEndsAfterTheReplyThatHasIt() async throws {
    let bob = ScriptedModel(says: "enough ^C^C now")
    var stage = Stage(("Alice", ScriptedModel([])), ("Bob", bob))
    stage.settings.stopPhrases = ["^C^C"]
    let end = try await stage.play()
    #expect(end.reason == .stopPhrase)
    #expect(end.turns == 2)
  }

  @Test func anOpeningWithTheStopPhraseEndsNothing() async throws {
    var stage = Stage(("Alice", ScriptedModel([])), ("Bob", ScriptedModel(says: "b1")))
    stage.settings.opening = "say STOP when done"
    stage.settings.stopPhrases = ["STOP"]
    stage.settings.maxTurns = 2
    #expect(try await stage.play().reason == .maxTurns)
  }

  @Test func anExhaustedScriptEndsWithoutAnError() async throws {
    let stage = Stage(("Alice", ScriptedModel([])), ("Bob", ScriptedModel(says: "b1")))
    let end = try await stage.play()
    #expect(end.reason == .exhausted)
    #expect(end.error == nil)
    #expect(end.turns == 2)
  }

  @Test func theBudgetStopsBeforeTheTurnThatWouldStartWithNothingLeft() async throws {
    let long = String(repeating: "word ", count: 100)
    var stage = Stage(("Alice", ScriptedModel(says: long)), ("Bob", ScriptedModel(says: long, long)))
    stage.settings.budgetTokens = 100
    let end = try await stage.play()
    #expect(end.reason == .budget)
    #expect(end.turns == 2)
    #expect(end.usage.estimated)
    #expect(end.usage.completionTokens == 125)
  }
}

@Suite struct FailureTests {
  @Test(arguments: ["", "  \n\t "]) func anEmptyReplyFailsAndLeavesNoTurn(text: String) async throws {
    let stage = Stage(("Alice", ScriptedModel([])), ("Bob", ScriptedModel(says: text)))
    let end = try await stage.play()
    #expect(end.reason == .error)
    #expect(end.error == "Bob: the reply is empty")
    #expect(stage.witness.turns.count == 1)
    #expect(stage.witness.occurrences.map(\.kind) == ["error"])
  }

  @Test func aReplyOfThinkingAloneIsKeptButGoesToNobody() async throws {
    let alice = ScriptedModel([])
    var stage = Stage(("Alice", alice), ("Bob", ScriptedModel(says: "<think>hm</think>")))
    stage.settings.filterThinking = true
    let end = try await stage.play()
    #expect(end.reason == .error)
    #expect(stage.witness.turns.last?.outcome == .incomplete)
    #expect(stage.witness.turns.last?.text == "<think>hm</think>")
    #expect(alice.requests.isEmpty)
  }

  @Test func reasoningWithoutTextSaysSo() async throws {
    let stage = Stage(("Alice", ScriptedModel([])), ("Bob", ScriptedModel([.thinks("let me see")])))
    let end = try await stage.play()
    #expect(end.error?.contains("reasoning but no text") == true)
  }

  @Test func anErrorAfterSomeTextKeepsThePartialAndStops() async throws {
    let alice = ScriptedModel([])
    let broken = ModelError(.connection, "the connection broke")
    let stage = Stage(("Alice", alice), ("Bob", ScriptedModel([.breaks(after: "half a", broken)])))
    let end = try await stage.play()
    #expect(end.error == "Bob: the connection broke")
    #expect(stage.witness.turns.last?.outcome == .incomplete)
    #expect(stage.witness.turns.last?.text == "half a")
    #expect(alice.requests.isEmpty)
  }

  @Test func cancellingKeepsThePartialAndMarksIt() async throws {
    let (asked, signal) = AsyncStream.makeStream(of: Int.self)
    var stage = Stage(("Alice", ScriptedModel([])), ("Bob", ScriptedModel([.hangs(after: "so far")])))
    stage.witness = Witness { signal.yield($0) }
    let conversation = stage.conversation()
    let task = Task { try await conversation.run() }
    for await _ in asked { break }
    task.cancel()
    #expect(try await task.value.reason == .interrupted)
    #expect(stage.witness.turns.last?.text == "so far")
    #expect(stage.witness.turns.last?.outcome == .interrupted)
  }

  @Test func aConversationMayGoOnAfterAFailure() async throws {
    let alice = ScriptedModel(says: "a1", "a2")
    let broken = ModelError(.connection, "the connection broke")
    var stage = Stage(("Alice", alice), ("Bob", ScriptedModel([.breaks(after: "", broken), .says("b1")])))
    stage.settings.onFailure = .hold
    stage.settings.maxTurns = 3
    let end = try await stage.play()
    #expect(end.reason == .maxTurns)
    #expect(stage.witness.turns.map(\.text) == ["Hello!", "b1", "a1"])
    #expect(stage.witness.occurrences.map(\.kind) == ["error"])
  }

  @Test func nobodyToChooseIsAnError() async throws {
    struct Nobody: SpeakerSelection {
      func next(in context: SelectionContext) async throws(ModelError) -> SpeakerChoice {
        throw ModelError(.refused, "the moderator is away")
      }
    }
    var stage = Stage(("Alice", ScriptedModel([])), ("Bob", ScriptedModel([])))
    stage.selection = Nobody()
    let end = try await stage.play()
    #expect(end.error == "the moderator is away")
    #expect(end.reason == .error)
  }
}

@Suite struct DrainTests {
  private func stage(turns: Int, delay: Duration = .zero) -> Stage {
    var stage = Stage(("Alice", ScriptedModel(says: "a", "b")), ("Bob", ScriptedModel(says: "c", "d")))
    stage.settings.maxTurns = turns
    stage.settings.delay = delay
    return stage
  }

  @Test(arguments: [2, 3])
  func noTurnBeginsButAWholeConversationIsWhole(turns: Int) async throws {
    var stage = stage(turns: turns)
    // The first turn is in flight when it begins.
    stage.witness = Witness { [drain = stage.drain] _ in drain.begin() }
    let end = try await stage.play()
    #expect(end.turns == 2)
    #expect(end.reason == (turns == 2 ? .maxTurns : .interrupted))
  }

  @Test func nobodyPausesAnyMore() async throws {
    let stage = stage(turns: 9, delay: .seconds(3600))
    let conversation = stage.conversation()
    let task = Task { try await conversation.run() }
    #expect(await isWatched(stage.drain))
    stage.drain.begin()
    #expect(try await task.value.reason == .interrupted)
  }

  /// Waits until somebody watches, which the numbers of our own watches tell.
  private func isWatched(_ drain: Drain) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(120)
    var own = 1
    while ContinuousClock.now < deadline {
      let token = drain.watch {}
      drain.forget(token)
      if token > own { return true }
      own += 1
      await Task.yield()
    }
    return false
  }

  @Test func whoWatchesTooLateIsToldAtOnce() {
    let drain = Drain()
    let told = Mutex(0)
    drain.forget(drain.watch { told.withLock { $0 += 1 } })
    drain.begin()
    #expect(told.withLock { $0 } == 0)
    _ = drain.watch { told.withLock { $0 += 1 } }
    #expect(told.withLock { $0 } == 1)
  }
}

@Suite struct ContinuationTests {
  @Test func theTimeOfEarlierTurnsCounts() async throws {
    var stage = Stage(("Alice", ScriptedModel(says: "a1")), ("Bob", ScriptedModel([])))
    stage.turns = ["Alice", "Bob"].enumerated().map { index, name in
      Turn(
        number: index + 1, speaker: name, model: "m", text: "x", outcome: index == 0 ? .opening : .finished,
        started: .distantPast, milliseconds: 3_600_000)
    }
    stage.settings.maxTurns = 3
    let end = try await stage.play()
    #expect(end.milliseconds >= 7_200_000)
  }

  @Test func goesOnAfterTheTurnsThereAre() async throws {
    let alice = ScriptedModel(says: "a1")
    var stage = Stage(("Alice", alice), ("Bob", ScriptedModel([])))
    stage.turns = [
      Turn(number: 1, speaker: "Alice", model: "m", text: "Hello!", outcome: .opening, started: .distantPast),
      Turn(number: 2, speaker: "Bob", model: "m", text: "b1", outcome: .finished, started: .distantPast),
      Turn(
        number: 3, speaker: "Alice", model: "m", text: "a ha", outcome: .interrupted, started: .distantPast),
    ]
    stage.settings.maxTurns = 3
    let end = try await stage.play()
    #expect(end.reason == .maxTurns)
    #expect(stage.witness.turns.map(\.number) == [3])
    #expect(alice.requests[0].script == ["assistant: Hello!", "user: b1"])
  }

  @Test func nothingIsAskedWhenNothingIsLeft() async {
    var stage = Stage(("Alice", ScriptedModel([])), ("Bob", ScriptedModel([])))
    stage.settings.maxTurns = 1
    stage.turns = [
      Turn(number: 1, speaker: "Alice", model: "m", text: "Hello!", outcome: .opening, started: .distantPast)
    ]
    #expect(await stage.conversation().reasonToStop == .maxTurns)
  }

  @Test func theThinkingFilterHidesFromOthersAlone() async throws {
    let alice = ScriptedModel(says: "a1")
    let bob = ScriptedModel(says: "<think>secret</think> open", "b2")
    var stage = Stage(("Alice", alice), ("Bob", bob))
    stage.settings.filterThinking = true
    stage.settings.maxTurns = 4
    try await stage.play()
    #expect(alice.requests[0].script.last == "user: open")
    #expect(bob.requests[1].script[1] == "assistant: <think>secret</think> open")
    #expect(stage.witness.turns[1].heard == "open")
  }
}
