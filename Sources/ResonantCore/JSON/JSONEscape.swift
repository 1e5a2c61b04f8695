// SPDX-License-Identifier: MIT

/// Escapes in JSON strings, shared by the parser and the scanner of streamed text.
enum JSONEscape {
  /// Appends the character of the escape whose backslash is at `index`, and moves `index` past it. Returns
  /// false and changes nothing if it is not a JSON escape. A lone surrogate becomes U+FFFD; with
  /// `keepsHalves` it is kept, because its other half may come in another piece of text.
  @inline(__always)
  static func append(
    from bytes: UnsafeBufferPointer<UInt8>, at index: inout Int, to text: inout [UInt8],
    keepsHalves: Bool = false
  ) -> Bool {
    guard index + 1 < bytes.count else { return false }
    switch bytes[index + 1] {
    case ASCII.quote, ASCII.backslash, ASCII.slash: text.append(bytes[index + 1])
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "u"): return appendUnicode(from: bytes, at: &index, to: &text, keepsHalves)
    default: return false
    }
    index += 2
    return true
  }

  private static func appendUnicode(
    from bytes: UnsafeBufferPointer<UInt8>, at index: inout Int, to text: inout [UInt8], _ keepsHalves: Bool
  ) -> Bool {
    guard let unit = hexadecimal(bytes, from: index + 2, count: 4) else { return false }
    index += 6
    guard unit & 0xFC00 == 0xD800, index + 1 < bytes.count, bytes[index] == ASCII.backslash,
      bytes[index + 1] == UInt8(ascii: "u"), let low = hexadecimal(bytes, from: index + 2, count: 4),
      low & 0xFC00 == 0xDC00
    else {
      let isHalf = 0xD800..<0xE000 ~= unit
      if isHalf, keepsHalves { append(half: unit, to: &text) } else { append(scalar: unit, to: &text) }
      return true
    }
    index += 6
    append(scalar: 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF, to: &text)
    return true
  }

  /// The value of `count` hexadecimal digits; nil if there are fewer.
  static func hexadecimal(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, count: Int) -> UInt32? {
    guard start + count <= bytes.count else { return nil }
    var value: UInt32 = 0
    for byte in bytes[start..<(start + count)] {
      let digit = byte &- 0x30
      let letter = (byte | 0x20) &- 0x61
      guard digit < 10 || letter < 6 else { return nil }
      value = value << 4 | UInt32(digit < 10 ? digit : letter + 10)
    }
    return value
  }

  /// Appends a code point as UTF-8; a surrogate becomes U+FFFD.
  static func append(scalar value: UInt32, to text: inout [UInt8]) {
    switch value {
    case 0..<0x80: text.append(UInt8(value))
    case 0x80..<0x800: text += [UInt8(0xC0 | value >> 6), tail(value)]
    case 0xD800..<0xE000: text += [0xEF, 0xBF, 0xBD]
    case 0x800..<0x10000: text += [UInt8(0xE0 | value >> 12), tail(value >> 6), tail(value)]
    default: text += [UInt8(0xF0 | value >> 18), tail(value >> 12), tail(value >> 6), tail(value)]
    }
  }

  /// UTF-8 of U+10FFFE, a noncharacter.
  static let halfMark: [UInt8] = [0xF4, 0x8F, 0xBF, 0xBE]

  /// Appends a lone surrogate as two characters that do not occur in text: the mark, and U+100000 plus the
  /// surrogate.
  private static func append(half surrogate: UInt32, to text: inout [UInt8]) {
    text += halfMark
    append(scalar: 0x100000 + surrogate, to: &text)
  }

  private static func tail(_ bits: UInt32) -> UInt8 { UInt8(0x80 | bits & 0x3F) }
}
