// SPDX-License-Identifier: MIT

/// The set of a text's 5-grams of UTF-8 bytes. A text shorter than 5 bytes, even an empty one, is a single
/// gram that equals no gram of a longer text.
///
/// Shingling after Broder, "On the resemblance and containment of documents" (1997).
struct Grams: Sendable, Equatable {
  private static let length = 5
  /// In ascending order without duplicates: a gram's bytes are in the low 40 bits, its length is above them.
  let sorted: [UInt64]

  init(_ text: NormalisedText) {
    let bytes = text.bytes
    guard bytes.count > Self.length else {
      sorted = [Self.gram(bytes[...])]
      return
    }
    var gram = Self.gram(bytes[..<Self.length])
    let tag = gram & ~0xFF_FFFF_FFFF
    var all = [gram]
    all.reserveCapacity(bytes.count)
    for byte in bytes[Self.length...] {
      gram = tag | (gram << 8 | UInt64(byte)) & 0xFF_FFFF_FFFF
      all.append(gram)
    }
    all.sort()
    sorted = Self.withoutRepeats(all)
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

  private static func gram(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } | UInt64(bytes.count) << 40
  }

  private static func withoutRepeats(_ ascending: [UInt64]) -> [UInt64] {
    var unique: [UInt64] = []
    unique.reserveCapacity(ascending.count)
    for gram in ascending where gram != unique.last { unique.append(gram) }
    return unique
  }
}
