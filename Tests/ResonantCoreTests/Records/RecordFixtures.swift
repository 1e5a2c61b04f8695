// SPDX-License-Identifier: MIT

import Foundation

@testable import ResonantCore

extension Transcript {
  /// A conversation of two with something in every field.
  static func fixture(turns: Int = 3) -> Transcript {
    let ada = Participant(
      name: "Ada", model: "m:1", endpoint: "https://example.org/v1/chat/completions", api: "anthropic",
      systemPrompt: "Be Ada.",
      payload: ["temperature": 0.5, "nested": ["a": [1, .null]]], headerNames: ["Authorization"],
      headerReferences: ["Authorization": "Bearer ${TOKEN}"])
    let bob = Participant(name: "Bob", model: "parry", endpoint: "builtin:", api: "openai", human: false)
    var header = Header(
      id: "f00", created: Date(timeIntervalSince1970: 1_740_830_400.25), program: "resonant 1.0",
      mode: .party,
      seed: .max, participants: [ada, bob], settings: ["max_turns": 30, "opening": "Hello!"])
    header.topic = "The sea"
    header.parent = Parent(id: "baa", turn: 2)
    header.trial = Trial(
      experiment: "bliss", condition: ["model": "m:1", "payload.temperature": 0.5], repeat: 2)
    let preambles = [
      Preamble(
        owner: "Bob", index: 1, role: .user, content: "hi", extra: ["name": "x", "type": 1, "extra": true]),
      Preamble(owner: "Bob", index: 2, role: .assistant, content: ""),
    ]
    return Transcript(
      header: header, preambles: preambles, turns: (1...turns).map { .fixture($0) },
      events: [
        Event(kind: "note", time: header.created, after: 0, fields: ["text": "before"]),
        Event(kind: "retry", time: header.created, after: 1, fields: ["speaker": "Ada", "status": 429]),
      ],
      end: End(
        reason: .maxTurns, turns: turns, characters: 7, usage: Usage(promptTokens: 1, completionTokens: 2),
        milliseconds: 99))
  }

  /// The file that holds it.
  var file: [UInt8] { records.flatMap(\.line) }
}

extension Turn {
  static func fixture(_ number: Int, text: String? = nil, outcome: Outcome = .finished) -> Turn {
    var turn = Turn(
      number: number, speaker: number % 2 == 1 ? "Ada" : "Bob", model: "m:1", text: text ?? "turn \(number)",
      outcome: outcome, started: Date(timeIntervalSince1970: 1_740_830_401 + Double(number)), milliseconds: 12
    )
    turn.servedModel = "m:1-2025"
    turn.heard = "turn"
    turn.thinking = "hm"
    turn.firstTokenMilliseconds = 3
    turn.usage = Usage(promptTokens: 10, completionTokens: number, estimated: number == 2)
    turn.finishReason = "stop"
    turn.toolCalls = [
      ToolCall(id: "c1", name: "look", arguments: "{\"at\":"), ToolCall(name: "stop", arguments: ""),
    ]
    turn.retries = 1
    return turn
  }
}
