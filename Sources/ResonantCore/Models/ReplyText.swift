// SPDX-License-Identifier: MIT

/// The text of a reply as it grows. Holds back leading white space until it is clear which of it is blank
/// lines, and counts trailing white space only once text follows.
struct ReplyText {
  /// The kept text, including trailing white space.
  private(set) var bytes: [UInt8] = []
  /// Leading bytes that may still be dropped.
  private var held: [UInt8] = []
  private var hasStarted = false
  /// A `[name]:` that is removed once from the start.
  private var echoedPrefix: [UInt8]?
  private var isBehindPrefix = false
  /// Code points in `bytes`.
  private(set) var count = 0
  /// Length of `bytes` without its trailing white space.
  private var inked = 0
  /// White space beyond the limit was left out; that is a loss only if more text follows.
  private var isFull = false
  /// Number of white space bytes at the end of what arrived.
  private var blanks = 0

  /// More white space than this, in bytes, ends the reply: some models output line feeds forever.
  static let blankLimit = 10_000

  init(echoedPrefix: [UInt8]? = nil) {
    self.echoedPrefix = echoedPrefix
  }

  /// The first `count` code points of the kept text.
  func prefix(_ count: Int) -> ArraySlice<UInt8> {
    var left = count
    let end = bytes.firstIndex { byte in
      guard byte & 0xC0 != 0x80 else { return false }
      left -= 1
      return left < 0
    }
    return bytes[..<(end ?? bytes.endIndex)]
  }

  /// The first `count` code points without trailing white space.
  func trimmed(to count: Int) -> String {
    let shown = prefix(count)
    let end = shown.lastIndex { !Self.isSpace($0) }.map { $0 + 1 } ?? shown.startIndex
    return String(decoding: shown[..<end], as: UTF8.self)
  }

  /// The text without trailing white space.
  var trimmed: String {
    guard !hasStarted, let start = startOfLine(in: held) else {
      return String(decoding: bytes[..<inked], as: UTF8.self)
    }
    // Text that was held back as a possible echoed prefix when the reply ended.
    let end = held.lastIndex { !Self.isSpace($0) } ?? held.startIndex
    return String(decoding: held[start...end], as: UTF8.self)
  }

  /// Whether `trimmed` is empty; usually without making a string.
  var isEmpty: Bool { inked == 0 && trimmed.isEmpty }

  /// Appends complete UTF-8 sequences. Returns false if text had to be dropped because of the limit, or if
  /// only white space keeps coming.
  mutating func append(_ utf8: UnsafeBufferPointer<UInt8>, limit: Int) -> Bool {
    let ink = utf8.lastIndex { !Self.isSpace($0) }
    blanks = ink.map { utf8.count - 1 - $0 } ?? blanks + utf8.count
    return take(utf8, limit: limit) && blanks <= Self.blankLimit
  }

  private mutating func take(_ utf8: UnsafeBufferPointer<UInt8>, limit: Int) -> Bool {
    if hasStarted { return appendStarted(utf8, limit: limit) }
    held.append(contentsOf: utf8)
    guard let start = startOfText() else { return true }
    hasStarted = true
    let first = Array(held[start...])
    held = []
    return first.withUnsafeBufferPointer { appendStarted($0, limit: limit) }
  }

  /// Where the text begins, after blank lines and an echoed prefix; nil while that is undecided.
  private mutating func startOfText() -> Int? {
    guard let line = startOfLine(in: held) else { return nil }
    guard let prefix = echoedPrefix else { return line }
    let rest = held[line...].drop(while: Self.isSpace)
    if rest.count < prefix.count, prefix.starts(with: rest) { return nil }
    echoedPrefix = nil
    guard rest.starts(with: prefix) else { return line }
    isBehindPrefix = true
    held = Array(rest.dropFirst(prefix.count))
    return startOfLine(in: held)
  }

  /// The start of the first line that is not blank; nil if there is none. Spaces after a dropped prefix are
  /// not indentation.
  private func startOfLine(in bytes: [UInt8]) -> Int? {
    guard let ink = bytes.firstIndex(where: { !Self.isSpace($0) }) else { return nil }
    return bytes[..<ink].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? (isBehindPrefix ? ink : 0)
  }

  private mutating func appendStarted(_ utf8: UnsafeBufferPointer<UInt8>, limit: Int) -> Bool {
    let scalars = utf8.reduce(into: 0) { $0 += $1 & 0xC0 == 0x80 ? 0 : 1 }
    if !isFull, count + scalars <= limit {
      bytes.append(contentsOf: utf8)
      count += scalars
      noteInk(from: bytes.count - utf8.count)
      return true
    }
    return appendUpTo(limit, utf8)
  }

  private mutating func appendUpTo(_ limit: Int, _ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = bytes.count
    var index = 0
    while index < utf8.count {
      if utf8[index] & 0xC0 != 0x80 {
        if count == limit { break }
        count += 1
      }
      bytes.append(utf8[index])
      index += 1
    }
    noteInk(from: start)
    isFull = true
    return utf8[index...].allSatisfy(Self.isSpace)
  }

  private mutating func noteInk(from start: Int) {
    if let last = bytes[start...].lastIndex(where: { !Self.isSpace($0) }) { inked = last + 1 }
  }

  /// ASCII white space; other spaces count as text.
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
