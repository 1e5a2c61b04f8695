// SPDX-License-Identifier: MIT

import Foundation

@testable import ResonantCore

/// Transcripts to make pages of.
enum Sample {
  static let start = Date(timeIntervalSince1970: 1_795_225_640)

  static func header(_ participants: Transcript.Participant...) -> Transcript.Header {
    Transcript.Header(
      id: "0c5f2a", created: start, program: "resonant 0.1", seed: 7, participants: participants,
      settings: ["max_turns": 30, "max_chars": 10_000])
  }

  static func participant(
    _ name: String, model: String = "gemma3:27b", endpoint: String = "http://localhost:11434/api/chat",
    prompt: String? = "You have complete freedom."
  ) -> Transcript.Participant {
    Transcript.Participant(name: name, model: model, endpoint: endpoint, api: "openai", systemPrompt: prompt)
  }

  static func turn(
    _ number: Int, _ speaker: String, _ text: String, _ outcome: Outcome = .finished
  ) -> Turn {
    Turn(
      number: number, speaker: speaker, model: "gemma3:27b", text: text,
      outcome: outcome, started: start, milliseconds: 2300)
  }

  /// Two participants who say these texts in turn, the first as opening.
  static func chat(_ texts: String...) -> Transcript { chat(texts) }

  static func chat(_ texts: [String]) -> Transcript {
    var transcript = Transcript(header: header(participant("Alice"), participant("Bob")))
    transcript.turns = texts.enumerated().map { index, text in
      turn(index + 1, index.isMultiple(of: 2) ? "Alice" : "Bob", text, index == 0 ? .opening : .finished)
    }
    return transcript
  }
}

extension HTMLPage {
  /// The page of a transcript, every text plain.
  static func plain(_ transcript: Transcript) -> String {
    var page = HTMLPage()
    return String(decoding: page.render(transcript), as: UTF8.self)
  }
}
