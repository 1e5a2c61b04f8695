// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

@Suite struct PerspectiveTests {
  private let alternating = [
    Message(.system, "s"), Message(.assistant, "a"), Message(.user, "b"), Message(.user, "c"),
    Message(.assistant, "d"),
  ]

  @Test func alternatingMergesNeighboursAndOpensWithAUserMessage() {
    let result = Perspective.alternating(alternating)
    #expect(result.map(\.role) == [.system, .user, .assistant, .user, .assistant])
    #expect(result[3].content.string == "b\n\nc")
    #expect(result[3].content == SharedText("b\n\nc"))
  }

  @Test func alternatingLeavesAlternatingMessagesAlone() {
    let messages = [Message(.user, "x"), Message(.assistant, "y")]
    #expect(Perspective.alternating(messages) == messages)
  }

  @Test func aPreambleIsSeenByItsOwnerAlone() {
    let alice = Participant(
      name: "Alice", model: "m", endpoint: .builtin, preamble: [Message(.user, "only Alice")])
    let bob = Participant(name: "Bob", model: "m", endpoint: .builtin)
    let said = [
      Turn(number: 1, speaker: "Alice", model: "m", text: "hi", outcome: .finished, started: .distantPast)
    ]
    let forAlice = Perspective.messages(for: 0, among: [alice, bob], after: said)
    let forBob = Perspective.messages(for: 1, among: [alice, bob], after: said)
    #expect(forAlice.map(\.content.string) == ["only Alice", "hi"])
    #expect(forAlice.map(\.role) == [.user, .assistant])
    #expect(forBob.map(\.content.string) == ["hi"])
  }
}
