// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

/// What pictures of conversations need.
struct CourseTests {
  private var drawing: AnalysisSettings {
    var settings = AnalysisSettings()
    settings.measuresStates = true
    settings.measuresRecurrence = true
    return settings
  }

  @Test func eachTurnIsInTheFirstStateThatApplies() {
    let long = Texts.letters(1, 300)
    let soup = String(repeating: "the wind and ", count: 60)
    let texts = [long, Texts.letters(2, 300), Texts.letters(3, 300), "Oh!", long, soup, Texts.letters(4, 50)]
    let variants = [Texts.variant(7, 1), Texts.variant(7, 2)]
    let measures = Texts.measures(texts + variants, drawing)
    #expect(String(measures.marks.map(\.rawValue)) == "···mvds·t")
  }

  @Test func statesAndRecurrenceAreMeasuredOnlyWhenAskedFor() {
    let measures = Texts.measures(Texts.different(8))
    #expect(measures.marks.isEmpty && measures.recurrence == nil)
  }

  @Test func theMatrixHasTheSimilarityOfEveryPair() throws {
    let texts = Texts.different(6) + [Texts.letters(100), "", Texts.variant(1, 1), Texts.variant(1, 2)]
    let matrix = try #require(Texts.measures(texts, drawing).recurrence)
    #expect(matrix.size == 10 && matrix.step == 1)
    let grams = texts.map { Grams(NormalisedText($0)) }
    for row in texts.indices {
      for column in texts.indices {
        let exact = grams[row].similarity(to: grams[column])
        #expect((0...0.005).contains(exact - matrix[row, column]), "\(row), \(column)")
      }
    }
    #expect(matrix[6, 0] == 1 && matrix[0, 6] == 1)
  }

  @Test(arguments: [(80, 80, 1), (81, 41, 2), (1_000, 77, 13)])
  func inALongConversationARowStandsForSeveralTurns(turns: Int, size: Int, step: Int) {
    let matrix = RecurrenceMatrix((0..<turns).map { NormalisedText(Texts.letters($0 % 2, 30)) })
    #expect(matrix.size == size && matrix.step == step)
    // A loop of two is one dark square once both of its turns are in each row.
    #expect(matrix[size - 2, 0] == 1)
  }

  @Test func noTurnHasNoMatrixToSpeakOf() { #expect(RecurrenceMatrix([]).size == 0) }

  @Test func quartilesAreThoseOfTheConversationsThatGoThatFar() {
    let quartiles = TurnQuartiles([[0, 1], [1, 1], [2, nil], [3], [4]])
    #expect(quartiles.points.map(\.turn) == [1, 2])
    let first = quartiles.points[0]
    #expect((first.low, first.median, first.high) == (1, 2, 3))
    #expect(quartiles.points[1].median == 1)
    // A single one of five does not stand for all.
    #expect(TurnQuartiles([[1, 1, 1], [1], [1], [1], [1]]).points.count == 1)
    let none: [[Double?]] = []
    #expect(TurnQuartiles(none).points.count == 0)
  }

  @Test func longSeriesHavePointsForSeveralTurns() {
    let quartiles = TurnQuartiles([(1...300).map { Optional(Double($0)) }])
    #expect(quartiles.step == 3 && quartiles.points.count == 100)
    #expect(quartiles.points[0].turn == 2 && quartiles.points[0].median == 2)
  }

  @Test func theShareThatHasNotConvergedFallsAtEachOnset() {
    let observations = [(3, true), (3, true), (5, false), (7, true), (9, false)].map {
      Survival.Observation(turn: $0.0, isEvent: $0.1)
    }
    let steps = Survival.steps(observations)
    #expect(steps.map(\.turn) == [3, 7])
    #expect(abs(steps[0].share - 0.6) < 1e-9 && abs(steps[1].share - 0.3) < 1e-9)
    #expect(Survival.median(steps) == 7)
  }

  @Test func aConversationThatGrowsIsMeasuredAsAWhole() {
    let texts = [String(repeating: "x ", count: 300)] + Texts.different(5) + ["", "a", "a"]
    var growing = TurnMeasures.growing
    for text in texts { growing.append(NormalisedText(text)) }
    let whole = TurnMeasures(texts)
    #expect(growing.novelty == whole.novelty)
    #expect(growing.stepSimilarities == whole.stepSimilarities)
    #expect(growing.marks(Thresholds()) == whole.marks(Thresholds()))
    #expect(texts.indices.map(growing.ratio) == texts.indices.map(whole.ratio))
  }
}
