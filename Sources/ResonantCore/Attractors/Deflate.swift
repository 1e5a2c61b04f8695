// SPDX-License-Identifier: MIT

import CZlib

/// Compressed sizes, which measure how much a text repeats itself: Cilibrasi and Vitányi, "Clustering by
/// compression" (2005).
enum Deflate {
  /// The size in bytes of the text as a zlib stream of level 6, header included.
  static func zlibSize(_ bytes: [UInt8]) -> Int {
    var size = compressBound(UInt(bytes.count))
    var output = [UInt8](repeating: 0, count: Int(size))
    let status = compress2(&output, &size, bytes, UInt(bytes.count), 6)
    // The buffer is as large as zlib asks for, so only a lack of memory can make it fail.
    return status == Z_OK ? Int(size) : bytes.count
  }
}
