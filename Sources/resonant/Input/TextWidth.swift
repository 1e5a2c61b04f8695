// SPDX-License-Identifier: MIT

/// Estimates how many columns of a terminal a text takes: never too few, whatever locale, font and version of
/// Unicode the terminal has, so that what is cut to a number of columns fits. Too many now and then do no harm,
/// since the terminal itself keeps the cursor.
enum TextWidth {
  static func columns(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + columns($1) } }

  /// The longest beginning of the text that fits.
  static func prefix(of text: String, columns limit: Int) -> (text: String, columns: Int) {
    var used = 0
    let part = text.prefix {
      let width = columns($0)
      guard used + width <= limit else { return false }
      used += width
      return true
    }
    return (String(part), used)
  }

  /// The longest ending of the text that fits.
  static func suffix(of text: String, columns limit: Int) -> (text: String, columns: Int) {
    var used = 0
    var start = text.endIndex
    while start > text.startIndex {
      let previous = text.index(before: start)
      let width = columns(text[previous])
      guard used + width <= limit else { break }
      used += width
      start = previous
    }
    return (String(text[start...]), used)
  }

  /// Many terminals show the parts of a joined emoji side by side.
  private static func columns(_ character: Character) -> Int {
    character.unicodeScalars.reduce(0) { $0 + columns($1) }
  }

  private static func columns(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case ..<0x300: return 1
    default: break
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    switch scalar.value {
    // Alphabets and their punctuation; what follows is mostly East Asian writing, symbols and emoji.
    case ..<0x1100, 0x1E00...0x20FF: return scalar.value == 0x200D ? 0 : 1
    default: return 2
    }
  }
}
