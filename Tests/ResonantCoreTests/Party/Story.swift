// SPDX-License-Identifier: MIT

import Foundation

@testable import ResonantCore

/// A transcript of a room that grows as the real one does.
struct Story {
  private(set) var transcript: Transcript

  init(_ names: String...) {
    let facts = names.map {
      Transcript.Participant(
        name: $0, model: $0 == "human" ? "" : "m", endpoint: "builtin:", api: "openai", human: $0 == "human")
    }
    transcript = Transcript(
      header: Transcript.Header(
        id: "story", created: .distantPast, program: "test", mode: .party, participants: facts))
  }

  mutating func says(_ speaker: String, _ text: String, _ outcome: Outcome = .finished, heard: String? = nil)
  {
    var turn = Turn(
      number: transcript.turns.count + 1, speaker: speaker, model: "m", text: text, outcome: outcome,
      started: .distantPast)
    turn.heard = heard
    transcript.turns.append(turn)
  }

  mutating func happens(_ kind: String, _ fields: JSONObject = [:]) {
    transcript.events.append(
      Transcript.Event(kind: kind, time: .distantPast, after: transcript.turns.count, fields: fields))
  }

  mutating func rewinds(to number: Int) {
    transcript.rewind(to: number)
    happens("rewind", ["to": .int(number)])
  }

  mutating func fails(_ speaker: String) { happens("error", ["speaker": .string(speaker), "message": "no"]) }

  mutating func calls(_ speaker: String, naming name: String) {
    happens(
      "tool",
      [
        "speaker": .string(speaker), "name": "request_next_speaker",
        "arguments": ["participant": .string(name)],
      ])
  }

  var state: RoomState { RoomState(transcript) }

  var lastSpeaker: String? {
    let participants = transcript.header.participants.map {
      Participant(name: $0.name, model: "", endpoint: .builtin)
    }
    return participants.lastSpeaker(in: transcript).map { participants[$0].name }
  }
}
