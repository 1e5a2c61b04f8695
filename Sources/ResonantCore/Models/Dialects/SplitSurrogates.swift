// SPDX-License-Identifier: MIT

/// Joins characters whose two surrogates come as two JSON escapes in two events: some servers cut a reply between
/// UTF-16 units. The first half is taken out of its event and put into the next that begins with a second half.
struct SplitSurrogates {
  /// Bytes of an escape, `\ud83d`.
  private static let length = 6

  /// The escape of a first half whose second has not come; empty when there is none.
  private var half: [UInt8] = []

  /// Whether a second half is to come.
  var isWaiting: Bool { !half.isEmpty }

  /// Whether the inside of a string literal begins or ends within a character.
  static func cuts(_ literal: UnsafeBufferPointer<UInt8>) -> Bool {
    isHalf(0xDC00, literal, at: 0) || isHalf(0xD800, literal, at: literal.count - length)
  }

  /// Whether there is an escape of a half of that kind (0xD800 first, 0xDC00 second), if an escape begins there.
  private static func isHalf(_ kind: UInt32, _ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
    guard place >= 0, place + length <= bytes.count, bytes[place] == ASCII.backslash,
      bytes[place + 1] == UInt8(ascii: "u")
    else { return false }
    return JSONEscape.hexadecimal(bytes, from: place + 2, count: 4).map { $0 & 0xFC00 == kind } ?? false
  }

  /// The event with whole characters; nil when nothing in it has to be changed. A first half at the end of a
  /// literal waits for the second.
  mutating func join(_ event: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var joined: [UInt8] = []
    var kept = 0
    var held: [UInt8] = []
    var index = 0
    while let literal = Self.nextLiteral(in: event, from: &index) {
      if isWaiting, Self.isHalf(0xDC00, event, at: literal.start) {
        joined += event[kept..<literal.start] + half
        kept = literal.start
      }
      let last = literal.end - Self.length
      if literal.lastEscape == last, Self.isHalf(0xD800, event, at: last) {
        joined += event[kept..<last]
        kept = literal.end
        held = Array(event[last..<literal.end])
      }
    }
    guard kept > 0 else { return nil }
    half = held
    return joined + event[kept...]
  }

  /// The second half has not come and will not.
  mutating func giveUp() { half = [] }

  /// The inside of the next string literal, and where its last escape begins; moves `index` behind it.
  private static func nextLiteral(
    in bytes: UnsafeBufferPointer<UInt8>, from index: inout Int
  ) -> (start: Int, end: Int, lastEscape: Int?)? {
    guard let quote = bytes[index...].firstIndex(of: ASCII.quote) else { return nil }
    let start = quote + 1
    var lastEscape: Int?
    index = start
    while index < bytes.count, bytes[index] != ASCII.quote {
      if bytes[index] == ASCII.backslash {
        lastEscape = index
        index += 1
      }
      index += 1
    }
    guard index < bytes.count else { return nil }
    defer { index += 1 }
    return (start, index, lastEscape)
  }
}
