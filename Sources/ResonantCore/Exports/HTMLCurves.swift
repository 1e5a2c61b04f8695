// SPDX-License-Identifier: MIT

/// A turn in the curves.
struct CurvePoint: Sendable {
  var turn: Int
  var speaker: String
  var characters: Int
}

/// Novelty, similarity, states and length by turn, as curves and as a table, and what they amount to.
struct HTMLCurves {
  /// The smallest number of turns for which curves are drawn.
  static let fewest = Attractors.fewestTurns
  /// The most turns that have a dot each.
  private static let mostDots = 120

  /// The turns that were not passed.
  let points: [CurvePoint]
  let speakers: Speakers
  private let novelty: [Double]
  private let similarity: [Double?]
  private let marks: [TurnMark]
  /// What the conversation has become; nil without turns.
  let attractor: Attractor?

  /// - Parameter measures: of as many turns as there are points.
  init(points: [CurvePoint], measures: TurnMeasures, speakers: Speakers) {
    self.points = points
    self.speakers = speakers
    attractor = Attractor(measures, Thresholds())
    guard points.count >= Self.fewest else {
      (novelty, similarity, marks) = ([], [], [])
      return
    }
    novelty = measures.novelty
    similarity = measures.stepSimilarities
    marks = measures.marks(Thresholds())
  }

  /// The label in words, for the top of the page.
  var label: String {
    guard let attractor else { return "" }
    let doubt = points.count < Self.fewest ? "; so few turns tell little" : ""
    return """
      <p class="verdict"><span class="tag \(attractor.label.hue)">\(attractor.label.rawValue)</span> Label: \
      \(attractor.words { points[$0 - 1].turn })\(doubt)</p>

      """
  }

  var html: String {
    guard let first = points.first, let last = points.last, !novelty.isEmpty else { return "" }
    let longest = points.map(\.characters).max() ?? 0
    let (from, to) = (
      "\(share(novelty.first)) in turn \(first.turn)", "\(share(novelty.last)) in turn \(last.turn)"
    )
    let ends = (first.turn, last.turn)
    let fresh = TurnChart.shares("Novelty from \(from) to \(to)", count: points.count, ends: ends)
    let alike = TurnChart.shares(
      "Similarity to the turn before, \(share(similarity.last ?? nil)) in turn \(last.turn)",
      count: points.count,
      ends: ends)
    let length = TurnChart.counts(
      "Length from \(first.characters) to \(last.characters) characters, \(longest) at most",
      count: points.count, most: Double(longest), ends: ends)
    // Alone in its row below the other two, it is wide; on a phone it is like them.
    var wide = length
    wide.width = TurnChart.wholeWidth
    return """
      <h2 class="part">Course</h2>
      \(legend)<div class="charts">
      <figure><figcaption><b>Novelty</b>, the share of a turn not said before</figcaption>\
      \(fresh.svg(curve(fresh, novelty) + onset(fresh)))\(StateStrip(marks: marks).svg(fresh))</figure>
      <figure><figcaption><b>Similarity</b> to the turn before</figcaption>\
      \(alike.svg(curve(alike, similarity) + onset(alike)))</figure>
      <figure class="whole"><figcaption><b>Length</b> in characters</figcaption>\
      \(wide.svg(bars(wide) + onset(wide), "roomy"))\(length.svg(bars(length) + onset(length), "tight"))</figure>
      </div>
      \(table)
      """
  }

  /// Which hue is whose, where there are more than two.
  private var legend: String {
    let spoke = Set(points.map(\.speaker))
    let names = speakers.names.filter(spoke.contains)
    guard names.count > 2 else { return "" }
    let items = names.map { "<li class=\"\(speakers.hue(of: $0))\">\(HTMLText.isolated($0))</li>" }
    return "<ul class=\"legend\">\(items.joined())</ul>\n"
  }

  private func onset(_ chart: TurnChart) -> String {
    chart.onset(attractor?.onset, label: attractor?.onset.map { points[$0 - 1].turn })
  }

  private func curve(_ chart: TurnChart, _ values: [Double?]) -> String {
    let known = values.enumerated().compactMap { index, value in value.map { (index, $0) } }
    let line = chart.line(known.map { (Double($0.0 + 1), $0.1) })
    guard points.count <= Self.mostDots else { return line }
    return line + known.map { chart.dot(Double($0.0 + 1), $0.1, hue($0.0)) }.joined()
  }

  private func bars(_ chart: TurnChart) -> String {
    points.indices.map { chart.bar(Double($0 + 1), Double(points[$0].characters), hue($0)) }.joined()
  }

  private var table: String {
    let rows = points.indices.map { index in
      """
      <tr><td class="right"><a href="#turn-\(points[index].turn)">\(points[index].turn)</a></td>\
      <td>\(HTMLText.isolated(points[index].speaker))</td>\
      <td class="right">\(Wording.grouped(points[index].characters))</td>\
      <td class="right">\(share(novelty[index]))</td><td class="right">\(share(similarity[index]))</td>\
      <td>\(StateStrip(marks: [marks[index]]).text)</td></tr>

      """
    }
    return """
      <details class="table"><summary>Course as a table</summary>
      <table><thead><tr><th>Turn</th><th>Speaker</th><th>Characters</th><th>Novelty</th><th>Similarity</th>\
      <th>State</th></tr></thead>
      <tbody>\(rows.joined())</tbody></table>
      \(StateStrip.key)</details>

      """
  }

  private func hue(_ index: Int) -> String { speakers.hue(of: points[index].speaker) }

  private func share(_ value: Double?) -> String { value.map { Decimals.text($0, 2) } ?? "–" }
}
