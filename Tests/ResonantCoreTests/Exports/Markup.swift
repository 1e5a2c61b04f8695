// SPDX-License-Identifier: MIT

/// A look at the markup of a page.
enum Markup {
  private static let void: Set<Substring> = ["meta", "wbr", "br", "!DOCTYPE"]

  /// What is wrong with the tags of a page: elements that are not closed in order, attributes that act, brackets
  /// in texts.
  static func problems(_ page: String) -> [String] {
    var problems: [String] = []
    var open: [Substring] = []
    var rest = page[...]
    if let style = page.firstRange(of: "<style>"), let end = page.firstRange(of: "</style>") {
      rest = (page[..<style.upperBound] + page[end.lowerBound...])[...]
    }
    for match in rest.matches(of: /<(\/?)([A-Za-z!][A-Za-z0-9]*)([^<>]*)>/) {
      let (_, slash, name, attributes) = match.output
      if attributes.firstMatch(of: /\s(on[a-z]+|style)\s*=/) != nil { problems.append("\(match.0)") }
      if void.contains(name) || attributes.hasSuffix("/") { continue }
      if slash.isEmpty {
        open.append(name)
      } else if open.popLast() != name {
        problems.append("</\(name)> closes nothing")
      }
    }
    let texts = rest.replacing(/<\/?[A-Za-z!][A-Za-z0-9]*[^<>]*>/, with: "")
    if texts.contains("<") || texts.contains(">") { problems.append("a bracket in a text") }
    return problems + open.map { "<\($0)> is not closed" }
  }

  /// The cells of the rows of the table of a kind, without their markup.
  static func cells(_ page: String, table kind: String) -> [[String]] {
    guard let start = page.firstRange(of: "<table class=\"\(kind)\">"),
      let end = page[start.upperBound...].firstRange(of: "</table>")
    else { return [] }
    return page[start.upperBound..<end.lowerBound].components("<tr>").dropFirst().map { row in
      row.components("<td").dropFirst().map { cell in text(String("<td" + cell)) }
    }.filter { !$0.isEmpty }
  }

  /// Without tags and escapes.
  static func text(_ html: String) -> String {
    html.replacing(/<[^<>]*>/, with: "").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&amp;", with: "&")
      .replacing("\n", with: "")
  }
}

extension StringProtocol {
  fileprivate func components(_ separator: String) -> [String] {
    String(self).split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
