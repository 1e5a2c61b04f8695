// SPDX-License-Identifier: MIT

import OrderedCollections

/// The log of a room for people: the topic, the introductions, who spoke why, the moderator's checks, tools,
/// triggers, interrupts and errors, with the messages. Formats only; see `ModerationLogFile`.
struct ModerationLog {
  /// Who was chosen for the coming turn, and by whom; nil for the order.
  private var selection: Transcript.Event?
  private var names: [String] = []
  /// The last speaker.
  private var last: String?
  private var order = ""
  private var maxTriggers = 5
  private var threshold = 8

  /// The settings of the room as the transcript records them.
  init(_ transcript: Transcript) {
    let header = transcript.latestHeader
    names = header.participants.map(\.name)
    order = header.settings["order"]?.string ?? "random"
    let room = header.settings["party"]
    maxTriggers = room?["max_triggers"]?.int ?? maxTriggers
    threshold = room?["interrupt_threshold"]?.int ?? threshold
    last = transcript.turns.last?.speaker
  }

  /// The beginning of a log.
  func heading(of transcript: Transcript) -> [String] {
    var lines = [Self.doubleRule, "Topic: \(transcript.header.topic ?? "")"]
    for (index, participant) in transcript.header.participants.enumerated() {
      let model = participant.human ? "a person" : "\(participant.model) at \(participant.endpoint)"
      lines.append("\(index + 1). \(participant.name): \(model)")
    }
    guard let last = transcript.turns.last else { return lines + [Self.doubleRule] }
    guard last.outcome == .injected else {
      return lines + ["Goes on after turn \(last.number)", Self.doubleRule]
    }
    if last.number > 1 { lines.append("Goes on after turn \(last.number - 1)") }
    lines += [Self.doubleRule, "", Self.rule, "Turn \(last.number): \(last.speaker)"]
    return lines + self.lines(of: last)
  }

  /// The beginning of a turn: its number, the speaker, and the reason why it is that one's turn.
  mutating func lines(forTurn number: Int, of speaker: String) -> [String] {
    defer { (selection, last) = (nil, speaker) }
    return ["", Self.rule, "Turn \(number): \(speaker) (\(reason(speaker)))"]
  }

  private func reason(_ speaker: String) -> String {
    guard let by = selection?.fields["by"]?.string else {
      if order == SpeakerOrder.roundRobin.rawValue { return "in turn" }
      return "random among \(names.filter { $0 != last }.joined(separator: ", "))"
    }
    switch by {
    case "vote":
      let votes = (selection?.fields["votes"]?.object ?? [:]).map {
        "\($0.key) for \($0.value.string ?? "nobody")"
      }
      let lot = selection?.fields["lot"]?.bool == true ? "; then by lot" : ""
      return "by vote: \(votes.joined(separator: ", "))\(lot)"
    case AskedModerator.name where selection?.fields["valid"]?.bool == false:
      return "random, since the moderator's answer names nobody who may speak"
    case "tool": return "asked for by the last speaker"
    case "interrupt": return "interrupted"
    default: return "chosen by the \(by)"
    }
  }

  /// A turn with its outcome.
  func lines(of turn: Turn) -> [String] {
    let words = turn.text.split(whereSeparator: \.isWhitespace).count
    let count = "\(words) word\(words == 1 ? "" : "s")"
    let outcome =
      switch turn.outcome {
      case .passed: "passed"
      case .interrupted: words == 0 ? "interrupted before speaking" : "interrupted after \(count)"
      case .human: "the human spoke, \(count)"
      default: "\(turn.outcome.rawValue), \(count)"
      }
    return (turn.text.isEmpty ? [] : [turn.text]) + ["[\(outcome)]"]
  }

  /// An event; none for those that say nothing to a person.
  mutating func lines(of event: Transcript.Event) -> [String] {
    let fields = event.fields
    func text(_ key: String) -> String { fields[key]?.string ?? "" }
    switch event.kind {
    case "selection":
      if fields["dropped"]?.bool == true {
        return ["\(text("speaker")) cannot speak twice in a row: dropped"]
      }
      selection = event
      return []
    case "check": return Self.lines(ofCheck: fields, threshold: threshold)
    case "interrupt":
      let isDropped = fields["dropped"]?.bool == true
      return ["INTERRUPT: \(text("by")) interrupts \(text("whom"))\(isDropped ? ", too late: dropped" : "")"]
    case "tool":
      let problem = fields["problem"]?.string.map { " (ignored: \($0))" } ?? ""
      return [
        "tool: \(text("speaker")) calls \(text("name")) \(fields["arguments"]?.jsonText ?? "")\(problem)"
      ]
    case "silent": return ["[only called tools]"]
    case "triggers": return [triggers(of: text("speaker"), fields["triggers"]?.array ?? [])]
    case "note": return ["note: \(text("text"))"]
    case "words": return [fields["limit"]?.int.map { "word limit: \($0)" } ?? "word limit: none"]
    case "next": return ["next: \(fields["speaker"]?.string ?? "random")"]
    case "bio": return ["\(text("speaker")) introduces itself: \(text("text"))"]
    case "error": return ["error: \(text("speaker")): \(text("message"))"]
    case "rewind": return ["rewound to message \(fields["to"]?.int ?? 0)"]
    case "hold": return ["held: \(text("reason"))"]
    case "retry": return ["retry: \(text("speaker")): \(text("message"))"]
    default: return []
    }
  }

  private func triggers(of speaker: String, _ triggers: [JSONValue]) -> String {
    let list = triggers.compactMap(\.string).map { "\"\($0)\"" }.joined(separator: ", ")
    return triggers.isEmpty
      ? "triggers: \(speaker) clears them"
      : "triggers: \(speaker) (\(triggers.count)/\(maxTriggers)): \(list)"
  }

  func lines(of end: Transcript.End) -> [String] {
    let reason = end.error.map { "\(end.reason.rawValue): \($0)" } ?? end.reason.rawValue
    return [
      "", Self.doubleRule, "End after \(end.turns) turn\(end.turns == 1 ? "" : "s"): \(reason)",
      Self.doubleRule,
    ]
  }

  /// The scores of a check, one participant a line.
  static func lines(ofCheck fields: JSONObject, threshold: Int) -> [String] {
    let snippet = String((fields["snippet"]?.string ?? "").suffix(60)).map { $0.isNewline ? " " : $0 }
    let dropped = fields["dropped"]?.bool == true ? ", too late: dropped" : ""
    let head = "check \(fields["number"]?.int ?? 0): \"\(String(snippet))\"\(dropped)"
    guard let scores = fields["scores"]?.object else { return [head, "  no scores"] }
    return [head]
      + scores.map { name, score in
        guard let value = score["score"]?.int else { return "  \(name): no score" }
        let mark = value >= threshold ? " !" : ""
        return "  \(name): \(value)/10\(mark) \(score["rationale"]?.string ?? "")"
      }
  }

  private static let rule = String(repeating: "-", count: 50)
  private static let doubleRule = String(repeating: "=", count: 60)
}
