// SPDX-License-Identifier: MIT

/// Words whose use is counted. Canonically equivalent words are the same, and case does not matter.
public struct WordList: Sendable {
  /// In lower case, without repeats, in the given order.
  public let words: [String]
  private let places: [String: Int]
  private let ascii: [[UInt8]: Int]
  /// The lengths of the ASCII words, a bit each, by their first byte: most words of a text are ruled out by
  /// these.
  private let lengths: [UInt64]

  /// The words of the table in the system card of Claude 4 (2025) on conversations of models with each other.
  public static let usual = WordList(
    unchecked: [
      "consciousness", "every", "always", "dance", "eternal", "love", "perfect", "word", "silence",
      "infinite",
      "unity",
    ])

  /// Throws what is wrong with the list.
  public init(_ written: [String]) throws(InvalidValue) {
    guard !written.isEmpty else { throw InvalidValue("there is no word in the list") }
    for text in written {
      var found: [String] = []
      Self.forEachWord(in: text) { bytes, _ in found.append(String(decoding: bytes, as: UTF8.self)) }
      guard found.count == 1, found.first?.unicodeScalars.count == text.unicodeScalars.count else {
        throw InvalidValue("'\(text)' is not one word; only letters and apostrophes inside make a word")
      }
    }
    self.init(unchecked: written)
  }

  private init(unchecked written: [String]) {
    var words: [String] = []
    var places: [String: Int] = [:]
    for text in written {
      let word = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\u{2019}" ? "'" : $0 }))
        .lowercased()
      guard places[word] == nil else { continue }
      places[word] = words.count
      words.append(word)
    }
    self.words = words
    self.places = places
    ascii = Dictionary(
      uniqueKeysWithValues: places.compactMap { word, place in
        word.utf8.allSatisfy { $0 < 0x80 } ? (Array(word.utf8), place) : nil
      })
    var lengths = [UInt64](repeating: 0, count: 256)
    for word in ascii.keys { lengths[Int(word[0])] |= 1 << UInt64(min(63, word.count)) }
    self.lengths = lengths
  }

  /// Adds the uses in a text to the counts, one for each word of the list.
  func count(in text: String, into counts: inout [Int]) {
    Self.forEachWord(in: text) { bytes, isASCII in
      let place: Int?
      if isASCII {
        guard lengths[Int(bytes[0])] >> UInt64(min(63, bytes.count)) & 1 == 1 else { return }
        place = ascii[bytes]
      } else {
        place = places[String(decoding: bytes, as: UTF8.self).lowercased()]
      }
      if let place { counts[place] += 1 }
    }
  }

  /// Calls `body` with each word of a text in UTF-8, an ASCII one in lower case: runs of letters and marks that
  /// begin with a letter, joined inside by apostrophes.
  private static func forEachWord(in text: String, _ body: (_ bytes: [UInt8], _ isASCII: Bool) -> Void) {
    var word: [UInt8] = []
    var isASCII = true
    var owesApostrophe = false
    func end() {
      if !word.isEmpty { body(word, isASCII) }
      word.removeAll(keepingCapacity: true)
      (isASCII, owesApostrophe) = (true, false)
    }
    for scalar in text.unicodeScalars {
      switch Part(scalar) {
      case .letter:
        if owesApostrophe { word.append(UInt8(ascii: "'")) }
        owesApostrophe = false
        if scalar.isASCII {
          word.append(UInt8(truncatingIfNeeded: scalar.value) | 0x20)
        } else {
          isASCII = false
          word.append(contentsOf: UTF8.encode(scalar) ?? .init())
        }
      case .mark where !word.isEmpty && !owesApostrophe:
        isASCII = false
        word.append(contentsOf: UTF8.encode(scalar) ?? .init())
      case .apostrophe where !word.isEmpty && !owesApostrophe: owesApostrophe = true
      case .mark, .apostrophe, .other: end()
      }
    }
    end()
  }

  private enum Part {
    case letter, mark, apostrophe, other

    @inline(__always)
    init(_ scalar: Unicode.Scalar) {
      if scalar.isASCII {
        let value = scalar.value | 0x20
        self = value >= 0x61 && value <= 0x7A ? .letter : scalar == "'" ? .apostrophe : .other
        return
      }
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
      case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
      default: self = scalar == "\u{2019}" ? .apostrophe : .other
      }
    }
  }
}
