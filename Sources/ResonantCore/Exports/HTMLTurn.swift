// SPDX-License-Identifier: MIT

/// The speakers of a page, each with a hue.
struct Speakers {
  private let order: [String: Int]

  init(_ header: Transcript.Header) {
    order = Dictionary(
      header.participants.enumerated().map { ($1.name, $0 % HTMLStyle.hues) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The class that sets a speaker's hue; empty for a speaker who is not a participant.
  func hue(of name: String) -> String { order[name].map { "s\($0)" } ?? "" }
}

/// A turn or preamble message as HTML.
enum HTMLTurn {
  static func article(
    _ turn: Turn, speakers: Speakers, fragments: FragmentCache, maxCharacters: Int?
  ) -> String {
    let number = turn.number
    var html = """
      <article id="turn-\(number)" class="\(speakers.hue(of: turn.speaker))">
      <h2><span class="name">\(HTMLText.isolated(turn.speaker))</span>\
      <span class="badge">\(HTMLText.isolated(badge(turn)))</span>\
      <span class="turn"><a href="#turn-\(number)">Turn \(number)</a></span></h2>

      """
    if let thinking = turn.thinking { html += HTMLMessage.thinking(thinking) }
    let message = HTMLMessage(turn.text, fragments: fragments)
    if !turn.text.isEmpty { html += message.body }
    for note in Wording.notes(on: turn, maxCharacters: maxCharacters) {
      html += "<p class=\"note\(note.isLoss ? " loss" : "")\">\(note.sentence)</p>\n"
    }
    return html + #"<div class="foot"><span>"# + HTMLText.escape(stats(turn))
      + "</span>\(message.source)</div>\n"
      + "</article>\n"
  }

  private static func badge(_ turn: Turn) -> String {
    switch turn.outcome {
    case .human: "person"
    case .opening: turn.model.isEmpty ? "opening" : "\(turn.model) · opening"
    default: turn.model
    }
  }

  private static func stats(_ turn: Turn) -> String {
    var stats = [Wording.count(turn.characters, "char")]
    if turn.milliseconds > 0 { stats.append(Wording.duration(milliseconds: turn.milliseconds)) }
    if let usage = turn.usage { stats.append(Wording.tokens(usage)) }
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
    event.sentence.map { sentence in
      "<aside class=\"event\(event.kind == "error" ? " error" : "")\"><p>\(HTMLText.escape(sentence))</p></aside>\n"
    }
  }
}
