// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

/// Statistics over conversations, worked out by hand.
struct AnalysisTests {
  private let silent = ["a", "bb", "c", "dd", "e", "f"]

  @Test(
    arguments: [
      ([(2, true), (3, true), (4, true), (5, true)], 3),
      // At 2: 3/4 live on; one is not seen beyond 3; at 5: 3/4 · 1/2.
      ([(2, true), (3, false), (5, true), (9, false)], 5),
      ([(2, true), (3, false), (9, false)], nil),
      // Somebody not seen beyond the turn of an event is still at risk in it: 1 − 1/2.
      ([(4, true), (4, false)], 4),
      ([], nil),
    ] as [([(Int, Bool)], Int?)])
  func theMedianOnsetIsThatOfKaplanAndMeier(observed: [(Int, Bool)], median: Int?) {
    #expect(Survival.median(Survival.steps(observed.map { .init(turn: $0, isEvent: $1) })) == median)
  }

  @Test func intervalsAreTheSameEverywhere() {
    // Of an implementation in Python of SplitMix64 and of the resampling.
    #expect(Bootstrap.interval(.init(converged: 3, count: 10)) == 0...0.6)
    let difference = Bootstrap.interval(
      .init(converged: 17, count: 20), minus: .init(converged: 5, count: 20))
    #expect(abs(difference.lowerBound - 0.35) < 1e-9 && abs(difference.upperBound - 0.8) < 1e-9)
    #expect(Bootstrap.interval(.init(converged: 4, count: 4)) == 1...1)
  }

  @Test func conditionsAreSummarised() throws {
    let conversations =
      (0..<3).map {
        Texts.measures(Texts.different(2, from: 10 * $0) + silent, path: "a\($0)", condition: "a")
      }
      + [Texts.measures(Texts.different(8, from: 50), path: "a9", condition: "a")]
      + [Texts.measures(Texts.different(8, from: 80), path: "b", condition: "b")]
    let analysis = Analysis(conversations, AnalysisSettings())
    let a = try #require(analysis.conditions.first)
    #expect((a.condition, a.conversations, a.converged, a.medianOnset) == ("a", 4, 3, 3))
    #expect(a.labels == [.minimal: 3, .sustained: 1])
    #expect(a.share(a.converged) == 0.75)
    let differences = Analysis.differences(analysis.conditions)
    #expect(differences.map { [$0.a, $0.b] } == [["a", "b"]])
    #expect(differences.first?.difference == 0.75)
    #expect(analysis.whole.conversations == 5)
  }

  @Test func duplicatesAreInNoStatistic() {
    let texts = Texts.different(8)
    let other = Texts.different(2, from: 300)
    let analysis = Analysis(
      [
        Texts.measures(texts, path: "c"), Texts.measures(texts, path: "b"), Texts.measures(other, path: "d"),
        // Normalised they would be equal.
        Texts.measures(other.map { $0.uppercased() }, path: "e"), Texts.measures([], path: "f"),
        Texts.measures([], path: "g"),
      ], AnalysisSettings())
    #expect(analysis.conversations.map(\.source.path) == ["b", "c", "d", "e", "f", "g"])
    #expect(analysis.duplicateOf == [nil, "b", nil, nil, nil, nil])
    #expect(analysis.conditions.map(\.conversations) == [3])
    #expect(analysis.conditions.map(\.duplicates) == [1])
  }

  @Test func theOrderOfTheFilesDoesNotMatter() {
    let conversations = (0..<12).map { number in
      Texts.measures(
        Texts.different(number % 3, from: 7 * number)
          + (number % 2 == 0 ? silent : Texts.different(6, from: number)),
        path: "\(number)", condition: "\(number % 4)")
    }
    let one = Analysis(conversations, AnalysisSettings())
    let other = Analysis(conversations.reversed(), AnalysisSettings())
    #expect(AnalysisTSV.document(of: one) == AnalysisTSV.document(of: other))
    #expect(AnalysisJSON.document(of: one) == AnalysisJSON.document(of: other))
  }

  @Test func atMostTwelveConditionsAreCompared() {
    let conversations = (0..<14).map {
      Texts.measures(Texts.different(1, from: $0), path: "\($0)", condition: "\($0)")
    }
    let conditions = Analysis(conversations, AnalysisSettings()).conditions
    #expect(conditions.count == 14)
    #expect(Analysis.differences(conditions).count == 12 * 11 / 2)
  }

  @Test func endsAreComparedInPairs() {
    let texts = ["abcdefg", "bcdefgh", "zzzzzzz"].map { [NormalisedText($0)] }
    #expect(Resemblance.mean(texts) == 0.5 / 3)
    #expect(Resemblance.mean([texts[0]]) == nil)
    #expect(Resemblance.mean([texts[0], texts[0]]) == 1)
    let many = (0..<1_500).map { [NormalisedText($0 % 2 == 0 ? "abcdefg" : "bcdefgh")] }
    // Half of the pairs are equal, the others have 0.5; a sample of 1,000 comes close.
    #expect(abs((Resemblance.mean(many) ?? 0) - 0.75) < 0.01)
  }

  @Test func aForkPersistsOrRecovers() throws {
    let loop = [1, 2, 1, 2, 1, 2].map { Texts.letters($0) }
    let other = Texts.different(3, from: 500)
    let back =
      loop + ["Stop!", other[0], Texts.letters(1), other[1]] + (0..<4).map { Texts.letters($0 % 2 + 1) }
    let gone = loop + ["Stop!", Texts.letters(1), other[2]]
    let unmoved = loop + ["Stop!", Texts.letters(2)]
    let forks = Analysis(
      [back, gone, unmoved, loop + ["Stop!"]].enumerated().map {
        Texts.measures($1, path: "\($0)", injected: 7)
      } + [Texts.measures(other + ["x"], path: "not converged", injected: 4)], AnalysisSettings()
    ).forks
    let fork = try #require(forks.first)
    #expect(forks.count == 1)
    #expect((fork.label, fork.forks, fork.left, fork.recovered) == (.verbatim, 4, 2, 0.5))
    #expect(fork.persistence.map(\.forks) == [3, 2, 1, 1, 1, 1, 1])
    #expect(fork.persistence.map(\.share) == [2.0 / 3, 0.5, 0, 1, 1, 1, 1])
  }
}
