// SPDX-License-Identifier: MIT

/// Whether conditions differ at all in the share that converged, as one question about all of them: Fisher's permutation
/// test ("The Design of Experiments", 1935) of the statistic of Pearson's chi-square test. Among many pairs of like
/// conditions some always look different.
enum PermutationTest {
  /// Below it, conditions are said to differ.
  static let level = 0.05
  static let permutations = 1_000

  /// The probability of rates that are at least as different if conditions were given to conversations by chance; 1 for
  /// fewer than two conditions, and where all or none converged. The same on every platform.
  static func probability(_ samples: [Bootstrap.Sample]) -> Double {
    let all = samples.reduce(0) { $0 + $1.count }
    let converged = samples.reduce(0) { $0 + $1.converged }
    guard samples.count > 1, converged > 0, converged < all else { return 1 }
    let rate = Double(converged) / Double(all)
    let statistic = { (converged: [Int]) in
      zip(samples, converged).reduce(0) { sum, sample in
        let (condition, converged) = sample
        let excess = Double(converged) - rate * Double(condition.count)
        return sum + excess * excess / Double(condition.count)
      }
    }
    // Sums in another order may miss it by a rounding error.
    let observed = statistic(samples.map(\.converged)) * (1 - 1e-9)
    var random = SplitMix64(seed: Bootstrap.seed)
    var extreme = 0
    for _ in 0..<permutations where statistic(dealt(converged, of: all, to: samples, &random)) >= observed {
      extreme += 1
    }
    return Double(1 + extreme) / Double(1 + permutations)
  }

  /// How many of those that converged each condition gets by chance.
  private static func dealt(
    _ converged: Int, of all: Int, to samples: [Bootstrap.Sample], _ random: inout SplitMix64
  ) -> [Int] {
    var (converged, left) = (converged, all)
    return samples.map { sample in
      var dealt = 0
      for _ in 0..<sample.count {
        if random.index(below: left) < converged {
          dealt += 1
          converged -= 1
        }
        left -= 1
      }
      return dealt
    }
  }
}
