// SPDX-License-Identifier: MIT

/// How similar the ends of conversations are to each other: whether a model drifts into the same state
/// whatever the seed is.
enum Resemblance {
  /// The most conversations of which all pairs are compared; of more, this many are drawn, so that the cost
  /// does not grow with the square of their number.
  static let most = 1_000

  /// The mean similarity over the pairs of texts, each given as the texts of a tail; nil for fewer than two.
  static func mean(_ tails: [[NormalisedText]]) -> Double? {
    let tails = sample(tails)
    guard tails.count >= 2 else { return nil }
    /// For each gram its number, and for each number the tails that have it so far.
    var numbers: [UInt64: Int] = [:]
    var holders: [[Int32]] = []
    var sizes: [Int] = []
    var sum = 0.0
    for (index, tail) in tails.enumerated() {
      let grams = Grams(union: tail).sorted
      var shared = [Int](repeating: 0, count: index)
      for gram in grams {
        guard let number = numbers[gram] else {
          numbers[gram] = holders.count
          holders.append([Int32(index)])
          continue
        }
        for holder in holders[number] { shared[Int(holder)] += 1 }
        holders[number].append(Int32(index))
      }
      for (other, count) in shared.enumerated() {
        sum += Double(count) / Double(sizes[other] + grams.count - count)
      }
      sizes.append(grams.count)
    }
    return sum / Double(tails.count * (tails.count - 1) / 2)
  }

  /// At most as many as are compared, drawn without replacement.
  private static func sample(_ tails: [[NormalisedText]]) -> [[NormalisedText]] {
    guard tails.count > most else { return tails }
    var random = SplitMix64(seed: Bootstrap.seed)
    var all = tails
    for place in 0..<most { all.swapAt(place, place + random.index(below: all.count - place)) }
    return Array(all.prefix(most))
  }
}
