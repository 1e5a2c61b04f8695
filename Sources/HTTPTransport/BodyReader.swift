// SPDX-License-Identifier: MIT

/// Hands out the segments of a request's body piece by piece.
struct BodyReader {
  let segments: [[UInt8]]
  /// Bytes in all.
  let count: Int
  private var segment = 0
  private var offset = 0

  init(_ segments: [[UInt8]]) {
    self.segments = segments
    count = segments.reduce(0) { $0 + $1.count }
  }

  /// Fills the buffer as far as there is something left; returns how many bytes it wrote, 0 at the end.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    var written = 0
    while written < buffer.count, segment < segments.count {
      let length = min(buffer.count - written, segments[segment].count - offset)
      segments[segment].withUnsafeBytes { bytes in
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[written..<written + length])
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
      }
      written += length
      offset += length
      if offset == segments[segment].count { (segment, offset) = (segment + 1, 0) }
    }
    return written
  }

  /// Goes on at a position from the start; false when there is none such.
  mutating func seek(to position: Int) -> Bool {
    guard (0...count).contains(position) else { return false }
    (segment, offset) = (0, position)
    while segment < segments.count, offset >= segments[segment].count {
      offset -= segments[segment].count
      segment += 1
    }
    return true
  }
}
