// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

/// Labels, periods and onsets, worked out by hand.
struct AttractorTests {
  private static let soup = (0..<8).map { name in
    String(repeating: Texts.letters(name, 12) + " ", count: 40)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var texts: [String]
    var label: AttractorLabel
    var period = 0
    var onset: Int?

    init(
      _ name: String, _ texts: [String], _ label: AttractorLabel, period: Int = 0, onset: Int? = nil
    ) {
      testDescription = name
      self.texts = texts
      self.label = label
      self.period = period
      self.onset = onset
    }
  }

  private static let cases = [
    Case("nothing repeats", Texts.different(10), .sustained),
    Case("one short turn is silence", ["Hello!"], .minimal, onset: 1),
    Case("40 letters are minimal", Texts.different(3, letters: 40), .minimal, onset: 1),
    Case("41 letters are not", Texts.different(3, letters: 41), .sustained),
    Case(
      "two texts in turn", Texts.different(4) + [1, 2, 1, 2, 1].map { Texts.letters($0) }, .verbatim,
      period: 2, onset: 5),
    Case(
      "a loop needs three turns that match", Texts.different(4) + [1, 2, 1, 2].map { Texts.letters($0) },
      .sustained),
    Case(
      "the last letter differs", Texts.different(3) + (0..<4).map { Texts.letters(1) + "\($0)" }, .verbatim,
      period: 1, onset: 4),
    Case(
      "exact repetition decides before a shorter period of changed texts",
      [1, 2, 1, 2, 1, 2].map { Texts.letters(7) + "\($0)" }, .verbatim, period: 2, onset: 1),
    Case(
      "the same skeleton", Texts.different(4) + (0..<4).map { Texts.variant(1, $0) }, .template, period: 1,
      onset: 5),
    Case(
      "skeletons in no order",
      Texts.different(4) + [1, 2, 3, 2, 1, 3, 3, 1, 2].enumerated().map { Texts.variant($1, $0) }, .template,
      onset: 8),
    Case(
      "each text is repeated once",
      (0..<4).flatMap { [Texts.letters($0), Texts.letters($0) + "x"] }, .echo),
    Case("one echo alone is none", [1, 1, 2, 2].map { Texts.letters($0) }, .sustained),
    Case(
      "turns get much shorter", Texts.different(4, letters: 400) + Texts.different(6, from: 200, letters: 80),
      .winddown, onset: 5),
    Case(
      "not short enough", Texts.different(4, letters: 400) + Texts.different(6, from: 200, letters: 81),
      .sustained),
    Case("word soup", Texts.different(4) + soup.prefix(6), .degenerate, onset: 5),
    Case("the same word soup", Array(repeating: soup[0], count: 6), .degenerate, period: 1, onset: 1),
    Case(
      "the same farewell", Texts.different(3) + Array(repeating: "Bye.", count: 6), .minimal, period: 1,
      onset: 4),
    Case(
      "silence with one text in between", Texts.different(4) + ["a", "bb", "c", Texts.letters(1), "dd", "e"],
      .minimal, onset: 5),
    Case(
      "silence that has ended",
      Texts.different(4) + ["a", "bb", "c", "dd", Texts.letters(1), Texts.letters(2)], .sustained),
  ]

  @Test(arguments: cases)
  func hasTheLabel(_ expected: Case) throws {
    let attractor = try #require(Attractor(TurnMeasures(expected.texts), Thresholds()))
    #expect(attractor.label == expected.label)
    #expect(attractor.period == expected.period)
    #expect(attractor.onset == expected.onset)
  }

  @Test func withoutTurnsThereIsNoLabel() {
    let measures = Texts.measures([])
    #expect(measures.attractor == nil)
    #expect(measures.tailNovelty == nil && measures.tailSimilarity == nil && measures.lengthRatio == nil)
  }

  @Test func theLoopIsToldBesideAnyLabel() {
    let attractor = Attractor(
      TurnMeasures(Texts.different(3) + Array(repeating: "Bye.", count: 6)), Thresholds())
    #expect(attractor?.label == .minimal)
    #expect(attractor?.loop == TurnLoop(kind: .verbatim, period: 1, onset: 4))
  }

