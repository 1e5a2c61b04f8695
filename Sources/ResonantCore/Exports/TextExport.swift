// SPDX-License-Identifier: MIT

/// A transcript as text, in the form in which the terminal shows a conversation.
public enum TextExport {
  private static let thick = String(repeating: "=", count: 60)
  private static let thin = String(repeating: "-", count: 50)

  public static func document(of transcript: Transcript) -> String {
    var lines = [thick, Wording.title(of: transcript.header)]
    lines += (transcript.modelFacts + transcript.facts).map { "\($0.label): \($0.value)" }
    lines.append(thick)
    for moment in transcript.timeline {
      switch moment {
      case .preamble(let message):
        lines += ["", "Preamble \(message.index) of \(message.owner), \(message.role.rawValue)", thin]
        lines += [message.content, thin]
      case .turn(let turn): lines += self.turn(turn, maxCharacters: transcript.maxCharacters)
      case .event(let event): if let sentence = event.sentence { lines += ["", sentence] }
      }
    }
    if let end = transcript.end { lines += ["", thick] + sums(end) + [thick] }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func turn(_ turn: Turn, maxCharacters: Int?) -> [String] {
    let model = turn.model.isEmpty ? "" : " (\(turn.model))"
    var lines = ["", "Turn \(turn.number): \(turn.speaker)\(model)", thin, turn.text]
    lines += Wording.notes(on: turn, maxCharacters: maxCharacters).map { "[\($0.sentence)]" }
    return lines + ["[\(Wording.count(turn.characters, "char"))]", thin]
  }

  private static func sums(_ end: Transcript.End) -> [String] {
    var lines = ["Ended: \(Wording.reason(end.reason))"]
    if let error = end.error { lines.append("Error: \(error)") }
    lines.append("\(Wording.count(end.turns, "turn")), \(Wording.count(end.characters, "character"))")
    return lines
  }
}
