// SPDX-License-Identifier: MIT

/// A table of a page.
struct HTMLTable {
  enum Cell {
    /// HTML as it is.
    case html(String)
    /// A name from a file.
    case name(String)
    /// The label of a condition, or a value of an option, among those that it is shown with.
    case short(String, ShortLabels)
    /// At the right.
    case number(String)
  }

  /// The most characters of a name; of a longer one the middle is left out.
  static let longestName = 160
  /// The most characters of a label that is cut.
  private static let longestTitle = 400

  /// Titles; one that ends in `#` stands over numbers.
  var head: [String]
  var rows: [[Cell]]
  var kind = ""

  var html: String {
    let titles = head.map { title in
      title.hasSuffix("#")
        ? "<th class=\"right\">\(HTMLText.escape(String(title.dropLast())))</th>"
        : "<th>\(HTMLText.escape(title))</th>"
    }
    let lines = rows.map { row in "<tr>\(row.map(Self.cell).joined())</tr>\n" }
    return """
      <table\(kind.isEmpty ? "" : " class=\"\(kind)\"")><thead><tr>\(titles.joined())</tr></thead>
      <tbody>\(lines.joined())</tbody></table>

      """
  }

  private static func cell(_ cell: Cell) -> String {
    switch cell {
    case .html(let html): "<td>\(html)</td>"
    case .name(let name): "<td>\(Self.name(name))</td>"
    case .short(let label, let labels): "<td\(Self.title(label, labels))>\(Self.short(label, labels))</td>"
    case .number(let text): "<td class=\"right\">\(text)</td>"
    }
  }

  /// A name on one line, shortened in the middle, because the ends tell names apart.
  static func name(_ name: String) -> String { HTMLText.isolated(fitting(name)) }

  /// The label may break between its options.
  static func short(_ label: String, _ labels: ShortLabels) -> String {
    HTMLText.isolated(labels[label]).replacing(",", with: ",<wbr/>")
  }

  /// The attribute that shows all of a label that is cut.
  static func title(_ label: String, _ labels: ShortLabels) -> String {
    labels[label] == label ? "" : " title=\"\(HTMLText.escape(fitting(label, longestTitle)))\""
  }

  static func fitting(_ name: String, _ most: Int = longestName) -> String {
    let scalars = name.unicodeScalars.lazy.map { $0.properties.isWhitespace ? " " : $0 }
    guard scalars.dropFirst(most).first != nil else { return String(String.UnicodeScalarView(scalars)) }
    let half = (most - 1) / 2
    return String(String.UnicodeScalarView(scalars.prefix(half))) + "…"
      + String(String.UnicodeScalarView(scalars.suffix(half)))
  }
}
