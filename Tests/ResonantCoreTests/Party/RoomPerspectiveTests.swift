// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

@Suite struct RoomPerspectiveTests {
  /// The messages for a participant after the introduction, as `role name: text`.
  private func view(
    _ story: Story, of name: String, _ state: RoomState? = nil, roles: RolePolicy = .asIs
  ) throws -> [String] {
    var participants = story.transcript.header.participants.map { facts in
      facts.human ? .person(named: facts.name) : Participant(name: facts.name, model: "m", endpoint: .builtin)
    }
    let index = try #require(participants.firstIndex { $0.name == name })
    participants[index].roles = roles
    var settings = RoomSettings()
    settings.topic = "the [/sea]"
    let messages = RoomPerspective(participants: participants, settings: settings)
      .messages(for: index, after: story.transcript, state ?? story.state)
    return messages.map { message in
      let name = message.extra["name"]?.string.map { " \($0)" } ?? ""
      return "\(message.role.rawValue)\(name): \(message.content.string)"
    }
  }

  @Test func theIntroductionIsUnnamedAndTellsWhoIsThere() throws {
    let first = try view(Story("a.1", "b", "human"), of: "b")
    #expect(first.count == 1)
    #expect(first[0].hasPrefix("user: "))
    for part in ["a.1, b and human", "human is a person", "the [/sea]"] { #expect(first[0].contains(part)) }
    let watched = try view(Story("a.1", "b"), of: "b")[0]
    #expect(watched.contains("a.1 and b"))
    #expect(watched.contains("takes no part"))
  }

  @Test func ownTurnsAreBareAndOthersHaveNames() throws {
    var story = Story("a.1", "b", "human")
    story.says("a.1", "one")
    story.says("b", "two")
    story.says("human", "three", .human)
    #expect(
      try view(story, of: "b").dropFirst() == [
        "user a-1: [a.1]: one", "assistant: two", "user human: [human]: three",
      ])
    #expect(
      try view(story, of: "a.1").dropFirst() == [
        "assistant: one", "user b: [b]: two", "user human: [human]: three",
      ])
  }

  @Test func marksAreSeenByAll() throws {
    var story = Story("A", "B", "human")
    story.says("A", "half a sen", .interrupted)
    story.happens("interrupt", ["by": "B", "whom": "A", "dropped": false])
    story.happens("note", ["text": "B interrupted A."])
    story.says("B", "", .interrupted)
    story.happens("note", ["text": "The human interrupted B."])
    story.says("human", "", .passed)
    story.happens("note", ["speaker": "A", "text": "a warning about an endpoint"])
    let notes = [
      "user moderator: [moderator]: B interrupted A.",
      "user moderator: [moderator]: The human interrupted B.",
    ]
    #expect(
      try view(story, of: "A").dropFirst() == [
        "assistant: half a sen—", notes[0], "user B: [B]: (interrupted)", notes[1],
        "user human: [human]: (passed)",
      ])
    #expect(
      try view(story, of: "B").dropFirst() == [
        "user A: [A]: half a sen—", notes[0], "assistant: (interrupted)", notes[1],
        "user human: [human]: (passed)",
      ])
  }

  @Test func onlyNeighboursOfTheSameRoleAndNameAreMerged() throws {
    var story = Story("A", "B", "C")
    story.says("B", "one")
    story.says("B", "two")
    story.says("C", "three")
    story.happens("note", ["text": "first"])
    story.happens("note", ["text": "second"])
    story.says("A", "four")
    story.says("A", "five")
    #expect(
      try view(story, of: "A").dropFirst() == [
        "user B: [B]: one\n\n[B]: two", "user C: [C]: three",
        "user moderator: [moderator]: first\n\n[moderator]: second", "assistant: four\n\nfive",
        "user: (It is your turn to speak.)",
      ])
  }

  @Test func theWordLimitComesLastAndThatItIsLiftedOnce() throws {
    var story = Story("A", "B")
    story.says("A", "one")
    story.happens("words", ["limit": 50])
    let limited = try view(story, of: "A")
    #expect(limited.count == 3)
    #expect(limited[2] == "user moderator: Please keep your next message to at most 50 words.")
    story.says("B", "two")
    story.happens("words", ["limit": .null])
    #expect(
      try view(story, of: "A").last?.hasPrefix("user moderator: The word limit has been lifted") == true)
    story.says("A", "three")
    #expect(try view(story, of: "B").last == "user A: [A]: three")
    #expect(try view(story, of: "A").last == "user: (It is your turn to speak.)")
  }

  @Test func thinkingStaysWithWhoHasThought() throws {
    var story = Story("A", "B")
    story.says("A", "<think>x</think>one", heard: "one")
    #expect(try view(story, of: "A")[1] == "assistant: <think>x</think>one")
    #expect(try view(story, of: "B")[1] == "user A: [A]: one")
  }

  @Test func aReplyThatIsNothingButThinkingReachesNobody() throws {
    var story = Story("A", "B")
    story.says("A", "<think>x", .incomplete, heard: "")
    #expect(try view(story, of: "B").count == 1)
  }

  @Test func alternatingRolesHaveNoNames() throws {
    var story = Story("A", "B", "C")
    story.says("B", "one")
    story.says("C", "two")
    story.says("A", "three")
    let messages = try view(story, of: "A", roles: .alternate)
    #expect(messages.map { String($0.prefix { $0 != ":" }) } == ["user", "assistant", "user"])
    #expect(messages[0].hasSuffix("\n\n[B]: one\n\n[C]: two"))
  }
}
