// SPDX-License-Identifier: MIT

/// A transcript as text, in the form in which the terminal shows a conversation.
public enum TextExport {
  private static let thick = String(repeating: "=", count: 60)
  private static let thin = String(repeating: "-", count: 50)

  public static func document(of transcript: Transcript) -> String {
    var lines = [thick, Wording.title(of: transcript.header)]
    if let topic = transcript.topicBesideTitle { lines.append("Topic: \(topic)") }
    lines += (transcript.modelFacts + transcript.facts).map { "\($0.label): \($0.value)" }
    lines.append(thick)
    for fact in transcript.introductions {
      lines += ["", "Introduction of \(fact.label)", thin, fact.value, thin]
    }
    for (label, prompt) in transcript.header.sharedPrompts { lines += ["", label, thin, prompt, thin] }
    for passage in transcript.passages {
      switch passage {
      case .preamble(let message):
        lines += ["", "Preamble \(message.index) of \(message.owner), \(message.role.rawValue)", thin]
        lines += [message.content, thin]
      case .turn(let told): lines += turn(told, maxCharacters: transcript.maxCharacters)
      case .event(let event): if let sentence = event.sentence { lines += ["", sentence] }
      }
    }
    if let end = transcript.end { lines += ["", thick] + sums(end) + [thick] }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func turn(_ told: ToldTurn, maxCharacters: Int?) -> [String] {
    let turn = told.turn
    let model = turn.model.isEmpty ? "" : " (\(turn.model))"
    let remarks = Wording.notes(on: told, maxCharacters: maxCharacters).map(\.sentence) + told.calls
    var lines = ["", "Turn \(turn.number): \(turn.speaker)\(model)"]
    if let reason = told.reason { lines.append("[\(reason)]") }
    lines += [thin, told.text] + remarks.map { "[\($0)]" }
    if turn.isHeard { lines.append("[\(Wording.count(turn.characters, "char"))]") }
    return lines + [thin]
  }

  private static func sums(_ end: Transcript.End) -> [String] {
    var lines = ["Ended: \(Wording.reason(end.reason))"]
    if let error = end.error { lines.append("Error: \(error)") }
    lines.append("\(Wording.count(end.turns, "turn")), \(Wording.count(end.characters, "character"))")
    return lines
  }
}
