// SPDX-License-Identifier: MIT

/// The set of a text's 5-grams of UTF-8 bytes. A text shorter than 5 bytes, even an empty one, is a single
/// gram that equals no gram of a longer text.
///
/// Shingling after Broder, "On the resemblance and containment of documents" (1997).
struct Grams: Sendable, Equatable {
  private static let length = 5
  /// In ascending order without duplicates.
  let sorted: [UInt64]

  init(_ text: NormalisedText) { self.init(CollectionOfOne(text)) }

  /// The union of the sets of some texts.
  init(_ texts: some Collection<NormalisedText>) {
    var all: [UInt64] = []
    all.reserveCapacity(texts.reduce(0) { $0 + max(1, $1.bytes.count) })
    for text in texts { Self.forEach(in: text) { all.append($0) } }
    all.sort()
    sorted = Self.withoutRepeats(all)
  }

  /// Calls `body` with each gram in the order of the text, repeated ones as well. A gram is never 0: its bytes
  /// are in the low 40 bits, above them is their number plus 1.
  @inline(__always)
  static func forEach(in text: NormalisedText, _ body: (UInt64) -> Void) {
    let bytes = text.bytes
    let tag = UInt64(min(bytes.count, length) + 1) << 40
    var gram: UInt64 = 0
    guard bytes.count > length else {
      for byte in bytes { gram = gram << 8 | UInt64(byte) }
      return body(gram | tag)
    }
    for index in bytes.indices {
      gram = (gram << 8 | UInt64(bytes[index])) & 0xFF_FFFF_FFFF
      if index >= length - 1 { body(gram | tag) }
    }
  }

  /// The resemblance (Jaccard similarity) of two texts: the number of shared grams divided by that of all
  /// grams.
  func similarity(to other: Grams) -> Double {
    if sorted == other.sorted { return 1 }
    var shared = 0
    var (left, right) = (0, 0)
    while left < sorted.count, right < other.sorted.count {
      if sorted[left] == other.sorted[right] {
        shared += 1
        left += 1
        right += 1
      } else if sorted[left] < other.sorted[right] {
        left += 1
      } else {
        right += 1
      }
    }
    return Double(shared) / Double(sorted.count + other.sorted.count - shared)
  }

  private static func withoutRepeats(_ ascending: [UInt64]) -> [UInt64] {
    var unique: [UInt64] = []
    unique.reserveCapacity(ascending.count)
    for gram in ascending where gram != unique.last { unique.append(gram) }
    return unique
  }
}
