// SPDX-License-Identifier: MIT

/// The states of a conversation's turns, one cell a turn, with a colour and a letter each.
struct StateStrip {
  /// The most cells of a strip in a table; in longer conversations a cell stands for several turns.
  static let most = 48

  let marks: [TurnMark]

  private static func name(_ mark: TurnMark) -> String {
    switch mark {
    case .degenerate: "repeats itself within"
    case .minimal: "very short"
    case .verbatim: "the same text as one of the six turns before"
    case .template: "the same skeleton as one of the six turns before"
    case .short: "much shorter than at the start"
    case .none: "none of these"
    }
  }

  /// The class that sets the colour of a mark.
  private static func hue(_ mark: TurnMark) -> String {
    switch mark {
    case .degenerate: "hue-d"
    case .minimal: "hue-m"
    case .verbatim: "hue-v"
    case .template: "hue-t"
    case .short: "hue-w"
    case .none: "hue-s"
    }
  }

  /// What the letters mean.
  static var key: String {
    let items = TurnMark.allCases.map { "<li>\(letters($0, 1)) \(name($0))</li>" }
    return """
      <ul class="key">\(items.joined())</ul>
      <p class="hint">One letter a turn; in a conversation of more than \(most) turns a letter of a table stands for \
      several, and is the state that most of them are in.</p>

      """
  }

  private static func letters(_ mark: TurnMark, _ count: Int) -> String {
    "<i class=\"\(hue(mark))\">\(String(repeating: mark.rawValue, count: count))</i>"
  }

  /// The strip as letters, for a table.
  var text: String {
    guard !marks.isEmpty else { return "" }
    let step = (marks.count + Self.most - 1) / Self.most
    let cells = stride(from: 0, to: marks.count, by: step).map { first in
      Self.commonest(marks[first..<min(first + step, marks.count)])
    }
    return "<span class=\"strip\">" + Self.runs(cells).map { Self.letters($0.mark, $0.count) }.joined()
      + "</span>"
  }

  private static func commonest(_ marks: ArraySlice<TurnMark>) -> TurnMark {
    var counts: [TurnMark: Int] = [:]
    for mark in marks { counts[mark, default: 0] += 1 }
    // Of equally common ones, the first.
    return TurnMark.allCases.reversed().max { counts[$0, default: 0] < counts[$1, default: 0] } ?? .none
  }

  private static func runs(_ marks: [TurnMark]) -> [(mark: TurnMark, first: Int, count: Int)] {
    var runs: [(mark: TurnMark, first: Int, count: Int)] = []
    for (index, mark) in marks.enumerated() {
      if runs.last?.mark == mark {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((mark, index, 1))
      }
    }
    return runs
  }

  /// The strip as a picture with the columns of a chart.
  func svg(_ chart: TurnChart) -> String {
    let coordinate = TurnChart.coordinate
    let cells = Self.runs(marks).map { run in
      let left = chart.x(Double(run.first) + 0.5)
      let width = chart.step * Double(run.count)
      let middle = coordinate(left + width / 2)
      let letter =
        width < 7 || run.mark == .none
        ? ""
        : "<text class=\"ink\" x=\"\(middle)\" y=\"15\" text-anchor=\"middle\">\(run.mark.rawValue)</text>"
      return """
        <g class="\(Self.hue(run.mark))"><rect class="cell" x="\(coordinate(left))" y="3" \
        width="\(coordinate(width))" height="17"/>\(letter)</g>
        """
    }
    return """
      <svg viewBox="0 0 340 24" role="img"><title>\(HTMLText.escape(description))</title>\(cells.joined())</svg>
      """
  }

  /// The strip in words, such as `Turns 1 to 6: none of these; turns 7 to 9: very short`.
  private var description: String {
    let runs = Self.runs(marks)
    let shown = runs.prefix(12).map { run in
      let (first, last) = (run.first + 1, run.first + run.count)
      return (first == last ? "turn \(first)" : "turns \(first) to \(last)") + ": \(Self.name(run.mark))"
    }
    return (["States by turn"] + shown + (runs.count > 12 ? ["…"] : [])).joined(separator: "; ")
  }
}
