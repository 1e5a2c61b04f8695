// SPDX-License-Identifier: MIT

/// A turn's text, normalised for finding repetition: lower case (Unicode's mapping of each scalar), without
/// format characters (category Cf) and variation selectors (U+FE00 to U+FE0F), each run of white space as one
/// space, trimmed.
struct NormalisedText: Sendable, Equatable {
  /// UTF-8.
  private(set) var bytes: [UInt8] = []
  /// The number of scalars of the categories L (letters) and N (numbers).
  private(set) var letters = 0
  private var owesSpace = false

  init(_ text: String) {
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        append(ascii: UInt8(truncatingIfNeeded: scalar.value))
      } else {
        append(scalar)
      }
    }
  }

  static func == (left: NormalisedText, right: NormalisedText) -> Bool { left.bytes == right.bytes }

  private mutating func append(ascii byte: UInt8) {
    switch byte {
    case 0x20, 0x09...0x0D: owesSpace = true
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): append(byte | 0x20, isLetter: true)
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      append(byte, isLetter: true)
    default: append(byte, isLetter: false)
    }
  }

  private mutating func append(_ byte: UInt8, isLetter: Bool) {
    paySpace()
    bytes.append(byte)
    if isLetter { letters += 1 }
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    let properties = scalar.properties
    if properties.isWhitespace {
      owesSpace = true
      return
    }
    for lower in properties.lowercaseMapping.unicodeScalars {
      let category = lower.properties.generalCategory
      guard category != .format, !(0xFE00...0xFE0F).contains(lower.value) else { continue }
      paySpace()
      bytes.append(contentsOf: UTF8.encode(lower) ?? .init())
      if category.isLetterOrNumber { letters += 1 }
    }
  }

  private mutating func paySpace() {
    if owesSpace, !bytes.isEmpty { bytes.append(0x20) }
    owesSpace = false
  }
}

extension Unicode.GeneralCategory {
  fileprivate var isLetterOrNumber: Bool {
    switch self {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}
