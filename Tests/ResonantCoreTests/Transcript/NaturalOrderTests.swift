// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

struct NaturalOrderTests {
  @Test(arguments: [
    ["0-r1", "0-r2", "0-r10", "1-r1"],
    ["t=0", "t=0.15", "t=0.2", "t=0.25", "t=1", "t=1.5", "t=2", "t=10", "t=18446744073709551617"],
    ["a1b2", "a1b10", "a2b1", "a10", "b"], ["", "1", "a"], ["x/1.jsonl", "x/2.jsonl", "x/10.jsonl"],
    ["01", "1", "1.0", "1a"], ["1.", "1.x", "1.5"], ["é1", "é2", "é10"],
  ])
  func numbersGoByTheirValue(names: [String]) {
    #expect(names.shuffled().sorted(by: NaturalOrder.precedes) == names)
    for name in names { #expect(!NaturalOrder.precedes(name, name)) }
  }
}
