// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

/// Forks after a message against those of the same trials that go on undisturbed, worked out by hand.
struct ForkComparisonTests {
  /// Six turns of a loop that belongs to a trial, so that different trials share no text.
  private static func loop(_ trial: Int) -> [String] {
    (0..<6).map { Texts.letters(10_000 + 2 * trial + $0 % 2) }
  }

  /// A fork of a trial: its loop, the message or the turn in its place, and `after`, each in the state or not.
  private static func fork(
    _ trial: Int, _ arm: ForkArm, _ number: Int, _ after: [Bool], condition: String = "x"
  ) -> ConversationMeasures {
    let own = after.enumerated().map { index, isIn in
      isIn ? loop(trial)[index % 2] : Texts.letters(50_000 + 1_000 * trial + 100 * number + index)
    }
    let first = arm == .disturbed ? "Stop \(trial) \(number)!" : loop(trial)[0]
    return Texts.measures(
      loop(trial) + [first] + own, path: "t\(trial)\(ForkNumber(number, arm).suffix)",
      condition: condition + (arm == .disturbed ? ",perturb=onset" : ",perturb=control:onset"),
      fork: .init(arm, turn: 7, of: .init(id: "t\(trial)", turn: 6), base: condition))
  }

  private static let stays = [Bool](repeating: true, count: 6)
  private static let leaves = [Bool](repeating: false, count: 6)
  private static let returns = [false, false, true, true, true, true]

  private func comparisons(_ forks: [ConversationMeasures]) -> [ForkComparison] {
    Analysis(forks, AnalysisSettings()).forkComparisons
  }

  @Test func theDifferenceIsThatOfTheSameTrials() throws {
    let forks = [
      Self.fork(1, .disturbed, 1, Self.leaves), Self.fork(1, .disturbed, 2, Self.stays),
      Self.fork(1, .control, 1, Self.stays), Self.fork(2, .disturbed, 1, Self.leaves),
      Self.fork(2, .control, 1, Self.stays), Self.fork(2, .control, 2, Self.leaves),
      // Its trial has no other fork, so that it tells nothing of the difference.
      Self.fork(3, .disturbed, 1, Self.returns),
    ]
    let comparison = try #require(comparisons(forks).first)
    #expect(comparison.condition == "x" && comparison.label == .verbatim)
    #expect(comparison.arms.map(\.arm) == [.disturbed, .control])
    #expect(comparison.arms.map(\.forks) == [4, 3] && comparison.arms.map(\.trials) == [3, 2])
    #expect(comparison.arms.map(\.holds?.inState) == [2, 2])
    let end = try #require(comparison.atEnd)
    #expect(end.trials == 2)
    #expect((end.disturbed.inState, end.disturbed.forks) == (1, 3))
    #expect((end.control.inState, end.control.forks) == (2, 3))
    #expect(abs(end.difference - (1.0 / 3 - 2.0 / 3)) < 1e-12)
    // Trial 1 alone, or trial 2 alone: 1/2 − 1 and 0 − 1/2.
    #expect(abs(end.interval.lowerBound + 0.5) < 1e-9 && abs(end.interval.upperBound + 1.0 / 3) < 1e-9)
    #expect(comparison.differences.map(\.moment) == [.after(1), .after(2), .after(4), .end])
    #expect(comparison.differences.map { $0.control.forks } == [3, 3, 3, 3])
  }

  @Test func theIntervalIsTheSameEverywhere() throws {
    // Of an implementation in Python of SplitMix64 and of the resampling.
    let pairs = (0..<12).map { trial in
      [Self.fork(trial, .disturbed, 1, trial % 3 == 0 ? Self.stays : Self.leaves)]
        + (1...(1 + trial % 2)).map {
          Self.fork(trial, .control, $0, trial % 4 == 3 ? Self.leaves : Self.stays)
        }
    }
    let interval = try #require(comparisons(pairs.flatMap(\.self)).first?.atEnd?.interval)
    #expect(abs(interval.lowerBound + 0.7280701754385965) < 1e-9)
    #expect(abs(interval.upperBound - 0.05555555555555558) < 1e-9)
  }

