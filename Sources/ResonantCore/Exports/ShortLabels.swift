// SPDX-License-Identifier: MIT

/// Short forms of the labels of conditions (`key=value,…`) that are shown together, by the same rules in tables,
/// sentences and pages:
///
/// 1. Labels that all fit into the width stay as they are.
/// 2. Else long values are cut, all to the same width, so that every label fits: to their beginning or, where two
///    values of a key begin alike, to their first letters and the place from which on they differ.
/// 3. Where that leaves too little of the values, keys are left out, but for that of forks, whose values tell nothing
///    alone; at last the label as a whole is cut.
///
/// Different labels stay different, if need be by being longer than the width.
public struct ShortLabels: Sendable {
  /// Used wherever there is room enough, so that a condition looks the same everywhere.
  public static let usualWidth = 60
  /// The least width of a cut value beside its key, and without.
  private static let leastValues = (keyed: 12, alone: 8)

  private static let forks = ForkArm.key + "="

  private let forms: [String: String]

  /// - Parameter columns: the width of a character.
  public init(
    _ labels: some Sequence<String>, width: Int = usualWidth,
    columns: @escaping (Character) -> Int = { $0.unicodeScalars.count }
  ) {
    let labels = Array(Set(labels))
    let parts = labels.map(Self.parts)
    let values = Dictionary(grouping: parts.joined(), by: \.key).mapValues {
      ShortTexts($0.map(\.value), columns: columns)
    }
    let widths = parts.map { $0.map { values[$0.key]?.width(of: $0.value) ?? 0 } }
    for (hasKeys, least) in [(true, Self.leastValues.keyed), (false, Self.leastValues.alone)]
    where least <= width {
      let key = { (part: Part) in hasKeys || part.key == Self.forks ? part.key : "" }
      let room = parts.map { parts in
        parts.reduce(width + 1) { $0 - 1 - key($1).reduce(0) { $0 + columns($1) } }
      }
      let limit = stride(from: width, through: least, by: -1).first { limit in
        zip(widths, room).allSatisfy { widths, room in widths.reduce(0) { $0 + min($1, limit) } <= room }
      }
      guard let limit else { continue }
      let cut = values.mapValues { $0.cut(to: limit) }
      let short = parts.map { parts in
        parts.map { key($0) + (cut[$0.key]?[$0.value] ?? "") }.joined(separator: ",")
      }
      guard Set(short).count == labels.count else { continue }
      forms = Dictionary(uniqueKeysWithValues: zip(labels, short))
      return
    }
    forms = ShortTexts(labels, columns: columns).cut(to: width)
  }

  /// Of texts that are no labels, such as the values of an option.
  init(texts: some Sequence<String>, width: Int = usualWidth) { forms = ShortTexts(texts).cut(to: width) }

  public subscript(_ label: String) -> String { forms[label] ?? label }

  /// An option of a label.
  private struct Part {
    /// With the equals sign; empty for a text that is no option, such as a folder.
    var key: String
    var value: String
  }

  /// The options of a label. A comma inside of quotation marks belongs to the value.
  private static func parts(of label: String) -> [Part] {
    var parts: [Part] = []
    var isQuoted = false
    var isEscaped = false
    var depth = 0
    var start = label.startIndex
    func add(to end: String.Index) {
      let text = label[start..<end]
      let value =
        text.utf8.firstIndex(of: UInt8(ascii: "=")).map { text.utf8.index(after: $0) } ?? text.startIndex
      parts.append(Part(key: String(text[..<value]), value: String(text[value...])))
    }
    for index in label.utf8.indices {
      switch Unicode.Scalar(label.utf8[index]) {
      case _ where isEscaped: isEscaped = false
      case "\\" where isQuoted: isEscaped = true
      case "\"": isQuoted.toggle()
      case "{" where !isQuoted, "[" where !isQuoted: depth += 1
      case "}" where !isQuoted, "]" where !isQuoted: depth -= 1
      case "," where !isQuoted && depth <= 0:
        add(to: index)
        start = label.utf8.index(after: index)
      default: break
      }
    }
    add(to: label.endIndex)
    return parts
  }
}

/// Texts of the same kind that are cut so that they stay different.
struct ShortTexts {
  private let columns: (Character) -> Int
  /// By text: its width, and the number of characters with which another one begins, too.
  private var texts: [String: (width: Int, shared: Int)] = [:]

  init(_ texts: some Sequence<String>, columns: @escaping (Character) -> Int = { $0.unicodeScalars.count }) {
    self.columns = columns
    // Of all texts, those beside it in this order begin most alike.
    let sorted = Set(texts).sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    let shared = zip(sorted, sorted.dropFirst()).map { zip($0, $1).prefix { $0 == $1 }.count }
    for (index, text) in sorted.enumerated() {
      let beside = shared[max(0, index - 1)..<min(index + 1, shared.count)]
      self.texts[text] = (text.reduce(0) { $0 + columns($1) }, beside.max() ?? 0)
    }
  }

  func width(of text: String) -> Int { texts[text]?.width ?? 0 }

  /// Every text on one line, none wider than the limit unless two would be alike.
  func cut(to limit: Int) -> [String: String] {
    var short: [String: String] = [:]
    for (text, facts) in texts {
      short[text] =
        facts.width > limit ? cut(Self.line(text), shared: facts.shared, to: limit) : Self.line(text)
    }
    let counts = short.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    for (text, form) in short where counts[form, default: 0] > 1 { short[text] = Self.line(text) }
    return short
  }

  private func cut(_ line: String, shared: Int, to limit: Int) -> String {
    let beginning = prefix(of: line, limit - 1)
    guard shared >= beginning.count else { return beginning + "…" }
    let least = (limit - 2) / 3
    let room = limit - 2 - least
    // A word is shown from its beginning if that leaves enough of what differs.
    let word = line.prefix(shared).reversed().prefix { $0.isLetter || $0.isNumber }.count
    let rest = line.dropFirst(word <= room / 2 ? shared - word : shared)
    let width = rest.reduce(0) { $0 + columns($1) }
    guard width > room + 1 else { return prefix(of: line, limit - 1 - width) + "…" + rest }
    return prefix(of: line, least) + "…" + prefix(of: rest, room) + "…"
  }

  /// The longest beginning that is no wider.
  private func prefix(of text: some StringProtocol, _ width: Int) -> String {
    var left = width
    return String(
      text.prefix {
        left -= columns($0)
        return left >= 0
      })
  }

  private static func line(_ text: String) -> String {
    String(text.map { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 } ? " " : $0 })
  }
}
