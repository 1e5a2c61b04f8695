// SPDX-License-Identifier: MIT

import Foundation
import Synchronization

@testable import ResonantCore

/// A room of scripted models, which a script of lines controls.
struct RoomStage {
  var participants: [Participant]
  var models: [any ChatModel]
  /// Asked by the monitor, and for the order of that name.
  var moderator: (any ChatModel)?
  var settings = ConversationSettings()
  var room = RoomSettings()
  let control: RoomControl
  var witness = Witness()
  var transcript: Transcript?
  /// The pauses after failures.
  let pauses = Pauses()
  let answers = Answers()

  final class Pauses: Sendable {
    private let state = Mutex<[Duration]>([])
    private let clock = Mutex(0.0)

    var all: [Duration] { state.withLock { $0 } }

    /// Nobody sleeps, and time flies.
    var pacing: EndpointModel.Pacing {
      EndpointModel.Pacing(
        sleep: { duration in
          if duration >= .seconds(1) { self.state.withLock { $0.append(duration) } }
          await Task.yield()
          try Task.checkCancellation()
        },
        now: {
          self.clock.withLock { time in
            time += 2
            return time
          }
        },
        random: { 0 })
    }
  }

  final class Answers: Sendable {
    private let state = Mutex<[String]>([])
    var all: [String] { state.withLock { $0 } }
    func add(_ text: String) { state.withLock { $0.append(text) } }
  }

  /// - Parameter lines: what a person enters; nil for a room in which nobody is there. `go` lets it run.
  init(
    _ cast: [(name: String, model: any ChatModel)], person: Bool = false, lines: [String]? = nil,
    go: Bool = false,
    live: Bool = false, bio: String? = nil
  ) {
    let answers = answers
    control = RoomControl(live ? .live : lines == nil ? .unattended : .scripted, isHeld: !go, bio: bio) {
      answers.add($0)
    }
    participants = cast.map { Participant(name: $0.name, model: "model-of-\($0.name)", endpoint: .builtin) }
    models = cast.map(\.model)
    if person {
      participants.append(.person(named: RoomPerson.name))
      models.append(RoomPerson(control: control))
    }
    settings.opening = nil
    settings.order = .roundRobin
    settings.onFailure = .hold
    settings.maxTurns = nil
    room.introductions = false
    room.topic = "the sea"
    if !live, let lines {
      lines.forEach(control.take)
      control.endInput()
    }
  }

  func conversation() -> Conversation {
    let facts = participants.map {
      Transcript.Participant(
        name: $0.name, model: $0.model, endpoint: "builtin:", api: "openai", human: $0.isHuman)
    }
    var header = Transcript.Header(
      id: "test", created: Date(timeIntervalSince1970: 0), program: "test", mode: .party, participants: facts)
    header.topic = room.topic
    let drain = Drain()
    let asked = moderator.map {
      AskedModerator(
        participant: Participant(name: "moderator", model: "judge", endpoint: .builtin), model: $0)
    }
    let parts = RoomParts(participants: participants, models: models, moderator: asked, settings: room)
    return Conversation(
      participants: participants, models: models, settings: settings,
      transcript: transcript ?? Transcript(header: header), observers: [witness], drain: drain,
      rules: Room(parts, conversation: settings, control: control, drain: drain, pacing: pauses.pacing))
  }

  @discardableResult
  func play() async throws -> Transcript.End { try await conversation().run() }

  // MARK: What was told

  var turns: [String] { witness.turns.map { "\($0.speaker): \($0.utterance)" } }
  var speakers: [String] { witness.turns.map(\.speaker) }
  var outcomes: [Outcome] { witness.turns.map(\.outcome) }

  func events(_ kind: String) -> [Transcript.Event] { witness.occurrences.filter { $0.kind == kind } }

  /// The transcript at the end, as the conversation knows it.
  var result: Transcript? {
    for case .ended(_, let transcript) in witness.events.reversed() { return transcript }
    return nil
  }

  /// The file that a writer of records would have made.
  var file: [UInt8] {
    witness.events.flatMap { event -> [UInt8] in
      switch event {
      case .began(let transcript): Record.header(transcript.header).line
      case .asked: []
      case .spoke(let turn, _): Record.turn(turn).line
      case .occurred(let event): Record.event(event).line
      case .ended(let end, _): Record.end(end).line
      }
    }
  }
}

extension ScriptedModel {
  /// A model that says its name and a number, many times.
  convenience init(talking name: String) { self.init((1...60).map { .says("\(name)\($0)") }) }
}
