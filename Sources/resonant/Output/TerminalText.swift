// SPDX-License-Identifier: MIT

/// How text is shown: with or without colours, and whether control characters could affect a terminal.
struct TerminalStyle: Sendable {
  var usesColor: Bool
  /// Whether to make control characters visible, so that a model's text can neither control the terminal nor
  /// disguise itself.
  var isTerminal: Bool

  private static let hues = [36, 35, 33, 32, 34, 31, 96, 95, 93, 92]

  /// The text in the colour of the `index`-th participant.
  func colored(_ text: String, participant index: Int) -> String {
    usesColor ? "\u{1B}[1;\(Self.hues[index % Self.hues.count])m\(text)\u{1B}[0m" : text
  }

  func dimmed(_ text: String) -> String { usesColor ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

  /// Text from outside, made safe to show.
  func safe(_ text: String) -> String {
    isTerminal ? String(decoding: Self.visible(Array(text.utf8)), as: UTF8.self) : text
  }

  func safe(_ utf8: [UInt8]) -> [UInt8] { isTerminal ? Self.visible(utf8) : utf8 }

  /// Replaces every control character except newline and tab in valid UTF-8. C0 and DEL become Unicode
  /// control pictures. U+FFFD replaces C1 (U+0080 to U+009F, which some terminals obey), characters that
  /// change the order of others (U+202A to U+202E, U+2066 to U+2069), and Unicode's line ends (U+2028,
  /// U+2029).
  static func visible(_ utf8: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(utf8.count)
    var index = 0
    while index < utf8.count {
      let byte = utf8[index]
      switch byte {
      case 0x0A, 0x09, 0x20...0x7E: result.append(byte)
      case 0x00...0x1F: result += [0xE2, 0x90, 0x80 + byte]
      case 0x7F: result += [0xE2, 0x90, 0xA1]
      case 0xC2 where index + 1 < utf8.count && utf8[index + 1] < 0xA0:
        result += [0xEF, 0xBF, 0xBD]
        index += 1
      case 0xE2 where isMisleading(utf8[index...]):
        result += [0xEF, 0xBF, 0xBD]
        index += 2
      default: result.append(byte)
      }
      index += 1
    }
    return result
  }

  /// Whether the text begins with a character from U+2028 to U+202E or from U+2066 to U+2069.
  private static func isMisleading(_ utf8: ArraySlice<UInt8>) -> Bool {
    guard utf8.count >= 3 else { return false }
    let last = utf8[utf8.startIndex + 2]
    switch utf8[utf8.startIndex + 1] {
    case 0x80: return 0xA8...0xAE ~= last
    case 0x81: return 0xA6...0xA9 ~= last
    default: return false
    }
  }
}

extension Int {
  /// The number with commas between thousands.
  var grouped: String {
    var digits = String(magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (self < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }
}
