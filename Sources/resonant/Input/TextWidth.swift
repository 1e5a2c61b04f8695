// SPDX-License-Identifier: MIT

/// How many columns of a terminal a text takes. Terminals differ, so a width is a range: a joined emoji, for
/// example, is one picture on some and several on others.
enum TextWidth {
  /// The most columns.
  static func most(_ text: some StringProtocol) -> Int {
    text.unicodeScalars.reduce(0) { $0 + columns($1).upperBound }
  }

  /// The longest beginning of the text that fits in any case.
  static func prefix(of text: String, columns limit: Int) -> (text: String, columns: Int) {
    var used = 0
    let part = text.prefix { character in
      let width = most(String(character))
      guard used + width <= limit else { return false }
      used += width
      return true
    }
    return (String(part), used)
  }

  /// The longest ending of the text that fits in any case.
  static func suffix(of text: String, columns limit: Int) -> (text: String, columns: Int) {
    var used = 0
    var start = text.endIndex
    while start > text.startIndex {
      let previous = text.index(before: start)
      let width = most(text[previous..<start])
      guard used + width <= limit else { break }
      used += width
      start = previous
    }
    return (String(text[start...]), used)
  }

  static func columns(_ scalar: Unicode.Scalar) -> ClosedRange<Int> {
    let value = scalar.value
    if value < 0x300 { return 1...1 }
    // Shows the character before it as an emoji.
    if value == 0xFE0F { return 0...1 }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0...0
    case .spacingMark: return 0...1
    default: break
    }
    switch value {
    // Regional indicators, of which two are a flag.
    case 0x1F1E6...0x1F1FF: return 1...2
    // Skin colours, which change the character before.
    case 0x1F3FB...0x1F3FF: return 0...2
    // East Asian writing.
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2...2
    default: break
    }
    if properties.isEmojiPresentation { return 2...2 }
    return value < 0x1F000 ? 1...1 : 1...2
  }
}
