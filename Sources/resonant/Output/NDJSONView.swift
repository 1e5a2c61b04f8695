// SPDX-License-Identifier: MIT

import ResonantCore

/// Prints the transcript's records as they happen, one JSON object per line, and between them the pieces of a
/// reply.
struct NDJSONView: ConversationObserver {
  let console: Console

  func observe(_ event: ConversationEvent) async {
    switch event {
    case .asked(let number, let speaker, let attempt):
      console.follow(attempt.live) { text, _ in Self.delta(text, turn: number, speaker: speaker.name) }
    case .began(let transcript): write(transcript.records)
    case .spoke(let turn, _):
      console.unfollow()
      write([.turn(turn)])
    case .occurred(let event): write([.event(event)])
    case .ended(let end, _):
      console.unfollow()
      write([.end(end)])
    }
  }

  private func write(_ records: [Record]) {
    for record in records { console.write(Console.style.safe(record.line)) }
  }

  private static func delta(_ text: [UInt8], turn: Int, speaker: String) -> [UInt8] {
    guard !text.isEmpty else { return [] }
    let delta: JSONValue = [
      "type": "delta", "n": .int(turn), "speaker": .string(speaker),
      "text": .string(String(decoding: text, as: UTF8.self)),
    ]
    return Console.style.safe(delta.json) + [0x0A]
  }
}
