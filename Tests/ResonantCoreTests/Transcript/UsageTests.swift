// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

struct UsageTests {
  @Test func absurdTokenCountsAddUpWithoutATrap() {
    let absurd = Usage(promptTokens: .max, completionTokens: .max)
    let sum = (0..<100).reduce(absurd) { sum, _ in sum + absurd }
    #expect(sum.total > 1_000_000_000_000)
    #expect(Usage(promptTokens: .min, completionTokens: -1).total == 0)
  }

  @Test func ordinaryTokenCountsAreKept() {
    let sum = Usage(promptTokens: 3, completionTokens: 4) + Usage(promptTokens: 5, completionTokens: 6)
    #expect(sum == Usage(promptTokens: 8, completionTokens: 10))
  }
}
