// SPDX-License-Identifier: MIT

import CZlib

/// Sizes of deflated text, the measure of how much a text repeats itself: Cilibrasi and Vitányi, "Clustering by
/// compression" (2005).
enum Deflate {
  /// Bytes that the text takes as a zlib stream of level 6, its header counted in.
  static func zlibSize(_ bytes: [UInt8]) -> Int {
    var size = compressBound(UInt(bytes.count))
    var output = [UInt8](repeating: 0, count: Int(size))
    let status = compress2(&output, &size, bytes, UInt(bytes.count), 6)
    // The buffer is as large as zlib asks for, so that nothing but want of memory can fail.
    return status == Z_OK ? Int(size) : bytes.count
  }
}
