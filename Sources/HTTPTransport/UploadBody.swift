// SPDX-License-Identifier: MIT

/// A request's body on its way out. A small one is joined: handed over at once it leaves in one packet with the head,
/// and libcurl needs no upload buffer, which it would keep until the end of the reply. A large one is
/// handed out piece by piece.
struct UploadBody {
  /// Bytes of libcurl's upload buffer, the least that it takes; what is not longer is small.
  static let buffer = 16 * 1024

  /// Bytes at an address that stays.
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

  /// Bytes in all.
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

  /// The bytes of a small body, valid until it is dropped or the value is gone; nil for a large one.
  var whole: UnsafeMutableRawPointer? { block?.bytes.baseAddress }

  /// Forgets the bytes.
  mutating func drop() {
    block = nil
    segments = []
  }

  /// Fills the buffer with the next bytes of a large body as far as there is something left; returns how many bytes it
  /// wrote, 0 at the end.
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
