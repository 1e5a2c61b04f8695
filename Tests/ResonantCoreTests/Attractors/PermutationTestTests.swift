// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

struct PermutationTestTests {
  /// Of two conditions, against the exact probabilities of Fisher's test of a table of two by two (two-sided, by the
  /// statistic), worked out by hand.
  @Test(
    arguments: [
      ([(0, 10), (4, 10)], 0.0867), ([(0, 10), (6, 10)], 0.0108), ([(5, 10), (5, 10)], 1),
      ([(3, 3), (0, 3)], 0.1), ([(0, 5), (0, 5)], 1), ([(5, 5), (5, 5)], 1), ([(4, 10)], 1), ([], 1),
    ] as [([(Int, Int)], Double)])
  func theProbabilityIsThatOfFishersTest(counts: [(Int, Int)], exact: Double) {
    let probability = PermutationTest.probability(counts.map { .init(converged: $0.0, count: $0.1) })
    #expect(abs(probability - exact) < 0.03, "\(probability)")
  }

  /// Of studies in which all conditions are alike, about one in twenty is said to differ.
  @Test func likeConditionsSeldomDiffer() {
    var random = SplitMix64(seed: 7)
    let studies = 200
    let differing = (0..<studies).count { _ in
      let samples = (0..<8).map { _ in
        Bootstrap.Sample(converged: (0..<10).count { _ in random.index(below: 10) < 4 }, count: 10)
      }
      return PermutationTest.probability(samples) < PermutationTest.level
    }
    #expect((2...20).contains(differing), "\(differing) of \(studies)")
  }
}
