// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import ResonantCore

/// Orders in which models choose the speaker, in a chat and in a room.
@Suite struct SelectionTests {
  private static let next = "request_next_speaker"

  private static func names(_ name: String) -> (name: String, arguments: String) {
    (next, #"{"participant":"\#(name)"}"#)
  }

  /// Says text when it is asked to speak, and votes as told when it is asked to choose; nil for an answer that is
  /// no vote, an empty name for an empty answer.
  private final class Voter: ChatModel {
    private let votes: Mutex<[String?]>
    private let asked = Mutex<[ModelRequest]>([])
    private let said: String

    init(_ said: String, votes: String?...) {
      self.said = said
      self.votes = Mutex(votes)
    }

    /// The requests to choose.
    var requests: [ModelRequest] { asked.withLock { $0 } }

    func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
      var completion = Completion()
      guard request.requiredTool != nil else {
        attempt.live.append(said)
        return completion
      }
      asked.withLock { $0.append(request) }
      let vote = votes.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      completion.usage = Usage(promptTokens: 10, completionTokens: 1)
      if vote == "" { throw ModelError(.malformed, "the reply is empty") }
      if let vote {
        let call = SelectionTests.names(vote)
        completion.toolCalls = [ToolCall(name: call.name, arguments: call.arguments)]
      } else {
        attempt.live.append("whoever")
      }
      return completion
    }
  }

  private typealias Run = (speakers: [String], events: [Transcript.Event], end: Transcript.End)

  /// The same conversation as a chat and as a room.
  private func play(
    _ order: SpeakerOrder, turns: Int, moderator: (any ChatModel)? = nil, seed: UInt64 = 1,
    roles: RolePolicy = .asIs,
    _ cast: () -> [(name: String, model: any ChatModel)]
  ) async throws -> [Run] {
    var room = RoomStage(cast())
    room.moderator = moderator
    room.settings.order = order
    room.settings.maxTurns = turns
    room.settings.seed = seed
    for index in room.participants.indices { room.participants[index].roles = roles }
    let roomEnd = try await room.play()
    let models = cast().map(\.model)
    var stage = Stage()
    stage.participants = room.participants
    stage.models = models
    stage.settings = room.settings
    stage.settings.onFailure = .end
    let asked = moderator.map {
      AskedModerator(participant: Participant(name: "moderator", model: "m", endpoint: .builtin), model: $0)
    }
    stage.selection = order.selection(seed: seed, models: models, moderator: asked)
    let end = try await stage.play()
    return [
      (room.speakers, room.witness.occurrences, roomEnd),
      (stage.witness.turns.map(\.speaker), stage.witness.occurrences, end),
    ]
  }

  // MARK: Chain

  @Test func inAChainTheSpeakerNamesTheNext() async throws {
    let runs = try await play(.chain, turns: 5) {
      [
        ("A", ScriptedModel((1...5).map { _ in .calls([Self.names("C")], saying: "a") })),
        ("B", ScriptedModel((1...5).map { _ in .calls([Self.names("A")], saying: "b") })),
        (
          "C",
          ScriptedModel((1...5).map { _ in .calls([Self.names("B"), Self.names("nobody")], saying: "c") })
        ),
      ]
    }
    for run in runs {
      let circle = ["A": "C", "C": "B", "B": "A"]
      #expect(run.speakers.count == 5)
      #expect(zip(run.speakers, run.speakers.dropFirst()).allSatisfy { circle[$0] == $1 })
    }
  }

  @Test func withoutANameAChainIsRandomAndNeverRepeats() async throws {
    let calls: [(name: String, arguments: String)] = [Self.names("A"), (Self.next, "[]"), (Self.next, "{}")]
    let runs = try await play(.chain, turns: 30) {
      [
        ("A", ScriptedModel((1...30).map { _ in .calls(calls, saying: "a") })),
        ("B", ScriptedModel(talking: "b")),
        ("C", ScriptedModel(talking: "c")),
      ]
    }
    for run in runs {
      #expect(zip(run.speakers, run.speakers.dropFirst()).allSatisfy { $0 != $1 })
      #expect(Set(run.speakers).count == 3)
    }
  }

