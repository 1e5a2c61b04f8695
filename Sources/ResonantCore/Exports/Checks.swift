// SPDX-License-Identifier: MIT

/// A check of a room's moderator: whether somebody may interrupt the speaker.
struct Check: Equatable {
  struct Score: Equatable {
    var name: String
    /// Nil if the moderator gave none.
    var value: Int?
    var rationale: String?
    /// Whether the score is high enough for an interrupt.
    var isEnough: Bool
  }

  var number: Int
  /// The turn that was under way.
  var turn: Int
  var speaker: String
  /// The words that the moderator read.
  var snippet: String
  var scores: [Score]
  /// Whether the answer came too late.
  var isDropped: Bool
}

extension Transcript {
  /// The moderator's checks, in order.
  var checks: [Check] {
    let threshold = header.settings["party"]?["interrupt_threshold"]?.int ?? 8
    return events.filter { $0.kind == "check" }.map { event in
      let scores = (event.fields["scores"]?.object ?? [:]).map { name, score in
        let value = score["score"]?.int
        return Check.Score(
          name: name, value: value, rationale: score["rationale"]?.string,
          isEnough: value.map { $0 >= threshold } ?? false)
      }
      // A check is recorded before the turn in which it was made.
      return Check(
        number: event.fields["number"]?.int ?? 0, turn: event.after + 1, speaker: event.speaker ?? "",
        snippet: event.text("snippet") ?? "", scores: scores, isDropped: event.isDropped)
    }
  }
}

extension Check.Score {
  var text: String { "\(name) \(value.map(String.init) ?? "no score")" }
}

/// The checks as a folded table.
enum HTMLChecks {
  static func html(_ checks: [Check], speakers: Speakers) -> String {
    guard !checks.isEmpty else { return "" }
    return """
      <details class="table checks"><summary>\(Wording.count(checks.count, "check")) of the moderator</summary>
      <table><thead><tr><th>Check</th><th>Turn</th><th>Speaker</th><th>Last words</th><th>Scores</th></tr></thead>
      <tbody>\(checks.map { row($0, speakers) }.joined())</tbody></table></details>

      """
  }

  private static func row(_ check: Check, _ speakers: Speakers) -> String {
    let scores = check.scores.map { score in
      let text = HTMLText.isolated(score.text)
      let rationale = score.rationale.map { ": \(HTMLText.isolated($0))" } ?? ""
      let shown = score.isEnough ? "<b>\(text)</b>" : text
      return "<li class=\"\(speakers.hue(of: score.name))\">\(shown)\(rationale)</li>"
    }
    let late = check.isDropped ? "<em>too late</em>" : ""
    return """
      <tr><td class="right">\(check.number)</td><td class="right"><a href="#turn-\(check.turn)">\(check.turn)</a></td>\
      <td>\(HTMLText.isolated(check.speaker))</td><td>\(HTMLText.isolated(check.snippet))</td>\
      <td>\(scores.isEmpty ? "none " : "<ul>\(scores.joined())</ul>")\(late)</td></tr>

      """
  }
}
