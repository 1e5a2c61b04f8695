// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads and validates JSON bytes without building values. Every step returns whether it succeeded; after a
/// failure the cursor must not be used any more.
///
/// Accepts a subset of what `JSONParser` accepts: keys with escapes and deep nesting are rejected.
struct JSONCursor {
  private static let depthLimit = 24

  private let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0
  private var depth = 0
  /// A key was expected but not found.
  private var isBroken = false

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  // MARK: Structure

  /// Whether nothing but white space is left.
  var isAtEnd: Bool { bytes[index...].allSatisfy(Self.isSpace) }

  @inline(__always)
  private mutating func skipSpace() {
    while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// Skips white space, then the byte if it is next.
  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  /// Reads the next key of an object and its colon; nil at the closing brace or if there is no key.
  mutating func key(isFirst: Bool) -> Range<Int>? {
    skipSpace()
    if index < bytes.count, bytes[index] == ASCII.closeBrace { return nil }
    guard isFirst || take(ASCII.comma), let key = string(), !key.hasEscapes, take(ASCII.colon) else {
      isBroken = true
      return nil
    }
    return key.place
  }

  /// Reads the closing brace after the last member.
  mutating func closeObject() -> Bool { !isBroken && take(ASCII.closeBrace) }

  // MARK: Values

  /// Reads a string; the range excludes its quotes.
  mutating func string() -> DeltaScanner.Piece? {
    guard take(ASCII.quote) else { return nil }
    let start = index
    var hasEscapes = false
    while skipPlain() {
      if bytes[index] == ASCII.quote {
        index += 1
        return DeltaScanner.Piece(place: start..<(index - 1), hasEscapes: hasEscapes)
      }
      hasEscapes = true
      guard bytes[index] == ASCII.backslash, skipEscape() else { return nil }
    }
    return nil
  }

  /// Skips to the next quote, backslash or control character, eight bytes at a time; returns false if there
  /// is none.
  @inline(__always)
  private mutating func skipPlain() -> Bool {
    var place = index
    defer { index = place }
    while place + 8 <= bytes.count {
      let word = UInt64(
        littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: place, as: UInt64.self))
      let found =
        Self.zeros(word ^ Self.each(ASCII.quote)) | Self.zeros(word ^ Self.each(ASCII.backslash))
        | (word &- Self.each(0x20)) & ~word & Self.each(0x80)
      if found != 0 {
        place += found.trailingZeroBitCount / 8
        return true
      }
      place += 8
    }
    while place < bytes.count {
      let byte = bytes[place]
      if byte == ASCII.quote || byte == ASCII.backslash || byte < 0x20 { return true }
      place += 1
    }
    return false
  }

  /// A word with the same byte eight times.
  @inline(__always)
  private static func each(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// Sets the high bit of each zero byte. Bits above the first one may be wrong, but only the first one is
  /// used.
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 { (word &- each(1)) & ~word & each(0x80) }

  private mutating func skipEscape() -> Bool {
    guard index + 1 < bytes.count else { return false }
    switch bytes[index + 1] {
    case ASCII.quote, ASCII.backslash, ASCII.slash, UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"),
      UInt8(ascii: "b"), UInt8(ascii: "f"):
      index += 2
      return true
    case UInt8(ascii: "u"):
      guard JSONEscape.hexadecimal(bytes, from: index + 2, count: 4) != nil else { return false }
      index += 6
      return true
    default: return false
    }
  }

  /// Accepts exactly this string, written without escapes.
  mutating func string(_ wanted: StaticString) -> Bool {
    guard let piece = string() else { return false }
    return matches(piece.place, wanted)
  }

  /// Reads a string into `piece`, or skips null.
  mutating func optionalString(_ piece: inout DeltaScanner.Piece?) -> Bool {
    skipSpace()
    if index < bytes.count, bytes[index] == ASCII.quote {
      piece = string()
      return piece != nil
    }
    return literal("null")
  }

  /// Reads a number of at most 15 digits, which fits any `Int`; returns false also if `count` is already set.
  /// A fraction or exponent is left unread and makes the next step fail.
  mutating func count(_ count: inout Int?) -> Bool {
    skipSpace()
    let start = index
    guard count == nil, skipDigits(), index - start <= 15 else { return false }
    guard bytes[start] != ASCII.zero || index == start + 1 else { return false }
    count = bytes[start..<index].reduce(0) { $0 * 10 + Int($1 - ASCII.zero) }
    return true
  }

  mutating func literal(_ word: StaticString) -> Bool {
    guard isNext(word) else { return false }
    index += word.utf8CodeUnitCount
    return true
  }

  mutating func isNext(_ word: StaticString) -> Bool {
    skipSpace()
    let end = index + word.utf8CodeUnitCount
    return end <= bytes.count && matches(index..<end, word)
  }

  @inline(__always)
  func matches(_ place: Range<Int>, _ word: StaticString) -> Bool {
    guard place.count == word.utf8CodeUnitCount, let base = bytes.baseAddress else { return false }
    return memcmp(base + place.lowerBound, word.utf8Start, place.count) == 0
  }

  mutating func skipValue() -> Bool {
    skipSpace()
    guard index < bytes.count else { return false }
    switch bytes[index] {
    case ASCII.quote: return string() != nil
    case ASCII.openBrace: return skipObject()
    case ASCII.openBracket: return skipArray()
    case UInt8(ascii: "t"): return literal("true")
    case UInt8(ascii: "f"): return literal("false")
    case UInt8(ascii: "n"): return literal("null")
    default: return skipNumber()
    }
  }

  private mutating func skipObject() -> Bool {
    guard enter() else { return false }
    if take(ASCII.closeBrace) { return leave() }
    repeat {
      guard string() != nil, take(ASCII.colon), skipValue() else { return false }
    } while take(ASCII.comma)
    return take(ASCII.closeBrace) && leave()
  }

  private mutating func skipArray() -> Bool {
    guard enter() else { return false }
    if take(ASCII.closeBracket) { return leave() }
    repeat {
      guard skipValue() else { return false }
    } while take(ASCII.comma)
    return take(ASCII.closeBracket) && leave()
  }

  private mutating func enter() -> Bool {
    index += 1
    depth += 1
    return depth < Self.depthLimit
  }

  private mutating func leave() -> Bool {
    depth -= 1
    return true
  }

  private mutating func skipNumber() -> Bool {
    if bytes[index] == ASCII.minus { index += 1 }
    let start = index
    guard skipDigits() else { return false }
    if bytes[start] == ASCII.zero, index > start + 1 { return false }
    if index < bytes.count, bytes[index] == ASCII.dot {
      index += 1
      guard skipDigits() else { return false }
    }
    guard index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") else { return true }
    index += 1
    if index < bytes.count, bytes[index] == ASCII.plus || bytes[index] == ASCII.minus { index += 1 }
    return skipDigits()
  }

  private mutating func skipDigits() -> Bool {
    let start = index
    while index < bytes.count, bytes[index] &- ASCII.zero < 10 { index += 1 }
    return index > start
  }
}