  // MARK: Vote

  @Test func mostVotesWinAndEachIsRecorded() async throws {
    let runs = try await play(.vote, turns: 1) {
      [("A", Voter("a", votes: "C")), ("B", Voter("b", votes: "C")), ("C", Voter("c", votes: "A"))]
    }
    for run in runs {
      #expect(run.speakers == ["C"])
      let event = try #require(run.events.first { $0.kind == "selection" })
      #expect(event.fields["votes"] == ["A": "C", "B": "C", "C": "A"])
      #expect(event.fields["by"] == "vote")
      #expect(event.usage?.total == 33)
      #expect(run.end.usage.total >= 33)
    }
  }

  @Test func invalidVotesCountForNobodyAndTiesAreBroken() async throws {
    var winners: Set<String> = []
    for seed in 0..<12 {
      let runs = try await play(.vote, turns: 1, seed: UInt64(seed)) {
        [
          ("A", Voter("a", votes: "B")), ("B", Voter("b", votes: "A")), ("C", Voter("c", votes: "C")),
          ("D", Voter("d", votes: nil)),
        ]
      }
      #expect(runs[0].speakers == runs[1].speakers)
      winners.formUnion(runs[0].speakers)
      let event = try #require(runs[0].events.first { $0.kind == "selection" })
      #expect(event.fields["votes"] == ["A": "B", "B": "A", "C": .null, "D": .null])
    }
    #expect(winners == ["A", "B"])
  }

  @Test func whoSpokeLastIsNoCandidateAndOneCandidateIsNotAskedFor() async throws {
    let voters = [Voter("a", votes: "B", "C"), Voter("b", votes: "A"), Voter("c", votes: "A")]
    var stage = RoomStage([("A", voters[0]), ("B", voters[1]), ("C", voters[2])])
    stage.settings.order = .vote
    stage.settings.maxTurns = 2
    try await stage.play()
    #expect(stage.speakers.first == "A")
    // Only the last speaker has a choice between two.
    #expect(voters.map(\.requests.count) == [2, 1, 1])
    let allowed = voters[0].requests.map { $0.tools[0].parameters["properties"]?["participant"]?["enum"] }
    #expect(allowed == [["B", "C"], ["B", "C"]])
    #expect(voters.flatMap(\.requests).allSatisfy { !$0.stream && $0.tools.count == 1 })
    let selection = try #require(stage.events("selection").last)
    #expect(selection.fields["asked"] == ["A"])
    #expect(selection.fields["votes"] == ["A": "C", "B": "C", "C": "B"])
    #expect(stage.speakers.last == "C")
    #expect(stage.result.map { RoomState($0).replies } == ["A": 3, "B": 1, "C": 2])
  }

  @Test func anEmptyAnswerIsNoVote() async throws {
    let runs = try await play(.vote, turns: 1) {
      [("A", Voter("a", votes: "")), ("B", Voter("b", votes: "C")), ("C", Voter("c", votes: "B"))]
    }
    for run in runs {
      #expect(run.end.reason == .maxTurns)
      let selection = try #require(run.events.first { $0.kind == "selection" })
      #expect(selection.fields["votes"] == ["A": .null, "B": "C", "C": "B"])
    }
  }

