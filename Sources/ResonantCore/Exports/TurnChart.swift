// SPDX-License-Identifier: MIT

/// A chart of values by turn, as SVG: frame, labels, curves, bands, and the turn of the onset.
struct TurnChart {
  /// Of a chart that stands beside others, and of one that has a row for itself.
  static let (usualWidth, wholeWidth) = (340.0, 700.0)
  private static let left = 38.0
  private static let top = 14.0
  private static let bottom = 96.0

  /// What a person who cannot see the chart is told.
  var title: String
  /// The number of turns.
  var count: Int
  /// The labels of the first and the last turn.
  var ends: (first: Int, last: Int)
  /// The value at the upper end of the vertical axis, which begins at 0.
  var most: Double
  /// The labels at the upper end and in the middle of the vertical axis.
  var scale: (top: String, middle: String)
  /// What stands before the first label.
  var unit = "turn "
  var width = usualWidth

  /// A chart of shares, from 0 to 1.
  static func shares(_ title: String, count: Int, ends: (first: Int, last: Int)? = nil) -> TurnChart {
    TurnChart(title: title, count: count, ends: ends ?? (1, count), most: 1, scale: ("1", "0.5"))
  }

  /// A chart of counts up to a greatest one.
  static func counts(
    _ title: String, count: Int, most: Double, ends: (first: Int, last: Int)? = nil
  ) -> TurnChart {
    let label = { (value: Double) in Wording.grouped(Int(value.rounded())) }
    return TurnChart(
      title: title, count: count, ends: ends ?? (1, count), most: max(1, most),
      scale: (label(max(1, most)), most < 2 ? "" : label(most / 2)))
  }

  /// - Parameters:
  ///   - content: what is drawn on the frame.
  ///   - kind: a class; none if empty.
  func svg(_ content: String, _ kind: String = "") -> String {
    let right = Self.coordinate(width)
    return """
      <svg\(kind.isEmpty ? "" : " class=\"\(kind)\"") viewBox="0 0 \(right) 112" role="img"><title>\(HTMLText.escape(title))</title>\
      <path class="axis" d="M38 14H\(right)M38 55H\(right)M38 96H\(right)"/>\
      <text x="33" y="17.5" text-anchor="end">\(scale.top)</text>\
      <text x="33" y="58.5" text-anchor="end">\(scale.middle)</text>\
      <text x="33" y="99.5" text-anchor="end">0</text>\
      <text x="38" y="109">\(unit)\(ends.first)</text>\
      <text x="\(right)" y="109" text-anchor="end">\(ends.last)</text>\(content)</svg>
      """
  }

  /// The middle of a turn's column.
  ///
  /// - Parameter turn: from 1; fractions lie between turns.
  func x(_ turn: Double) -> Double { Self.left + (turn - 0.5) * step }

  /// The width of a turn's column.
  var step: Double { (width - Self.left) / Double(max(1, count)) }

  func y(_ value: Double) -> Double {
    Self.bottom - min(1, max(0, value / most)) * (Self.bottom - Self.top)
  }

  private func point(_ turn: Double, _ value: Double) -> String {
    "\(Self.coordinate(x(turn))) \(Self.coordinate(y(value)))"
  }

  func line(_ points: [(turn: Double, value: Double)], _ kind: String = "curve") -> String {
    guard !points.isEmpty else { return "" }
    if points.count == 1 { return dot(points[0].turn, points[0].value) }
    return
      "<path class=\"\(kind)\" d=\"M\(points.map { point($0.turn, $0.value) }.joined(separator: "L"))\"/>"
  }

  /// A line that changes its value at once.
  func steps(_ steps: [Survival.Step]) -> String {
    let path = steps.map { step in
      "H\(Self.coordinate(x(Double(step.turn))))V\(Self.coordinate(y(step.share)))"
    }
    return
      "<path class=\"curve\" d=\"M38 \(Self.coordinate(y(1)))\(path.joined())H\(Self.coordinate(width))\"/>"
  }

  /// The area between the lower and the upper values.
  func band(_ points: [TurnQuartiles.Point]) -> String {
    guard points.count > 1 else { return "" }
    let path = points.map { point($0.turn, $0.high) } + points.reversed().map { point($0.turn, $0.low) }
    return "<path class=\"band\" d=\"M\(path.joined(separator: "L"))Z\"/>"
  }

  func dot(_ turn: Double, _ value: Double, _ hue: String = "") -> String {
    """
    <circle class="\(hue.isEmpty ? "mark" : "mark \(hue)")" cx="\(Self.coordinate(x(turn)))" \
    cy="\(Self.coordinate(y(value)))" r="2.2"/>
    """
  }

  func bar(_ turn: Double, _ value: Double, _ hue: String) -> String {
    """
    <rect class="mark \(hue)" x="\(Self.coordinate(x(turn) - 0.4 * step))" y="\(Self.coordinate(y(value)))" \
    width="\(Self.coordinate(0.8 * step))" height="\(Self.coordinate(Self.bottom - y(value)))"/>
    """
  }

  /// A line at the turn where a state begins, with its label.
  ///
  /// - Parameters:
  ///   - turn: from 1; nil for no line.
  ///   - label: the number that readers know the turn by, if it is another one.
  func onset(_ turn: Int?, label: Int? = nil) -> String {
    guard let turn else { return "" }
    let x = x(Double(turn))
    let isLeft = x > width - 60
    return """
      <path class="onset" d="M\(Self.coordinate(x)) 10V96"/>\
      <text class="onset-label" x="\(Self.coordinate(isLeft ? x - 3 : x + 3))" y="9"\
      \(isLeft ? " text-anchor=\"end\"" : "")>onset \(label ?? turn)</text>
      """
  }

  /// One decimal.
  static func coordinate(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
