// SPDX-License-Identifier: MIT

/// Joins characters whose two surrogates come as JSON escapes in separate pieces of a text, because some
/// servers split a reply between UTF-16 units. A lone surrogate becomes U+FFFD.
///
/// Expects lone surrogates in the form that `JSONEscape` gives them.
struct SurrogateJoiner {
  /// The first half of a character whose second half has not arrived.
  private var half: UInt32?

  private static let mark = JSONEscape.halfMark

  var isWaiting: Bool { half != nil }

  /// Appends the next piece of the text, but holds back a first half at its end.
  mutating func append(_ piece: some Collection<UInt8>, to text: inout [UInt8]) {
    guard isWaiting || piece.contains(Self.mark[0]) else {
      text += piece
      return
    }
    var rest = Array(piece)[...]
    while let byte = rest.first {
      if let surrogate = Self.surrogate(at: rest) {
        rest = rest.dropFirst(8)
        take(surrogate, &text)
      } else {
        finish(&text)
        text.append(byte)
        rest = rest.dropFirst()
      }
    }
  }

  private mutating func take(_ surrogate: UInt32, _ text: inout [UInt8]) {
    if surrogate < 0xDC00 {
      finish(&text)
      half = surrogate
    } else if let first = half {
      JSONEscape.append(scalar: 0x10000 + (first & 0x3FF) << 10 + surrogate & 0x3FF, to: &text)
      half = nil
    } else {
      JSONEscape.append(scalar: surrogate, to: &text)
    }
  }

  /// Appends U+FFFD for a held first half: no second half will come.
  mutating func finish(_ text: inout [UInt8]) {
    guard let first = half else { return }
    JSONEscape.append(scalar: first, to: &text)
    half = nil
  }

  private static func surrogate(at text: ArraySlice<UInt8>) -> UInt32? {
    let bytes = Array(text.prefix(8))
    guard bytes.count == 8, bytes.starts(with: mark), bytes[4] == 0xF4, bytes[5] == 0x8D else { return nil }
    let low = UInt32(bytes[6] & 0x3F) << 6 | UInt32(bytes[7] & 0x3F)
    // U+10D800 to U+10DFFF: the third byte has the upper bits.
    return 0xD000 + low >= 0xD800 ? 0xD000 + low : nil
  }

  /// Joins the surrogates in a complete text.
  static func joined(_ text: String) -> String {
    guard text.utf8.contains(mark[0]) else { return text }
    var joiner = SurrogateJoiner()
    var bytes: [UInt8] = []
    joiner.append(text.utf8, to: &bytes)
    joiner.finish(&bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text without a trailing first half.
  static func whole(_ text: String) -> String {
    let end = Array(text.utf8.suffix(8))[...]
    guard let surrogate = surrogate(at: end), surrogate < 0xDC00 else { return text }
    return String(decoding: text.utf8.dropLast(8), as: UTF8.self)
  }
}
