// SPDX-License-Identifier: MIT

/// Finds the parts of a JSON text without reading what they hold, so that a large file can be read one part
/// after another. It only matches brackets and quotes: whoever parses a part finds what else is wrong there,
/// and the parts after it are not lost.
struct JSONScanner {
  /// The parts of an array, or of an object with their keys, as ranges of bytes.
  struct Parts {
    var keys: [String] = []
    var values: [Range<Int>] = []
    /// Where the next byte after the closing bracket is; nil when the text ends before that.
    var end: Int?
    /// Where the part that the text ends in begins, if it ends in one.
    var cut: Int?

    subscript(key: String) -> Range<Int>? {
      keys.lastIndex(of: key).map { values[$0] }
    }
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let end: Int
  private var index: Int

  /// The members of an object, or the elements of an array; nil if the range begins with neither.
  static func parts(of bytes: [UInt8], in range: Range<Int>) -> Parts? {
    bytes.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(bytes: buffer, end: range.upperBound, index: range.lowerBound)
      scanner.skipSpace()
      guard scanner.index < scanner.end else { return nil }
      switch buffer[scanner.index] {
      case ASCII.openBrace: return scanner.parts(hasKeys: true)
      case ASCII.openBracket: return scanner.parts(hasKeys: false)
      default: return nil
      }
    }
  }

  private mutating func parts(hasKeys: Bool) -> Parts {
    var parts = Parts()
    index += 1
    while true {
      skipSpace()
      let start = index
      guard index < end else { return parts }
      if isClosing(bytes[index]) {
        parts.end = index + 1
        return parts
      }
      if hasKeys { parts.keys.append(key()) }
      let value = index
      skipValue()
      guard index < end else {
        if hasKeys { parts.keys.removeLast() }
        parts.cut = start
        return parts
      }
      parts.values.append(value..<index)
      if bytes[index] == ASCII.comma { index += 1 }
    }
  }

  /// Reads a key with its colon. Keys with escapes are of no interest and kept as they are written.
  private mutating func key() -> String {
    let start = index
    if bytes[index] == ASCII.quote { skipString() }
    let name = bytes[start..<min(index, end)].dropFirst().dropLast()
    skipSpace()
    if index < end, bytes[index] == ASCII.colon { index += 1 }
    return String(decoding: name, as: UTF8.self)
  }

  /// Goes to the comma or the bracket that ends a value, or to the end of the text.
  private mutating func skipValue() {
    var depth = 0
    while index < end {
      let byte = bytes[index]
      switch byte {
      case ASCII.quote:
        skipString()
        continue
      case ASCII.openBrace, ASCII.openBracket: depth += 1
      case ASCII.closeBrace, ASCII.closeBracket:
        if depth == 0 { return }
        depth -= 1
      case ASCII.comma: if depth == 0 { return }
      default: break
      }
      index += 1
    }
  }

  /// Goes past a string. One without an end is taken to end with its line, since no string has a line feed: so
  /// the damage ends there in a file with a line for each value.
  private mutating func skipString() {
    index += 1
    while index < end, bytes[index] != ASCII.quote, bytes[index] != 0x0A {
      index += bytes[index] == ASCII.backslash ? 2 : 1
    }
    index = min(index < end && bytes[index] == 0x0A ? index : index + 1, end)
  }

  private mutating func skipSpace() {
    while index < end, Self.isSpace(bytes[index]) { index += 1 }
  }

  private func isClosing(_ byte: UInt8) -> Bool { byte == ASCII.closeBrace || byte == ASCII.closeBracket }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
