// SPDX-License-Identifier: MIT

import ResonantCore
import Synchronization

/// Shows a conversation as text, turn by turn, while it goes on; in a room also what happens between the turns.
struct TextView: ConversationObserver {
  let console: Console
  let style: TerminalStyle
  let showsThinking: Bool
  /// The length in code points at which a reply is cut, for the note about a cut.
  let maxChars: Int
  /// Lines about the files that are written, shown before the first turn.
  let notes: [String]
  let isRoom: Bool
  /// The width of the terminal at the start.
  let columns: Int

  func observe(_ event: ConversationEvent) async {
    switch event {
    case .began(let transcript):
      console.write(banner(transcript))
      if let turn = transcript.turns.last, turn.outcome == .injected { show(turn) }
    // A person who leaves instead of speaking has no turn.
    case .asked(_, let speaker, _) where speaker.isHuman: break
    case .asked(let number, let speaker, let attempt):
      console.write(heading(number, speaker.name, speaker.model))
      console.follow(attempt.live, rendering: rendering())
    case .spoke(let turn, let transcript):
      if turn.outcome == .opening || transcript.isPerson(turn.speaker) { return show(turn) }
      console.unfollow()
      console.write(footer(turn))
    case .occurred(let event):
      guard isRoom, let announcement = event.announcement else { break }
      console.unfollow()
      console.write("\n\(style.safe(announcement))\n")
    case .ended(let end, _):
      console.unfollow()
      console.write(closing(end))
    }
  }

  /// Shows a turn that is complete.
  private func show(_ turn: Turn) {
    console.write(
      heading(turn.number, turn.speaker, turn.model) + style.safe(turn.text) + footer(turn))
  }

  /// Starts text and reasoning on lines of their own, also when they alternate.
  private func rendering() -> Console.Rendering {
    let last = Mutex<(isThinking: Bool, endsLine: Bool)?>(nil)
    return { [style, showsThinking] text, thinking in
      var bytes: [UInt8] = []
      for (piece, isThinking) in [(showsThinking ? thinking : [], true), (text, false)] where !piece.isEmpty {
        let before = last.withLock { last in
          defer { last = (isThinking, piece.last == 0x0A) }
          return last
        }
        if let before, before.isThinking != isThinking, !before.endsLine { bytes.append(0x0A) }
        let shown = style.safe(piece)
        bytes += isThinking ? Array(style.dimmed(String(decoding: shown, as: UTF8.self)).utf8) : shown
      }
      return bytes
    }
  }

  private func banner(_ transcript: Transcript) -> String {
    let header = transcript.latestHeader
    var lines = [doubleRule]
    if let topic = header.topic { lines.append("Topic: \(style.safe(topic))") }
    for (index, participant) in header.participants.enumerated() {
      let number = isRoom ? "\(index + 1). " : ""
      let name = style.colored(style.safe(participant.name), participant: index)
      let model =
        participant.human
        ? "a person" : "\(style.safe(participant.model)) at \(style.safe(participant.endpoint))"
      lines.append("\(number)\(name): \(model)")
    }
    lines += notes
    // An injected message is shown below.
    if let last = transcript.turns.last(where: { $0.outcome != .injected || $0 != transcript.turns.last }) {
      lines.append("Goes on after turn \(last.number)")
    }
    lines.append(doubleRule)
    return lines.joined(separator: "\n") + "\n"
  }

  private func heading(_ number: Int, _ name: String, _ model: String) -> String {
    let parts = ["Turn \(number)", style.safe(name)] + (model.isEmpty ? [] : [style.safe(model)])
    return "\n\(parts.joined(separator: " · "))\n\(rule)\n"
  }

  private func footer(_ turn: Turn) -> String {
    if turn.outcome == .passed { return "\(turn.utterance)\n" }
    // The text is shown already; what marks an interruption follows it.
    let mark = isRoom ? turn.interruptionMark : ""
    var facts = ["\(turn.characters.grouped) characters"]
    switch turn.outcome {
    case .truncated: facts.append("truncated at \(maxChars.grouped)")
    case .interrupted: facts.append("interrupted")
    case .incomplete: facts.append("incomplete")
    case .injected: facts.append("injected")
    default: break
    }
    if turn.heard != nil { facts.append("thinking filtered") }
    return "\(mark)\n\(style.dimmed("[\(facts.joined(separator: ", "))]"))\n"
  }

  private func closing(_ end: Transcript.End) -> String {
    let tokens = (end.usage.estimated ? "about " : "") + end.usage.total.grouped
    let seconds = "\(end.milliseconds / 1000).\(end.milliseconds % 1000 / 100)"
    return """

      \(doubleRule)
      \(Self.sentence(end.reason)): \(end.turns) turn\(end.turns == 1 ? "" : "s"), \(end.characters.grouped) characters, \
      \(tokens) tokens, \(seconds) s
      \(doubleRule)

      """
  }

  static func sentence(_ reason: StopReason) -> String {
    switch reason {
    case .maxTurns: "Turn limit reached"
    case .stopPhrase: "Ended by a stop phrase"
    case .loop: "Ended: the conversation repeats itself word for word"
    case .silence: "Ended: the conversation is down to very short turns"
    case .budget: "Token budget used up"
    case .exhausted: "Ended: the script is used up"
    case .quit: "Ended by the person, or by the end of the input"
    case .interrupted: "Interrupted"
    case .error: "Ended by an error"
    }
  }

  private var rule: String { String(repeating: "-", count: min(50, columns)) }
  private var doubleRule: String { String(repeating: "=", count: min(60, columns)) }
}
