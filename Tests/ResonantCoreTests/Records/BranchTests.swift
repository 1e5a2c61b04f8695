// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import ResonantCore

/// What a branch takes over from its parent.
struct BranchTests {
  private static let tokens: JSONObject = [
    "usage": ["prompt_tokens": 100, "completion_tokens": 0], "speaker": "A",
  ]

  /// A room with something of every kind around its second turn.
  private func room() -> Transcript {
    var story = Story("A", "B")
    story.happens("bio", Self.tokens)
    story.happens("error", ["speaker": "B", "message": "no", "during": "bio"])
    story.happens("retry", ["speaker": "A"])
    story.says("A", "one")
    story.happens("tool", ["speaker": "A", "name": "request_next_speaker"])
    story.happens("selection", Self.tokens)
    story.says("B", "two", .incomplete)
    story.happens("error", ["speaker": "B", "message": "of turn 2"])
    story.happens("note", ["text": "of the moderator"])
    story.happens("words", ["limit": 5])
    story.happens("error", ["speaker": "A", "message": "of the attempt at turn 3"])
    story.happens("silent", ["speaker": "A"])
    story.happens("hold", ["reason": "failures"])
    story.happens("next", ["speaker": "A"])
    story.happens("note", ["speaker": "A", "text": "of an endpoint"])
    story.happens("retry", ["speaker": "A"])
    story.happens("check", Self.tokens)
    story.happens("interrupt", ["dropped": true])
    story.happens("inject", ["n": 3])
    story.says("A", "three", .injected)
    story.happens("words", ["limit": .null])
    story.says("B", "four", .interrupted)
    return story.transcript
  }

  private func kinds(after number: Int) -> [String] {
    room().branch(after: number).events.map { "\($0.after) \($0.kind)" }
  }

  @Test func theEventsThatBelongToItsTurnsAndNoneOfTheAttemptsAtTheNext() {
    #expect(kinds(after: 0) == ["0 bio", "0 error"])
    let first = ["0 bio", "0 error", "0 retry", "1 tool"]
    #expect(kinds(after: 1) == first)
    let second = first + ["1 selection", "2 error", "2 note", "2 words"]
    #expect(kinds(after: 2) == second)
    #expect(kinds(after: 3).count == room().events.count)
    #expect(room().branch(after: 2).events[5].fields["message"] == "of turn 2")
  }

  @Test func wholeTurnsAlone() {
    #expect(room().lastBranchableTurn == 3)
    let branch = room().branch(after: 3)
    #expect(branch.turns.map(\.text) == ["one", "two", "three"])
    #expect(branch.header.parent == Transcript.Parent(id: "story", turn: 3))
    #expect(branch.end == nil)
    var rewound = Story("A", "B")
    rewound.says("A", "one")
    rewound.says("B", "two")
    rewound.rewinds(to: 1)
    rewound.says("B", "another two")
    #expect(rewound.transcript.branch(after: 2).turns.map(\.text) == ["one", "another two"])
    #expect(rewound.transcript.branch(after: 2).events.isEmpty)
  }

  @Test func theSettingsThatHeldAtThatTime() throws {
    var story = Story("A", "B")
    story.says("A", "one")
    story.happens(
      "resume", ["seed": 5, "settings": ["max_chars": 9], "changes": ["the seed is now another"]])
    story.says("B", "two")
    #expect(story.transcript.branch(after: 0).header.seed == nil)
    let branch = story.transcript.branch(after: 1)
    #expect(branch.header.seed == 5 && branch.header.settings["max_chars"] == 9)
    let event = try #require(branch.events.last)
    #expect(event.fields == ["changes": ["the seed is now another"]])
  }

  @Test func whatWasCopiedIsNotSpentAlsoIfItIsRewoundLater() throws {
    var transcript = Transcript.fixture()
    transcript.header.parent = nil
    let parent = transcript.spent.total
    #expect(parent == 36)
    var branch = transcript.branch(after: 2)
    branch.header.created = Date(timeIntervalSince1970: 1_740_900_000)
    #expect(branch.spent == .zero && branch.ownTurns.isEmpty)
    var own = Turn.fixture(3)
    own.started = branch.header.created
    branch.add(own)
    let again = try Transcript.read(branch.file, path: "t.jsonl").transcript
    for var transcript in [branch, again] {
      #expect(transcript.spent.total == 13)
      #expect(transcript.ownTurns.map(\.number) == [3])
      transcript.rewind(to: 0)
      #expect(transcript.spent.total == 13)
    }
  }

  @Test func aBranchThatIsMadeWithinTheMillisecondOfItsLastTurnCountsNoneOfIt() throws {
    var branch = Transcript.fixture().branch(after: 2)
    // A recorded time is rounded, possibly to later than the branch.
    branch.header.created = try #require(branch.turns.last).started.addingTimeInterval(-0.0004)
    #expect(branch.ownTurns.isEmpty)
    var own = Turn.fixture(3)
    own.started = branch.header.created
    branch.add(own)
    let again = try Transcript.read(branch.file, path: "t.jsonl").transcript
    for transcript in [branch, again] { #expect(transcript.ownTurns.map(\.number) == [3]) }
  }

  @Test func anInjectionIsATurnAfterItsEvent() throws {
    var transcript = Story("A", "B").transcript
    transcript.inject("Stones.", by: "B", model: "m", at: Date(timeIntervalSince1970: 9))
    let types = transcript.records.dropFirst().map { $0.json["kind"]?.string ?? $0.json["outcome"]?.string }
    #expect(types == ["inject", "injected"])
    #expect(transcript.events.first?.fields == ["n": 1])
    // It used up no line of a script, and goes with its event.
    #expect(RoomState(transcript).replies["B"] == nil)
    transcript.rewind(to: 0)
    #expect(transcript.events.isEmpty && transcript.turns.isEmpty)
  }

  @Test func eachOfSeveralHasASeedOfItsOwn() {
    let seeds = (1...50).map { Branch.seed($0, from: 7) } + (1...50).map { Branch.seed($0, from: 8) }
    #expect(Set(seeds + [7, 8]).count == 102)
  }
}
