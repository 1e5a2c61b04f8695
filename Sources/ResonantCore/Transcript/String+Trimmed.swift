// SPDX-License-Identifier: MIT

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    let scalars = unicodeScalars
    let isInk = { (scalar: Unicode.Scalar) in !scalar.properties.isWhitespace }
    guard let first = scalars.firstIndex(where: isInk), let last = scalars.lastIndex(where: isInk) else {
      return ""
    }
    return String(scalars[first...last])
  }
}
