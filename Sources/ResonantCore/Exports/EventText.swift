// SPDX-License-Identifier: MIT

extension Transcript.Event {
  /// The event as a sentence for readers of the conversation; nil for events that only matter when studying the
  /// file (retries, checks, calls that other events tell of).
  public var sentence: String? {
    switch kind {
    case "error": return errorSentence
    case "note": return "\(speaker ?? "Moderator"): \(text("text") ?? "")"
    case Transcript.resumption:
      let changes = fields["changes"]?.array?.compactMap(\.string) ?? []
      return changes.isEmpty ? nil : "Goes on with changes: \(changes.joined(separator: "; "))."
    case "inject": return fields["n"]?.int.map { "Turn \($0) was injected." }
    case "rewind":
      return fields["to"]?.int.map {
        "Rewound to \($0 == 0 ? "the beginning" : "turn \($0)"): what came after it no longer counts."
      }
    case "hold": return "Held\(text("reason").map { ": \($0)" } ?? ".")"
    case "words": return fields["limit"]?.int.map { "Word limit: \($0)." } ?? "The word limit is lifted."
    case "bio": return "Introduction of \(named): \(text("text") ?? "")"
    case "tool": return callSentence
    case "silent":
      let tools = (fields["tools"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
      return "\(named) said nothing\(tools.isEmpty ? "" : " and called \(tools)"); this counts as no turn."
    case "triggers":
      let triggers = fields["triggers"]?.array?.compactMap(\.string) ?? []
      return triggers.isEmpty
        ? "\(named) removes its triggers."
        : "\(named) sets triggers: \(triggers.map { "“\($0)”" }.joined(separator: ", "))."
    case "selection":
      guard isDropped else { return nil }
      return "\(named) was to speak next, but nobody speaks twice in a row."
    default: return nil
    }
  }

  /// The sentence for a person who follows a room while it goes on; nil for what other output tells, or what is
  /// read later if at all.
  public var announcement: String? {
    switch kind {
    case "error", "words", "bio", "rewind", "hold", "silent": sentence
    // Warnings about endpoints go to standard error.
    case "note": isModeratorNote ? sentence : nil
    default: nil
    }
  }

  var speaker: String? { text("speaker") }
  var isDropped: Bool { fields["dropped"]?.bool == true }

  func text(_ key: String) -> String? { fields[key]?.string }

  private var named: String { speaker ?? "Somebody" }

  private var errorSentence: String {
    let message = text("message") ?? "an error without a message"
    return switch text("during") {
    case "bio": "No introduction of \(named): \(message)"
    case "check": "The moderator's check failed: \(message)"
    case "selection": "The choice of the next speaker failed: \(message)"
    default: "Error\(speaker.map { " of \($0)" } ?? ""): \(message)"
    }
  }

  private var callSentence: String? {
    let arguments = fields["arguments"]
    guard let problem = text("problem") else {
      switch text("name") {
      case "request_next_speaker":
        return "\(named) asks for \(arguments?["participant"]?.string ?? "somebody") to speak next."
      // The turn, or the event that follows, tells of these.
      case "skip", "set_triggers": return nil
      default: return "\(named) calls \(call(with: arguments))."
      }
    }
    return "\(named) calls \(call(with: arguments)): ignored, \(problem)."
  }

  private func call(with arguments: JSONValue?) -> String {
    let shown = arguments.map { $0.string ?? $0.jsonText }
    return [text("name") ?? "a tool", shown].compactMap(\.self).joined(separator: " ")
  }
}

extension Transcript.Event {
  /// Why the coming speaker was chosen, in one sentence; nil where the turn before tells (a speaker asked for this
  /// one), and for an event that chooses nobody.
  var reason: String? {
    guard kind == "selection", !isDropped else { return nil }
    switch text("by") {
    case "vote":
      return "Chosen by vote: \(tally)\(fields["lot"]?.bool == true ? "; then by lot" : "")."
    case "moderator":
      return fields["valid"]?.bool == false
        ? "Chosen at random: the moderator's answer named nobody who may speak."
        : "Chosen by the moderator."
    case "human": return "Chosen by the person."
    case "interrupt": return "Interrupted the speaker before."
    default: return nil
    }
  }

  /// `2 for Alice, 1 for nobody`, in descending order.
  private var tally: String {
    var counts: [(name: String, count: Int)] = []
    for (_, vote) in fields["votes"]?.object ?? [:] {
      let name = vote.string ?? "nobody"
      if let index = counts.firstIndex(where: { $0.name == name }) {
        counts[index].count += 1
      } else {
        counts.append((name, 1))
      }
    }
    let places = counts.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
    return places.map { "\($0.element.count) for \($0.element.name)" }.joined(separator: ", ")
  }
}
