// SPDX-License-Identifier: MIT

/// The values of one turn in the curves.
struct CurvePoint: Sendable {
  var turn: Int
  var speaker: String
  var characters: Int
  var novelty: Double
}

/// Novelty and length by turn, as curves and as a table.
struct HTMLCurves {
  /// The smallest number of turns for which curves are drawn.
  static let fewest = 6
  private static let width = 340.0
  private static let height = 110.0
  private static let left = 34.0
  private static let top = 8.0
  private static let bottom = 92.0

  let points: [CurvePoint]
  let speakers: Speakers

  var html: String {
    guard points.count >= Self.fewest, let first = points.first, let last = points.last else { return "" }
    let longest = points.map(\.characters).max() ?? 0
    let (from, to) = (
      "\(share(first.novelty)) in turn \(first.turn)", "\(share(last.novelty)) in turn \(last.turn)"
    )
    let noveltyTitle = "Novelty from \(from) to \(to)"
    let lengthTitle = "Length from \(first.characters) to \(last.characters) characters, \(longest) at most"
    return """
      <h2 class="part">Course</h2>
      \(legend)<div class="charts">
      <figure><figcaption><b>Novelty</b>, the share of a turn not said before</figcaption>\
      \(chart(noveltyTitle, top: "1", novelty))</figure>
      <figure><figcaption><b>Length</b> in characters</figcaption>\
      \(chart(lengthTitle, top: Wording.grouped(longest), bars(longest)))</figure>
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

  private func chart(_ title: String, top: String, _ content: String) -> String {
    let right = coordinate(Self.width)
    return """
      <svg viewBox="0 0 340 110" role="img"><title>\(HTMLText.escape(title))</title>\
      <path class="axis" d="M34 8H\(right)M34 92H\(right)"/>\
      <text x="28" y="12" text-anchor="end">\(top)</text><text x="28" y="95" text-anchor="end">0</text>\
      <text x="34" y="106">turn \(points.first?.turn ?? 0)</text>\
      <text x="\(right)" y="106" text-anchor="end">turn \(points.last?.turn ?? 0)</text>\(content)</svg>
      """
  }

  private var novelty: String {
    let line = points.indices.map { "\(x($0)),\(y(points[$0].novelty))" }.joined(separator: " ")
    let marks = points.indices.map { index in
      "<circle class=\"mark \(hue(index))\" cx=\"\(x(index))\" cy=\"\(y(points[index].novelty))\" r=\"2.4\"/>"
    }
    return "<polyline class=\"curve\" points=\"\(line)\"/>" + (points.count <= 120 ? marks.joined() : "")
  }

  private func bars(_ longest: Int) -> String {
    let step = (Self.width - Self.left) / Double(points.count)
    return points.indices.map { index in
      let share = Double(points[index].characters) / Double(max(1, longest))
      let height = share * (Self.bottom - Self.top)
      return """
        <rect class="mark \(hue(index))" x="\(coordinate(Self.left + step * (Double(index) + 0.1)))" \
        y="\(coordinate(Self.bottom - height))" width="\(coordinate(step * 0.8))" height="\(coordinate(height))"/>
        """
    }.joined()
  }

  private var table: String {
    let rows = points.map { point in
      """
      <tr><td class="right"><a href="#turn-\(point.turn)">\(point.turn)</a></td>\
      <td>\(HTMLText.isolated(point.speaker))</td><td class="right">\(Wording.grouped(point.characters))</td>\
      <td class="right">\(share(point.novelty))</td></tr>

      """
    }
    return """
      <details class="table"><summary>Course as a table</summary>
      <table><thead><tr><th>Turn</th><th>Speaker</th><th>Characters</th><th>Novelty</th></tr></thead>
      <tbody>\(rows.joined())</tbody></table></details>

      """
  }

  private func hue(_ index: Int) -> String { speakers.hue(of: points[index].speaker) }

  private func x(_ index: Int) -> String {
    let step = (Self.width - Self.left) / Double(points.count)
    return coordinate(Self.left + step * (Double(index) + 0.5))
  }

  private func y(_ share: Double) -> String { coordinate(Self.bottom - share * (Self.bottom - Self.top)) }

  /// One decimal, for coordinates.
  private func coordinate(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  /// Two decimals, for a share from 0 to 1.
  private func share(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
  }
}
