// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Finds the lines in a piece of a body. Lines end with LF, CR or CRLF, even if a CRLF is split between
/// pieces.
struct LineCursor {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var start: Int
  /// The next positions of the two characters from `start` on; past the end if there is none.
  private var lineFeed = -1
  private var carriageReturn = -1
  /// The last line ended with CR: an LF right after it belongs to the same line end.
  private(set) var skipsLineFeed: Bool

  init(_ bytes: UnsafeBufferPointer<UInt8>, skipsLineFeed: Bool) {
    self.bytes = bytes
    self.skipsLineFeed = skipsLineFeed
    start = 0
  }

  /// The bytes after the last line end.
  var rest: Range<Int> { start..<bytes.count }

  /// The range of the next line without its line end; nil if the piece has no further line end.
  mutating func next() -> Range<Int>? {
    if skipsLineFeed, start < bytes.count {
      if bytes[start] == 0x0A { start += 1 }
      skipsLineFeed = false
    }
    if lineFeed < start { lineFeed = place(of: 0x0A) }
    if carriageReturn < start { carriageReturn = place(of: 0x0D) }
    let end = min(lineFeed, carriageReturn)
    guard end < bytes.count else { return nil }
    defer { start = end + 1 }
    skipsLineFeed = end == carriageReturn
    return start..<end
  }

  private func place(of byte: Int32) -> Int {
    guard let base = bytes.baseAddress, start < bytes.count,
      let found = memchr(base + start, byte, bytes.count - start)
    else { return bytes.count }
    return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
  }
}
