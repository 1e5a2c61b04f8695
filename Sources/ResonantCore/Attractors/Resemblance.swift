// SPDX-License-Identifier: MIT

/// How similar the ends of conversations are to each other: whether a model drifts into the same state
/// whatever the seed is.
public enum Resemblance {
  /// The most conversations of which all pairs are compared; of more, this many are drawn, so that the cost
  /// does not grow with the square of their number.
  public static let most = 1_000

  /// The mean similarity over the pairs of texts, each given as the texts of a tail; nil for fewer than two.
  static func mean(_ tails: [[NormalisedText]]) -> Double? {
    let sets = GramSets(sample(tails))
    let count = sets.sets.count
    guard count >= 2 else { return nil }
    // For each gram, the sets that have it among those so far, from its place in `holders` on.
    var ends = sets.places
    var holders = [Int32](repeating: 0, count: sets.sets.reduce(0) { $0 + $1.count })
    var sum = 0.0
    for (index, set) in sets.sets.enumerated() {
      var shared = [Int32](repeating: 0, count: index)
      for gram in set {
        let end = ends[Int(gram)]
        for place in sets.places[Int(gram)]..<end { shared[Int(holders[place])] += 1 }
        holders[end] = Int32(index)
        ends[Int(gram)] = end + 1
      }
      for (other, count) in shared.enumerated() {
        sum += Double(count) / Double(sets.sets[other].count + set.count - Int(count))
      }
    }
    return sum / Double(count * (count - 1) / 2)
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

/// The sets of grams of some groups of texts, with numbers for the grams.
private struct GramSets {
  /// The numbers of the grams of each group.
  var sets: [[Int32]] = []
  /// For each gram, the number of grams before it in a list of all sets, ordered by gram.
  var places: [Int] = []

  init(_ groups: [[NormalisedText]]) {
    var numbers: [UInt64: Int32] = [:]
    var last: [Int32] = []
    for group in groups {
      var set: [Int32] = []
      for text in group {
        Grams.forEach(in: text) { gram in
          let number = numbers[gram] ?? Int32(last.count)
          if Int(number) == last.count {
            numbers[gram] = number
            last.append(-1)
            places.append(0)
          }
          guard last[Int(number)] != Int32(sets.count) else { return }
          last[Int(number)] = Int32(sets.count)
          places[Int(number)] += 1
          set.append(number)
        }
      }
      sets.append(set)
    }
    var total = 0
    for number in places.indices {
      total += places[number]
      places[number] = total - places[number]
    }
  }
}
