// SPDX-License-Identifier: MIT

/// A transcript as Markdown. Each message is in a block quote, so that headings, lists or unclosed fences in
/// it stay inside.
public enum MarkdownExport {
  public static func document(of transcript: Transcript) -> String {
    var parts = ["# \(line(Wording.title(of: transcript.header)))"]
    if let topic = transcript.topicBesideTitle { parts.append(quote(topic)) }
    parts.append(facts(transcript))
    for fact in transcript.introductions {
      parts += ["## Introduction of \(line(fact.label))", quote(fact.value)]
    }
    for (label, prompt) in transcript.header.sharedPrompts { parts += ["## \(line(label))", quote(prompt)] }
    for passage in transcript.passages {
      switch passage {
      case .preamble(let message):
        parts.append("## Preamble \(message.index) of \(line(message.owner)): \(message.role.rawValue)")
        parts.append(quote(message.content))
      case .turn(let told): parts += turn(told, maxCharacters: transcript.maxCharacters)
      case .event(let event): if let sentence = event.sentence { parts.append("*\(line(sentence))*") }
      }
    }
    if let error = transcript.end?.error { parts.append("Error: \(line(error))") }
    parts += checks(transcript.checks)
    return parts.joined(separator: "\n\n") + "\n"
  }

  private static func facts(_ transcript: Transcript) -> String {
    (transcript.modelFacts + transcript.facts).map { "- \(line($0.label)): \(line($0.value))" }
      .joined(separator: "\n")
  }

  private static func turn(_ told: ToldTurn, maxCharacters: Int?) -> [String] {
    let turn = told.turn
    let model = turn.model.isEmpty ? "" : " (\(line(turn.model)))"
    var parts = ["## Turn \(turn.number): \(line(turn.speaker))\(model)"]
    if let reason = told.reason { parts.append("*\(line(reason))*") }
    if let thinking = turn.thinking { parts += ["*Reasoning:*", quote(thinking)] }
    if thinking(turn) { parts.append("*Said:*") }
    if !told.text.isEmpty { parts.append(turn.outcome == .passed ? told.text : quote(told.text)) }
    let remarks = Wording.notes(on: told, maxCharacters: maxCharacters).map(\.sentence) + told.calls.map(line)
    return parts + remarks.map { "*\($0)*" }
  }

  private static func checks(_ checks: [Check]) -> [String] {
    guard !checks.isEmpty else { return [] }
    let items = checks.map { check in
      let scores = check.scores.map { line($0.text + ($0.rationale.map { " (\($0))" } ?? "")) }
      let result = scores.isEmpty ? "no scores" : scores.joined(separator: ", ")
      let late = check.isDropped ? "; too late" : ""
      return "- Check \(check.number) in turn \(check.turn) of \(line(check.speaker)): \(result)\(late)"
    }
    return ["## Checks of the moderator", items.joined(separator: "\n")]
  }

  private static func thinking(_ turn: Turn) -> Bool { turn.thinking != nil && !turn.text.isEmpty }

  private static func quote(_ text: String) -> String {
    HTMLText.clean(text).split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? ">" : "> \($0)" }.joined(separator: "\n")
  }

  /// The text on one line, with Markdown's special characters escaped.
  private static func line(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in HTMLText.clean(text).unicodeScalars {
      if #"\`*_[]<>&"#.unicodeScalars.contains(scalar) { escaped.append("\\") }
      escaped.append(scalar == "\n" ? " " : scalar)
    }
    return String(escaped)
  }
}
