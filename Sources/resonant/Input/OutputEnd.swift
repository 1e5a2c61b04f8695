// SPDX-License-Identifier: MIT

/// Where in its row the output of a terminal ends.
///
/// A full row is a special case: the terminal wraps only before the next character, and many forget that they
/// have to when the cursor has been elsewhere meanwhile.
struct OutputEnd {
  private struct Position: Equatable {
    var row = 0
    var column = 0

    mutating func advance(_ width: Int, columns: Int) {
      if width > 0, column + width > columns { (row, column) = (row + 1, 0) }
      column += width
    }
  }

  /// The nearest and the farthest position since the start of the line.
  private var nearest = Position()
  private var farthest = Position()
  private var followsJoiner = false
  private var isEscaped = false

  var isAtStartOfLine: Bool { farthest == Position() }

  /// Whether the row is full, or may be: then what follows must begin a new one.
  func mayFillRow(columns: Int) -> Bool {
    nearest.row != farthest.row || nearest.column >= columns || farthest.column >= columns
  }

  mutating func append(_ bytes: [UInt8], columns: Int) {
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { append(scalar, columns) }
  }

  private mutating func append(_ scalar: Unicode.Scalar, _ columns: Int) {
    // The only escape sequences of the output are colours and the like: ESC [, parameters, a letter.
    if isEscaped {
      isEscaped = scalar == "[" || !(0x40...0x7E ~= scalar.value)
      return
    }
    switch scalar {
    case "\n", "\r": self = OutputEnd()
    case "\u{1B}": isEscaped = true
    case "\t":
      nearest.column = max(nearest.column, min(columns - 1, (nearest.column / 8 + 1) * 8))
      farthest.column = max(farthest.column, min(columns - 1, (farthest.column / 8 + 1) * 8))
    default:
      let width = TextWidth.columns(scalar)
      nearest.advance(followsJoiner ? 0 : width.lowerBound, columns: columns)
      farthest.advance(width.upperBound, columns: columns)
      followsJoiner = scalar == "\u{200D}"
    }
  }
}
