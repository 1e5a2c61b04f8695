// SPDX-License-Identifier: MIT

/// The speakers of a page, each with a hue.
struct Speakers {
  /// In the order of the participants.
  let names: [String]
  private let order: [String: Int]
  private let people: Set<String>

  init(_ header: Transcript.Header) {
    names = header.participants.map(\.name)
    order = Dictionary(
      header.participants.enumerated().map { ($1.name, $0 % HTMLStyle.hues) },
      uniquingKeysWith: { first, _ in first })
    people = Set(header.participants.filter(\.human).map(\.name))
  }

  /// The class that sets a speaker's hue; empty for a speaker who is not a participant.
  func hue(of name: String) -> String { order[name].map { "s\($0)" } ?? "" }

  func isPerson(_ name: String) -> Bool { people.contains(name) }
}

/// A turn or preamble message as HTML.
enum HTMLTurn {
  static func article(
    _ told: ToldTurn, speakers: Speakers, fragments: FragmentCache, maxCharacters: Int?
  ) -> String {
    let turn = told.turn
    let isPassed = turn.outcome == .passed
    let hue = speakers.hue(of: turn.speaker)
    let badges = [badge(turn, speakers), isPassed ? told.text : ""].filter { !$0.isEmpty }
    var html = """
      <article id="turn-\(turn.number)" class="\(isPassed ? "passed \(hue)" : hue)">
      <h2><span class="name">\(HTMLText.isolated(turn.speaker))</span>\
      <span class="badge">\(HTMLText.isolated(badges.joined(separator: " · ")))</span>\
      <span class="turn"><a href="#turn-\(turn.number)">Turn \(turn.number)</a></span></h2>

      """
    if let reason = told.reason { html += "<p class=\"reason\">\(HTMLText.escape(reason))</p>\n" }
    if let thinking = turn.thinking { html += HTMLMessage.thinking(thinking) }
    if isPassed { return html + calls(told.calls) + "</article>\n" }
    let message = HTMLMessage(told.text, fragments: fragments)
    if !told.text.isEmpty { html += message.body }
    for note in Wording.notes(on: told, maxCharacters: maxCharacters) {
      html += "<p class=\"note\(note.isLoss ? " loss" : "")\">\(note.sentence)</p>\n"
    }
    return html + calls(told.calls) + #"<div class="foot"><span>"# + HTMLText.escape(stats(turn))
      + "</span>\(message.source)</div>\n"
      + "</article>\n"
  }

  private static func badge(_ turn: Turn, _ speakers: Speakers) -> String {
    if turn.outcome == .human || speakers.isPerson(turn.speaker) { return "person" }
    guard turn.outcome == .opening else { return turn.model }
    return turn.model.isEmpty ? "opening" : "\(turn.model) · opening"
  }

  /// What the speaker did besides speaking: one short sentence as it is, anything more folded.
  private static func calls(_ sentences: [String]) -> String {
    guard let first = sentences.first else { return "" }
    if sentences.count == 1, first.utf8.count <= 100 {
      return "<p class=\"note\">\(HTMLText.escape(first))</p>\n"
    }
    let items = sentences.map { "<li>\(HTMLText.escape($0))</li>" }.joined()
    return """
      <details class="calls"><summary>\(Wording.count(sentences.count, "tool call"))</summary><ul>\(items)</ul></details>

      """
  }

  private static func stats(_ turn: Turn) -> String {
    var stats = [Wording.count(turn.characters, "char")]
    if turn.milliseconds > 0 { stats.append(Wording.duration(milliseconds: turn.milliseconds)) }
    if let usage = turn.usage { stats.append(Wording.tokens(usage) + " in request and reply") }
    if turn.retries > 0 { stats.append(turn.retries == 1 ? "1 retry" : "\(turn.retries) retries") }
    if let served = turn.servedModel { stats.append("served by \(served)") }
    return stats.joined(separator: " · ")
  }

  static func preamble(_ message: Transcript.Preamble, fragments: FragmentCache) -> String {
    let content = HTMLMessage(message.content, fragments: fragments)
    let length = Wording.count(message.content.unicodeScalars.count, "char")
    return """
      <article>
      <h2><span class="name">\(message.role.rawValue)</span>\
      <span class="badge">preamble \(message.index)</span></h2>
      \(content.body)<div class="foot"><span>\(length)</span>\(content.source)</div>
      </article>

      """
  }

  static func event(_ event: Transcript.Event) -> String? {
    guard let sentence = event.sentence else { return nil }
    let kind = event.isModeratorNote ? "moderator" : event.kind == "error" ? "event error" : "event"
    return "<aside class=\"\(kind)\"><p>\(HTMLText.escape(sentence))</p></aside>\n"
  }
}
