// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

@Suite struct RoomStateTests {
  private typealias Wish = RoomState.Wish

  @Test func aPersonOutweighsAnInterruptAndThatATool() {
    let tool: (inout Story) -> Void = { $0.calls("A", naming: "B") }
    let interrupt: (inout Story) -> Void = {
      $0.happens("interrupt", ["by": "C", "whom": "A", "dropped": false])
    }
    let person: (inout Story) -> Void = { $0.happens("next", ["speaker": "D"]) }
    let cases: [([(inout Story) -> Void], Wish?)] = [
      ([tool], Wish(speaker: "B", author: .tool)),
      ([tool, interrupt], Wish(speaker: "C", author: .interrupt)),
      ([interrupt, tool], Wish(speaker: "C", author: .interrupt)),
      ([person, interrupt, tool], Wish(speaker: "D", author: .person)),
      ([tool, interrupt, person], Wish(speaker: "D", author: .person)),
      ([interrupt, { $0.happens("next", ["speaker": .null]) }], nil),
      ([person, { $0.says("D", "d") }], nil),
      ([person, { $0.fails("D") }], nil),
      ([tool, { $0.calls("A", naming: "C") }], Wish(speaker: "C", author: .tool)),
      ([person, { $0.happens("selection", ["speaker": "D", "by": "human", "dropped": true]) }], nil),
    ]
    for (index, (steps, wish)) in cases.enumerated() {
      var story = Story("A", "B", "C", "D")
      story.says("A", "a")
      for step in steps { step(&story) }
      #expect(story.state.wish == wish, "case \(index)")
    }
  }

  @Test func whatWasDroppedOrIgnoredIsNoWish() {
    var story = Story("A", "B")
    story.says("A", "a")
    story.happens("interrupt", ["by": "B", "whom": "A", "dropped": true])
    story.happens(
      "tool",
      [
        "speaker": "A", "name": "request_next_speaker", "arguments": ["participant": "Z"],
        "problem": "nobody has this name",
      ])
    #expect(story.state.wish == nil)
  }

  @Test func aPersonWhoInterruptsPassesTheMicToWhoeverIsNext() {
    var story = Story("A", "B", "human")
    story.says("A", "a", .interrupted)
    story.happens("interrupt", ["by": "human", "whom": "A", "dropped": false])
    #expect(story.state.wish == nil)
  }

  @Test func failuresCountUntilSomebodySpeaksOrTheRoomIsHeldOrRewound() {
    var story = Story("A", "B", "human")
    story.fails("A")
    story.fails("B")
    #expect(story.state.failures == 2)
    #expect(story.state.failuresByName == ["A": 1, "B": 1])
    story.says("human", "", .passed)
    story.says("human", "well", .human)
    #expect(story.state.failures == 2)
    var held = story
    held.happens("hold", ["reason": "failures"])
    #expect(held.state.failures == 0)
    #expect(held.state.failuresByName.isEmpty)
    var rewound = story
    rewound.rewinds(to: 0)
    #expect(rewound.state.failures == 0)
    story.says("A", "a")
    #expect(story.state.failures == 0)
    #expect(story.state.failuresByName == ["B": 1])
    story.says("B", "b", .incomplete)
    story.fails("B")
    #expect(story.state.failures == 1)
    #expect(story.state.failuresByName == ["B": 2])
  }

  @Test func aRewindTakesBackTriggersChoicesChecksAndFailedAttempts() {
    var story = Story("A", "B", "C")
    story.says("A", "a")
    story.happens("triggers", ["speaker": "A", "triggers": ["boats"]])
    let before = story.state
    story.says("B", "b")
    story.happens("triggers", ["speaker": "A", "triggers": []])
    story.happens("next", ["speaker": "C"])
    story.happens("words", ["limit": 50])
    story.happens("bio", ["speaker": "B", "text": "I am B."])
    story.happens("check", ["number": 1, "usage": ["prompt_tokens": 7, "completion_tokens": 1]])
    story.fails("C")
    story.rewinds(to: 1)
    let after = story.state
    #expect(after.triggers == before.triggers)
    #expect(after.wish == nil)
    #expect(after.wordLimit == 50)
    #expect(after.bios == ["B": "I am B."])
    #expect(story.lastSpeaker == "A")
    #expect(story.transcript.attempts.isEmpty)
    #expect(!story.transcript.events.contains { $0.kind == "check" })
    #expect(story.transcript.spent.total == 8)
  }

  @Test func aFailedAttemptBeforeTheRewoundTurnDoesNotCountAsTheLastSpeaker() {
    var story = Story("A", "B", "C")
    story.says("A", "a")
    story.fails("C")
    #expect(story.lastSpeaker == "C")
    story.says("B", "b")
    story.rewinds(to: 1)
    #expect(story.lastSpeaker == "A")
    story.rewinds(to: 0)
    #expect(story.lastSpeaker == nil)
  }

  @Test func everyReplyOfAModelUsesALineOfItsScript() {
    var story = Story("A", "B", "human")
    story.happens("bio", ["speaker": "A", "text": "I am A."])
    story.happens("error", ["speaker": "B", "message": "empty", "during": "bio"])
    story.says("A", "a")
    story.says("B", "b", .incomplete)
    story.fails("B")
    story.fails("A")
    story.says("A", "", .passed)
    story.happens("selection", ["by": "vote", "votes": ["A": "B", "B": "human"], "asked": ["A"]])
    story.says("human", "", .passed)
    #expect(story.state.replies == ["A": 5, "B": 2])
    #expect(story.state.introduced == ["A", "B"])
  }

  @Test func thatTheLimitIsLiftedIsOverWithTheNextReplyOfAModel() {
    var story = Story("A", "B", "human")
    #expect(RoomState(story.transcript, wordLimit: 25).wordLimit == 25)
    story.happens("words", ["limit": .null])
    #expect(!story.state.wordLimitIsLifted)
    #expect(RoomState(story.transcript, wordLimit: 25).wordLimitIsLifted)
    story.happens("words", ["limit": 50])
    #expect(story.state.wordLimit == 50)
    story.happens("words", ["limit": .null])
    story.happens("words", ["limit": .null])
    story.says("human", "", .passed)
    story.fails("A")
    #expect(story.state.wordLimitIsLifted)
    story.says("A", "a")
    #expect(!story.state.wordLimitIsLifted)
  }
}
