// SPDX-License-Identifier: MIT

/// A conversation of an analysis: its values, curves, states and recurrence.
struct ConversationFigure {
  let conversation: ConversationMeasures
  let duplicateOf: String?
  /// Its place in the analysis, from 1.
  let number: Int
  /// The address of the conversation's own page, if there is one.
  let page: String?

  static func anchor(_ number: Int) -> String { "conversation-\(number)" }

  var html: String {
    let label = [conversation.attractor?.words() ?? "no turns", conversation.doubt]
      .compactMap(\.self).joined(separator: " · ")
    return """
      <details class="conversation"><summary>\(number) · <b>\(HTMLTable.name(conversation.source.path))</b> · \
      \(label)</summary><div id="\(Self.anchor(number))">
      \(link)\(pictures)\(values)</div></details>

      """
  }

  private var link: String {
    page.map { "<p><a href=\"\(HTMLText.escape($0))\">Read the conversation</a></p>\n" } ?? ""
  }

  private var onset: Int? { conversation.attractor?.onset }

  private var pictures: String {
    guard conversation.turns > 0 else { return "" }
    let novelty = TurnQuartiles(conversation.novelty.map(Optional.some))
    let recurrence = conversation.recurrence.map { matrix in
      """
      <figure class="square"><figcaption><b>Recurrence</b>, turn by turn\
      \(matrix.step == 1 ? "" : ", \(matrix.step) turns a cell")</figcaption>\
      \(RecurrencePlot(matrix: matrix, turns: conversation.turns, onset: onset).svg)</figure>

      """
    }
    let hint =
      novelty.step == 1
      ? "" : "<p class=\"hint\">A point of the curves is the mean of \(novelty.step) turns.</p>"
    return """
      <div class="charts">
      \(figure("<b>Novelty</b>, share not said before", novelty.points, hasStrip: true))\
      \(figure("<b>Similarity</b> to the turn before", TurnQuartiles(conversation.similarity).points))\
      \(lengths)\(recurrence ?? "")</div>\(hint)

      """
  }

  private func figure(
    _ caption: String, _ points: [TurnQuartiles.Point], hasStrip: Bool = false
  ) -> String {
    let chart = TurnChart.shares(Self.title(caption, points), count: conversation.turns)
    let curve = chart.line(points.map { ($0.turn, $0.median) })
    return """
      <figure><figcaption>\(caption)</figcaption>\(chart.svg(curve + chart.onset(onset)))\
      \(hasStrip ? StateStrip(marks: conversation.marks).svg(chart) : "")</figure>

      """
  }

  private var lengths: String {
    let points = TurnQuartiles(conversation.letters.map { Optional(Double($0)) }).points
    let caption = "<b>Length</b> in letters"
    let chart = TurnChart.counts(
      Self.title(caption, points), count: conversation.turns, most: points.map(\.median).max() ?? 0)
    let curve = chart.line(points.map { ($0.turn, $0.median) })
    return
      "<figure><figcaption>\(caption)</figcaption>\(chart.svg(curve + chart.onset(onset)))</figure>\n"
  }

  private static func title(_ caption: String, _ points: [TurnQuartiles.Point]) -> String {
    let name = caption.replacing("<b>", with: "").replacing("</b>", with: "")
    guard let first = points.first, let last = points.last else { return name }
    return "\(name): from \(Decimals.text(first.median, 2)) to \(Decimals.text(last.median, 2))"
  }

  /// The columns of `AnalysisTSV`.
  private var values: String {
    let cells = AnalysisCell.row(of: conversation, duplicateOf: duplicateOf)
    let items = zip(AnalysisCell.columns, cells).map { name, cell in
      "<div><dt>\(name)</dt><dd>\(cell.html)</dd></div>"
    }
    return "<dl class=\"facts values\">\(items.joined())</dl>\n"
  }
}

extension AnalysisCell {
  /// The value as in a table for programs, but for the escapes.
  fileprivate var html: String {
    switch self {
    case .missing, .text(""): "–"
    case .text(let text): HTMLTable.name(text)
    case .count, .seed, .flag, .turns, .measure: tsv.isEmpty ? "–" : tsv
    }
  }
}
