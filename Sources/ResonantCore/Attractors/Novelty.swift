// SPDX-License-Identifier: MIT

/// The share of each turn's 5-grams that no earlier turn contains. Takes the turns of one conversation in
/// order and remembers their grams.
struct Novelty: Sendable {
  private var seen = Set<UInt64>()

  init() {}

  /// The novelty of the next turn, from 0 to 1.
  mutating func next(_ grams: Grams) -> Double {
    var new = 0
    for gram in grams.sorted where seen.insert(gram).inserted { new += 1 }
    return Double(new) / Double(grams.sorted.count)
  }

  mutating func next(_ text: String) -> Double { next(Grams(NormalisedText(text))) }
}
