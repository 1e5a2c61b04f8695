// SPDX-License-Identifier: MIT

/// The text of a reply as it grows: holds back its leading white space until it is known which of it is blank
/// lines, and counts trailing white space only once something follows it.
struct ReplyText {
  /// Kept text, trailing white space included.
  private(set) var bytes: [UInt8] = []
  /// Leading bytes about which nothing is decided yet.
  private var held: [UInt8] = []
  private var hasStarted = false
  /// A `[name]:` that is dropped from the start, once.
  private var echoedPrefix: [UInt8]?
  private var isBehindPrefix = false
  /// Code points in `bytes`.
  private var count = 0
  /// Length of `bytes` without its trailing white space.
  private var inked = 0
  /// White space beyond the limit was left out: lost only if more text follows.
  private var isFull = false
  /// Bytes of white space that came last.
  private var blanks = 0

  /// More white space, in bytes, is the end of a reply: there are models that go on with line feeds for ever.
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

  /// The same without trailing white space.
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
    // What was held back to see whether it is an echoed prefix, and then nothing came any more.
    let end = held.lastIndex { !Self.isSpace($0) } ?? held.startIndex
    return String(decoding: held[start...end], as: UTF8.self)
  }

  /// Whether `trimmed` is empty, without making a string in the usual case.
  var isEmpty: Bool { inked == 0 && trimmed.isEmpty }

  /// Appends whole UTF-8 sequences; false when text had to be dropped for the limit, or nothing but white space comes
  /// any more.
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

  /// Where the text begins, behind blank lines and an echoed prefix; nil while that is open.
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

  /// The start of the first line that is not blank; nil when there is none. Spaces behind a dropped prefix are
  /// no indentation.
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

  /// ASCII white space; other spaces are text.
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
