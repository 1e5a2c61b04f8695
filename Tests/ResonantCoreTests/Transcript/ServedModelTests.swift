// SPDX-License-Identifier: MIT

import ResonantCore
import Testing

struct ServedModelTests {
  private static let names: [(asked: String, served: String?, other: String?)] = [
    ("tinny", "tiny", "tiny"), ("tiny", nil, nil), ("gpt-5", "gpt-5-2025-08-07", nil),
    ("gpt-4", "gpt-4-0613", nil),
    ("gpt-5", "gpt-5-mini", "gpt-5-mini"), ("gpt-4", "gpt-4o", "gpt-4o"), ("gemma3", "gemma3:latest", nil),
    ("gemma3", "gemma3n:latest", "gemma3n:latest"), ("mistral-large-latest", "mistral-large-2411", nil),
    ("claude-3-5-sonnet", "claude-3-5-sonnet@20240620", nil), ("gemma3:latest", "gemma3", "gemma3"),
  ]

  @Test(arguments: names)
  func whatIsAnotherModel(asked: String, served: String?, other: String?) {
    var turn = Turn(
      number: 1, speaker: "A", model: asked, text: "a", outcome: .finished, started: Transcript.unknownTime)
    turn.servedModel = served
    #expect(turn.otherModel == other)
  }
}
