// SPDX-License-Identifier: MIT

/// The page of a transcript. Caches the HTML of each turn, so that rewriting the page after every turn only
/// costs the new turn.
struct HTMLPage {
  /// The smallest number of turns for which the page has an outline.
  private static let fewestListed = 10

  private struct Entry: Sendable {
    var told: ToldTurn
    var article: String
    /// Nil for a passed turn.
    var point: CurvePoint?
  }

  private var fragments = FragmentCache()
  private var entries: [Entry] = []
  /// Of the turns that were not passed; nil before the first page.
  private var measures: TurnMeasures?

  init() {}

  /// The texts that must be rendered before the page is made.
  func missing(in transcript: Transcript) -> [String] {
    let new = transcript.turns.dropFirst(isContinued(by: transcript) ? entries.count : 0)
    let shown = new.filter(\.isHeard).map { $0.shown(in: transcript.header.mode) }
    return fragments.missing(from: transcript.preambles.map(\.content) + shown)
  }

  mutating func add(_ rendered: [[UInt8]?], for texts: [String]) { fragments.add(rendered, for: texts) }

  /// The whole page in UTF-8. A turn whose text has not been rendered is shown as plain text, also in later
  /// pages.
  mutating func render(_ transcript: Transcript) -> [UInt8] {
    let speakers = Speakers(transcript.header)
    let passages = transcript.passages
    update(transcript, passages, speakers)
    let curves = HTMLCurves(
      points: entries.compactMap(\.point), measures: measures ?? .growing, speakers: speakers)
    let header = HTMLHeader(
      transcript: transcript, speakers: speakers, fragments: fragments, label: curves.label)
    let body = """
      \(header.html)<main>
      \(curves.html)\(outline(speakers))<h2 class="part">Conversation</h2>
      \(conversation(passages))\(end(transcript))\(HTMLChecks.html(transcript.checks, speakers: speakers))</main>
      <footer>Made by \(HTMLText.escape(transcript.header.program)) from transcript \
      \(HTMLText.isolated(transcript.header.id)).</footer>
      """
    return HTMLDocument.page(
      title: Wording.title(of: transcript.header), program: transcript.header.program, body: body)
  }

  private mutating func update(_ transcript: Transcript, _ passages: [Passage], _ speakers: Speakers) {
    if !isContinued(by: transcript) {
      entries = []
      measures = nil
    }
    var index = 0
    for case .turn(let told) in passages {
      defer { index += 1 }
      if index < entries.count, entries[index].told == told { continue }
      let article = HTMLTurn.article(
        told, speakers: speakers, fragments: fragments, maxCharacters: transcript.maxCharacters)
      if index < entries.count {
        entries[index].told = told
        entries[index].article = article
      } else {
        entries.append(Entry(told: told, article: article, point: point(told.turn)))
      }
    }
  }

  /// Whether the transcript starts with the cached turns, unchanged.
  private func isContinued(by transcript: Transcript) -> Bool {
    transcript.turns.starts(with: entries.lazy.map(\.told.turn))
  }

  private mutating func point(_ turn: Turn) -> CurvePoint? {
    guard turn.isHeard else { return nil }
    // Grown in place, because a copy would cost as much as the whole conversation.
    if measures == nil { measures = .growing }
    measures?.append(NormalisedText(turn.heardText))
    return CurvePoint(turn: turn.number, speaker: turn.speaker, characters: turn.characters)
  }

  private func outline(_ speakers: Speakers) -> String {
    guard entries.count >= Self.fewestListed else { return "" }
    let items = entries.map { entry in
      let turn = entry.told.turn
      return """
        <li class="\(speakers.hue(of: turn.speaker))"><a href="#turn-\(turn.number)">\(turn.number)</a> \
        <b>\(HTMLText.isolated(turn.speaker))</b> <span>\(HTMLText.isolated(beginning(entry.told.text)))</span></li>

        """
    }
    return "<nav><details><summary>All turns</summary><ol>\n\(items.joined())</ol></details></nav>\n"
  }

  /// The first words of a text, on one line.
  private func beginning(_ text: String) -> String {
    text.unicodeScalars.prefix(120).split { $0.properties.isWhitespace }.map(String.init).joined(
      separator: " ")
  }

  private func conversation(_ passages: [Passage]) -> String {
    var articles = entries.lazy.map(\.article).makeIterator()
    return passages.reduce(into: "") { html, passage in
      switch passage {
      // The header shows preambles.
      case .preamble: break
      case .turn: html += articles.next() ?? ""
      case .event(let event): html += HTMLTurn.event(event) ?? ""
      }
    }
  }

  private func end(_ transcript: Transcript) -> String {
    guard let end = transcript.end else {
      if transcript.header.isForeign { return "" }
      return
        "<section class=\"end\"><p>The conversation had not ended when this page was made.</p></section>\n"
    }
    var sums = [
      "Ended: \(Wording.reason(end.reason))", Wording.count(end.turns, "turn"),
      Wording.count(end.characters, "character"),
    ]
    if end.usage.total > 0 { sums.append(Wording.tokens(end.usage) + " in requests and replies") }
    if !transcript.header.isForeign { sums.append(Wording.duration(milliseconds: end.milliseconds)) }
    let error = end.error.map { "<p class=\"error\">\(HTMLText.escape($0))</p>" } ?? ""
    return "<section class=\"end\"><p>\(sums.joined(separator: " · "))</p>\(error)</section>\n"
  }
}
