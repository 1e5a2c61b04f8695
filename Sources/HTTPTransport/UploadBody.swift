// SPDX-License-Identifier: MIT

/// The body of a request while it is sent. A small body is joined and set at once: it leaves in one packet
/// with the head, and libcurl needs no upload buffer, which it would keep until the end of the response. A
/// large body is passed on piece by piece.
struct UploadBody {
  /// Size of libcurl's upload buffer in bytes, the minimum that it accepts. Bodies up to this size are small.
  static let buffer = 16 * 1024

  /// Bytes at a stable address.
  private final class Block {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ segments: [[UInt8]], count: Int) {
      bytes = .allocate(byteCount: max(1, count), alignment: 1)
      var end = 0
      for segment in segments {
        UnsafeMutableRawBufferPointer(rebasing: bytes[end...]).copyBytes(from: segment)
        end += segment.count
      }
    }

    deinit { bytes.deallocate() }
  }

  /// Size in bytes.
  let count: Int
  private var block: Block?
  private var segments: [[UInt8]] = []
  private var segment = 0
  private var offset = 0

  init(_ segments: [[UInt8]]) {
    count = segments.reduce(0) { $0 + $1.count }
    if count <= Self.buffer {
      block = Block(segments, count: count)
    } else {
      self.segments = segments
    }
  }

  /// The bytes of a small body, valid until `drop` or the end of this value; nil for a large one.
  var whole: UnsafeMutableRawPointer? { block?.bytes.baseAddress }

  mutating func drop() {
    block = nil
    segments = []
  }

  /// Copies the next bytes of a large body into the buffer. Returns the number of bytes copied, 0 at the end.
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

  /// Continues at this offset from the start; returns false if the offset is out of range.
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