  @Test func twoNeedNoVote() async throws {
    let runs = try await play(.vote, turns: 4) { [("A", Voter("a")), ("B", Voter("b"))] }
    for run in runs { #expect(zip(run.speakers, run.speakers.dropFirst()).allSatisfy { $0 != $1 }) }
  }

  @Test func aVoteKeepsAlternatingRoles() async throws {
    let voters = [Voter("a", votes: "B"), Voter("b", votes: "C"), Voter("c", votes: "B")]
    _ = try await play(.vote, turns: 1, roles: .alternate) {
      [("A", voters[0]), ("B", voters[1]), ("C", voters[2])]
    }
    for request in voters.flatMap(\.requests) { #expect(request.messages.map(\.role) == [.user]) }
  }

  @Test func aScriptThatIsUsedUpEndsTheConversationWithoutAnError() async throws {
    let runs = try await play(.vote, turns: 3) {
      [("A", Voter("a", votes: "B")), ("B", ScriptedModel([])), ("C", Voter("c", votes: "B"))]
    }
    #expect(runs.map(\.end.reason) == [.exhausted, .exhausted])
    #expect(runs.map(\.end.error) == [nil, nil])
  }

  @Test func somebodyWhoCannotBeAskedHasNoVote() async throws {
    let error = ModelError(.refused, "no votes today", status: 500)
    let runs = try await play(.vote, turns: 1) {
      [
        ("A", Voter("a", votes: "B")), ("B", ScriptedModel([.breaks(after: "", error), .says("b")])),
        ("C", Voter("c", votes: "B")),
      ]
    }
    #expect(runs.map(\.speakers) == [["B"], ["B"]])
    for run in runs {
      #expect(run.events.first?.fields["during"] == "selection")
      #expect(run.events.first?.fields["speaker"] == "B")
    }
  }

  @Test func aVoteThatFailsIsReplacedInARoomAndEndsAChat() async throws {
    let error = ModelError(.refused, "no votes today", status: 500)
    let runs = try await play(.vote, turns: 1) {
      ["A", "B", "C"].map { ($0, ScriptedModel([.breaks(after: "", error), .says("x")])) }
    }
    #expect(runs.map(\.speakers.count) == [1, 0])
    #expect(runs.map(\.end.reason) == [.maxTurns, .error])
    #expect(runs[1].end.error == "A, who was to choose the next speaker: no votes today")
    for run in runs { #expect(run.events.first?.fields["during"] == "selection") }
  }

  // MARK: Moderator

  @Test func theModeratorChoosesAmongTheOthers() async throws {
    let judge = Voter("", votes: "B", "C", "C", nil, "Z")
    let voters = [Voter("a"), Voter("b"), Voter("c")]
    var stage = RoomStage([("A", voters[0]), ("B", voters[1]), ("C", voters[2])])
    stage.moderator = judge
    stage.settings.order = .moderator
    stage.settings.maxTurns = 5
    try await stage.play()
    #expect(stage.speakers.prefix(2) == ["B", "C"])
    #expect(zip(stage.speakers, stage.speakers.dropFirst()).allSatisfy { $0 != $1 })
    #expect(stage.events("selection").map { $0.fields["valid"]?.bool } == [true, true, false, false, false])
    let request = judge.requests[1]
    #expect(request.requiredTool == Self.next)
    #expect(request.tools[0].parameters["properties"]?["participant"]?["enum"] == ["A", "C"])
    let prompt = request.messages[0].content.string
    for part in ["[B]: b", "Its topic: the sea", "A and C"] { #expect(prompt.contains(part)) }
    #expect(judge.requests.map(\.ownTurns) == [0, 1, 2, 3, 4])
    #expect(voters.allSatisfy { $0.requests.isEmpty })
  }

  @Test func aChatHasAModeratorToo() async throws {
    let judge = Voter("", votes: "C", "A", "C", "A")
    let runs = try await play(.moderator, turns: 2, moderator: judge) {
      [("A", Voter("a")), ("B", Voter("b")), ("C", Voter("c"))]
    }
    #expect(runs.map(\.speakers) == [["C", "A"], ["C", "A"]])
  }

  @Test func theModeratorReadsMarksToo() async throws {
    let judge = Voter("", votes: "A", "B")
    let skip = ScriptedModel([.calls([("skip", "")])])
    var stage = RoomStage([("A", skip), ("B", Voter("b")), ("C", Voter("c"))])
    stage.moderator = judge
    stage.settings.order = .moderator
    stage.settings.maxTurns = 2
    try await stage.play()
    #expect(judge.requests[1].messages[0].content.string.contains("[A]: (passed)"))
  }
}
