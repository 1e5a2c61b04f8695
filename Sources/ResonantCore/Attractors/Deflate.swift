// SPDX-License-Identifier: MIT

import CZlib

/// Compressed sizes, which measure how much a text repeats itself or another: Cilibrasi and Vitányi,
/// "Clustering by compression" (2005). One instance compresses many texts, because zlib's memory of 260 KB
/// costs more than a short text.
final class Deflate {
  /// zlib demands that its state stay where it is.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let isReady: Bool
  private var output: [UInt8] = []

  /// Bytes of zlib's header and checksum around the deflated data.
  private static let frame = 6
  /// The most that a preset dictionary can hold, in bytes.
  static let dictionaryLimit = 32_768

  init() {
    stream.initialize(to: z_stream())
    // Raw deflate of level 6 with zlib's usual window and memory.
    isReady =
      deflateInit2_(
        stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// The size in bytes of the text as a zlib stream of level 6, header included.
  func zlibSize(_ bytes: [UInt8]) -> Int { size(bytes) + Self.frame }

  /// The size in bytes of the text as raw deflate data of level 6, with `dictionary` as the preset dictionary.
  func size(_ bytes: [UInt8], dictionary: ArraySlice<UInt8> = []) -> Int {
    // Only a lack of memory can make zlib fail.
    guard isReady, deflateReset(stream) == Z_OK else { return bytes.count }
    if !dictionary.isEmpty {
      _ = dictionary.withUnsafeBufferPointer {
        deflateSetDictionary(stream, $0.baseAddress, UInt32($0.count))
      }
    }
    let bound = Int(deflateBound(stream, UInt(bytes.count)))
    if output.count < bound { output = [UInt8](repeating: 0, count: bound) }
    var input = bytes
    return input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        return deflate(stream, Z_FINISH) == Z_STREAM_END ? Int(stream.pointee.total_out) : input.count
      }
    }
  }
}
