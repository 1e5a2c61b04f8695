// SPDX-License-Identifier: MIT

/// The lines of a text file, without a byte order mark and the carriage returns of Windows.
struct TextLines {
  let lines: [Substring]

  init(_ bytes: [UInt8]) {
    var utf8 = bytes[...]
    if utf8.starts(with: [0xEF, 0xBB, 0xBF]) { utf8 = utf8.dropFirst(3) }
    // Scalars, since the characters of Swift join a carriage return with its line feed.
    lines = utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)[...]
    }
  }

  var firstFilled: Substring? { lines.first { !Self.isBlank($0) } }

  static func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }
}