  @Test func aForkThatGoesOnAsItsTrialCountsWhereForksAreComparedButACopyDoesNot() {
    let trial = Texts.measures(
      Self.loop(1) + [Self.loop(1)[0]] + Self.loop(1).prefix(6), path: "t1", condition: "x")
    let like = [Self.fork(1, .control, 1, Self.stays), Self.fork(1, .control, 2, Self.stays)]
    let analysis = Analysis([trial] + like + like.prefix(1), AnalysisSettings())
    #expect(analysis.duplicates == 3)
    #expect(analysis.forks.map(\.forks) == [2])
    // Of another trial with the same texts, everything is a duplicate.
    let twin = Texts.measures(
      Self.loop(1) + [Self.loop(1)[0]] + Self.loop(1).prefix(6), path: "u1_c1", condition: "x",
      fork: .init(.control, turn: 7, of: .init(id: "u1", turn: 6), base: "x"))
    #expect(Analysis([trial] + like + [twin], AnalysisSettings()).forks.map(\.forks) == [2])
    let disturbed = [1, 1].map { Self.fork(1, .disturbed, $0, Self.stays) }
    let again = Texts.measures(
      Self.loop(1) + ["Stop 1 1!"] + Self.loop(1).prefix(6), path: "t1_f2", condition: "x",
      fork: .init(.disturbed, turn: 7, of: .init(id: "t1", turn: 6), base: "x"))
    #expect(Analysis([trial, disturbed[0], again], AnalysisSettings()).forks.map(\.forks) == [1])
    #expect(
      Analysis([trial, disturbed[0], again] + like, AnalysisSettings()).forkComparisons.first?
        .arms.map(\.forks) == [2, 2])
  }

  @Test func conditionsOfForksAreNotComparedWithThoseOfTrials() {
    let trials = (0..<14).map {
      Texts.measures(
        Texts.different(8, from: 1_000 + 10 * $0), path: "\($0)", condition: ["x", "y", "z"][$0 / 5])
    }
    let forks = (1...5).flatMap {
      [Self.fork($0, .disturbed, 1, Self.stays), Self.fork($0, .control, 1, Self.leaves)]
    }
    let analysis = Analysis(trials + forks, AnalysisSettings())
    // A condition of four is compared where programs read it.
    #expect(analysis.comparable(analysis.conditions).map(\.condition) == ["x", "y"])
    #expect(analysis.tooSmall(analysis.conditions).map(\.condition) == ["z"])
    #expect(Analysis.differences(analysis.conditions).count == 10)
    let alone = Analysis(forks, AnalysisSettings())
    #expect(alone.comparable(alone.conditions).count == 2)
  }

  @Test func aForkThatHasHardlyBegunIsAForkButTellsNothing() {
    let begun = Texts.measures(
      Self.loop(1), path: "t1_c1", condition: "x",
      fork: .init(.control, turn: 7, of: .init(id: "t1", turn: 6), base: "x"))
    let trial = Texts.measures(Texts.different(8), path: "t", condition: "x")
    let analysis = Analysis([trial, begun], AnalysisSettings())
    #expect(analysis.forksBeside == 1 && analysis.controlsBeside == 1 && analysis.whole.conversations == 1)
    #expect(analysis.forks.isEmpty && analysis.forkOverview == nil)
    let first = Analysis([trial, Self.fork(1, .control, 1, [])], AnalysisSettings())
    #expect(first.forks.map(\.forks) == [1] && first.forks.first?.holds == nil)
  }

  // MARK: In a sentence

  @Test(
    arguments: [
      (
        (0..<10).flatMap { trial in
          [fork(trial, .disturbed, 1, trial < 4 ? stays : leaves), fork(trial, .control, 1, stays)]
        },
        "After the message 40 % of forks end in their state, against all of those that went on undisturbed "
          + "(difference −60 points, 95 % interval −90 to −30; 10 trials)."
      ),
      (
        (0..<3).flatMap { trial in
          [
            fork(trial, .disturbed, 1, trial < 1 ? stays : leaves),
            fork(trial, .control, 1, trial < 1 ? leaves : stays),
          ]
        },
        "After the message 33 % of forks end in their state, against 67 % of those that went on undisturbed "
          + "(difference −33 points, 95 % interval −100 to +100; 3 trials). That leaves open whether the message "
          + "changes anything. With fewer than 10 trials the interval is too narrow."
      ),
      (
        (0..<2).flatMap { [fork($0, .disturbed, 1, stays), fork($0, .control, 1, stays)] },
        "After the message all forks end in their state, as do all of those that went on undisturbed (2 trials). All "
          + "trials are alike in this, which resampling cannot judge."
      ),
      (
        (0..<2).flatMap { [fork($0, .disturbed, 1, leaves), fork($0, .control, 1, leaves)] },
        "After the message no fork ends in its state, and none of those that went on undisturbed does (2 trials). All "
          + "trials are alike in this, which resampling cannot judge."
      ),
      (
        (0..<2).flatMap { [fork($0, .disturbed, 1, leaves), fork($0, .control, 1, stays)] },
        "After the message no fork ends in its state, against all of those that went on undisturbed (difference −100 "
          + "points; 2 trials). All trials are alike in this, which resampling cannot judge."
      ),
      (
        [fork(0, .disturbed, 1, stays), fork(1, .disturbed, 1, leaves)],
        "After the message 50 % of 2 forks end in their state (2 trials). What the message did cannot "
          + "be told, since no fork went on undisturbed (perturb.control)."
      ),
      (
        [fork(0, .control, 1, stays)],
        "Going on undisturbed, the one fork ends in its state (1 trial)."
      ),
      (
        [fork(0, .disturbed, 1, stays), fork(1, .control, 1, leaves), fork(2, .control, 1, leaves)],
        "After the message the one fork ends in its state; undisturbed, none of 2 forks end in their state. They "
          + "are not forks of the same trials, so they cannot be compared."
      ),
    ] as [([ConversationMeasures], String)])
  func theFirstScreenSaysWhatTheMessageDid(forks: [ConversationMeasures], sentence: String) {
    let trial = Texts.measures(Texts.different(8), path: "a", condition: "x")
    let finding = AnalysisFinding(Analysis([trial] + forks, AnalysisSettings()))
    #expect(finding.forkSentence == sentence)
    #expect(finding.details.last == sentence)
  }
}
