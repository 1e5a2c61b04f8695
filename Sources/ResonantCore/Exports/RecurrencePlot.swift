// SPDX-License-Identifier: MIT

/// The similarity of all pairs of turns as a picture: a path for each shade, because a shape for each cell would
/// make pages of many conversations large.
struct RecurrencePlot {
  /// The similarity from which on a cell has a shade, from light to dark; below the first it has none. The
  /// usual limits of templates and verbatim loops are among them.
  private static let limits = [0.1, 0.25, 0.4, 0.7, 0.95]

  let matrix: RecurrenceMatrix
  let turns: Int
  let onset: Int?

  /// What the shades mean.
  static var key: String {
    let shades = limits.indices.map { index in
      """
      <li><svg class="swatch" viewBox="0 0 1 1" aria-hidden="true"><path class="cells g\(index)" d="M0 .5h1"/></svg> \
      from \(Decimals.text(limits[index], 2))</li>
      """
    }
    return """
      <ul class="key">\(shades.joined())</ul>
      <p class="hint">Recurrence: how similar each turn (downwards) is to each other turn (to the right), from 0 to 1. \
      Lines beside the diagonal are loops; a dark square is a state that no longer changes. With more than \
      \(RecurrenceMatrix.most) turns a cell stands for several, whose texts are taken together.</p>

      """
  }

  var svg: String {
    let size = matrix.size
    var paths = [String](repeating: "", count: Self.limits.count)
    for row in 0..<size {
      var start = 0
      while start < size {
        let shade = shade(row, start)
        var end = start + 1
        while end < size, self.shade(row, end) == shade { end += 1 }
        if let shade { paths[shade] += "M\(start) \(row).5h\(end - start)" }
        start = end
      }
    }
    let cells = paths.indices.filter { !paths[$0].isEmpty }.map {
      "<path class=\"cells g\($0)\" d=\"\(paths[$0])\"/>"
    }
    let rule = matrix.step == 1 ? "" : ", \(matrix.step) turns a cell"
    let letter = Double(size) / 18
    let labels = [
      label("1", x: 0, y: Double(size) + 1.4 * letter, anchor: "start", letter),
      label("turn \(turns)", x: Double(size), y: Double(size) + 1.4 * letter, anchor: "end", letter),
    ].joined()
    let height = TurnChart.coordinate(Double(size) + 2 * letter)
    return """
      <svg viewBox="-.5 -.5 \(size + 1) \(height)" role="img" class="recurrence">\
      <title>Similarity of all pairs of \(turns) turns\(rule)</title>\
      <rect class="frame" width="\(size)" height="\(size)"/>\(cells.joined())\(onsetLines)\(labels)</svg>
      """
  }

  private func label(_ text: String, x: Double, y: Double, anchor: String, _ size: Double) -> String {
    """
    <text x="\(TurnChart.coordinate(x))" y="\(Decimals.text(y, 2))" text-anchor="\(anchor)" \
    font-size="\(Decimals.text(size, 2))">\(text)</text>
    """
  }

  private func shade(_ row: Int, _ column: Int) -> Int? {
    let value = matrix[row, column]
    return Self.limits.lastIndex { value >= $0 }
  }

  private var onsetLines: String {
    guard let onset else { return "" }
    let place = TurnChart.coordinate(Double(onset - 1) / Double(matrix.step))
    return "<path class=\"onset\" d=\"M\(place) 0V\(matrix.size)M0 \(place)H\(matrix.size)\"/>"
  }
}