  @Test func aSimilarityOfFourTenthsIsASkeleton() {
    // Of 7 grams each, 4 are shared: 4/10.
    let turns = TurnMeasures(["abcdefghijk", "ABCDEFGHXYZ"])
    #expect(turns.recurrence(1) == 0.4)
    #expect(turns.isIn(.recurrent, 1, head: 11, Thresholds()))
    #expect(!turns.isIn(.recurrent, 0, head: 11, Thresholds()))
  }

  @Test(
    arguments: [
      ([true, false, false, true, true], 1), ([true, false, false, false, true, true], 5),
      ([false, true, false, true, true], 2), ([false, false, true], 3), ([false], nil),
    ] as [([Bool], Int?)])
  func theOnsetHasSixtyPercentOfTheRest(states: [Bool], onset: Int?) {
    #expect(Thresholds().onset(states) == onset)
  }

  @Test(
    arguments: [
      ([true, true, true, true, false, false], false), ([true, true, true, false, false, true], true),
      ([false, true, true], true), ([true, true, false], true), ([true, false, false], false), ([], false),
    ])
  func aStateHoldsInTwoThirdsAndNearTheEnd(tail: [Bool], holds: Bool) {
    #expect(Thresholds().holds(tail) == holds)
  }

  @Test func episodesAreThreeMinimalTurnsAndMayBeEscaped() {
    let texts = ["a", "b"] + Texts.different(1) + ["a", "b", "c", "d"] + Texts.different(3, from: 300)
    #expect(Texts.measures(texts).episodes == [4...7])
    #expect(Texts.measures(texts).escapes)
    let again = Texts.measures(texts + ["e", "f", "g"])
    #expect(again.episodes == [4...7, 11...13])
    #expect(!again.escapes)
  }

  @Test func theTailIsAtMostSixTurns() {
    // Novelty: about 1 for new turns, 0 for a repeated one.
    let texts = Texts.different(7) + [Texts.letters(100), Texts.letters(101)]
    let measures = Texts.measures(texts)
    #expect(abs((measures.tailNovelty ?? 0) - 4.0 / 6) < 0.002)
    #expect(measures.lengthRatio == 1)
    #expect(Texts.measures([Texts.letters(1), Texts.letters(1)]).tailSimilarity == 1)
    #expect(Texts.measures([Texts.letters(1)]).tailSimilarity == nil)
  }

  @Test func theHeadIsTheFirstThirdAndItsMedian() {
    let letters = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]
    #expect(TurnMeasures(letters.map { Texts.letters(1, $0) }).head == 25)
    #expect(TurnMeasures(letters.prefix(2).map { Texts.letters(1, $0) }).head == 15)
  }

  @Test func zlibNoveltyIsTheSizeGivenTheEarlierTurns() {
    let texts = [
      "the tide comes in over the flat sand and fills each of the channels",
      "The tide comes in over the flat sand and leaves none of the channels", "",
    ]
    // python3: zlib.compressobj(6, zlib.DEFLATED, -15, zdict=…): 17 bytes with the first turn, 57 without.
    #expect(TurnMeasures(texts).zlibNovelty == [1, 17.0 / 57, nil])
  }

  @Test func aThresholdIsSetByItsName() throws {
    var thresholds = Thresholds()
    try thresholds.set("minimal_letters=60")
    #expect(Attractor(TurnMeasures(Texts.different(3, letters: 60)), thresholds)?.label == .minimal)
    #expect(throws: InvalidValue.self) { try thresholds.set("minimal_letters") }
    #expect(throws: InvalidValue.self) { try thresholds.set("minimal_letters=-1") }
    #expect(throws: InvalidValue.self) { try thresholds.set("onset_share=60") }
    #expect(throws: InvalidValue.self) { try thresholds.set("letters=1") }
    #expect(thresholds.values.map(\.name) == Thresholds.names)
  }
}
