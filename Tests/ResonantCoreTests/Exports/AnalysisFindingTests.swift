// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

/// What an analysis says in sentences, and what it refrains from saying.
struct AnalysisFindingTests {
  private static func conversation(
    _ texts: [String], _ condition: String = "", _ ending: AnalysisSource.Ending = .over, given: Set<Int> = []
  ) -> ConversationMeasures {
    var source = AnalysisSource(id: "", path: "", condition: condition, texts: texts)
    (source.ending, source.given) = (ending, given)
    return ConversationMeasures(source, AnalysisSettings())
  }

  private static func finding(
    _ conversations: [ConversationMeasures], leftOut: AnalysisFinding.Unfinished = .init()
  ) -> AnalysisFinding { AnalysisFinding(Analysis(conversations, AnalysisSettings()), leftOut: leftOut) }

  private static let opening = ["Hello!"]
  private static func talk(_ number: Int) -> [String] { Texts.different(8, from: 10 * number) }
  private static func loop(_ number: Int) -> [String] {
    Texts.different(3, from: 10 * number) + [String](repeating: Texts.letters(number), count: 5)
  }

  @Test(arguments: [
    (0, 3, 0, "All 3 conversations failed. What they become cannot be told."),
    (0, 1, 0, "The one conversation failed. What it becomes cannot be told."),
    (0, 0, 2, "None of 2 conversations is over. What they become cannot be told yet."),
    (0, 0, 1, "The one conversation is not over. What it becomes cannot be told yet."),
    (0, 2, 1, "None of 3 conversations is over: 2 failed. What they become cannot be told."),
    (2, 3, 1, "None of 6 conversations converged."),
  ])
  func withoutAConversationThatIsOverNothingIsConcluded(over: Int, failed: Int, open: Int, headline: String) {
    let all = (0..<(over + failed + open)).map { index -> ConversationMeasures in
      let ending: AnalysisSource.Ending = index < over ? .over : index < over + failed ? .failed : .unfinished
      return Self.conversation(Self.talk(index), "", ending)
    }
    let finding = Self.finding(all)
    #expect(finding.headline == headline)
    #expect(finding.isConclusive == (over > 0))
    let beside = Self.finding(
      Array(all.prefix(over)), leftOut: .init(failed: failed, unfinished: open))
    #expect(beside.headline == (over > 0 ? "None of 2 conversations converged." : headline))
    #expect(OutcomeBars(finding: finding).html.contains("class=\"bar\""))
    guard over > 0 else { return #expect(finding.unfinishedSentence == nil && finding.others == nil) }
    #expect(finding.unfinishedSentence == "3 failed and 1 is not over, and count with what they have.")
    #expect(beside.unfinishedSentence == "3 failed and 1 is not over, and do not count.")
  }

  @Test func whereNobodyHasAnsweredNothingIsConcluded() {
    let opening = Self.conversation(Self.opening, given: [1])
    #expect(
      Self.finding([opening]).headline
        == "Nobody has answered in the one conversation: what it becomes cannot be told.")
    let told = Self.finding([
      opening, Self.conversation(Self.talk(1)), Self.conversation(["Hello!", "Hm."], given: [1]),
    ])
    #expect(told.isConclusive)
    #expect(
      told.cautions.prefix(2) == [
        "In 1 conversation nobody has answered: it has only what was given, such as the opening.",
        "1 conversation has fewer than 6 turns: so few turns tell little.",
      ])
  }

  @Test func equalConversationsAreToldAndExplainTheCount() {
    let equal = (0..<10).map { _ in Self.conversation(Self.loop(1), "t=0") }
    let one = Self.finding(equal)
    #expect(
      one.headline
        == "All 10 conversations are word for word the same and count as one. It converged: it ends in "
        + "a loop of the same texts of period 1 from turn 4 on.")
    #expect(
      one.cautions == [
        "9 of 10 conversations are word for word like an earlier one; equal conversations count once: "
          + "a temperature of 0?"
      ])
    let two = Self.finding(equal + (2..<12).map { Self.conversation(Self.talk($0), "t=1") })
    #expect(two.headline.hasPrefix("Of 11 different conversations, 1 ("))
    #expect(two.cautions.first?.contains("(9 of 10 with t=0)") == true)
    // Never from one conversation.
    #expect(two.range == nil)
    #expect(two.uncompared == "Not compared, with fewer than 5 different conversations: t=0 (1).")
    #expect(OutcomeBars(finding: two).html.contains("1 of\u{A0}10</td>"))
  }

  @Test func whatBeginsWithTheOpeningDoesNotTellHowSoon() {
    let short = (0..<6).map { index in
      Self.conversation(["Hello!"] + (0..<7).map { "Turn \(index) \($0)." }, given: [1])
    }
    let finding = Self.finding(short)
    #expect(finding.whole.medianOnset == 1)
    #expect(finding.headline == "All 6 conversations converged: all of them into very short turns.")
    #expect(
      finding.cautions == [
        "In 6 conversations the state begins with the opening, which is as short itself: a longer opening, or "
          + "--threshold minimal_letters=…, tells more."
      ])
    #expect(OutcomeBars(finding: finding).html.contains("<td class=\"right soon\">start</td>"))
    let repeated = [String](repeating: Texts.letters(7), count: 8)
    #expect(
      Self.finding([Self.conversation(repeated, given: [1])]).headline
        == "The one conversation converged: it ends in a loop of the same texts of period 1 from the start.")
  }

  @Test func whatBeginsWithTheFirstReplyDoesNotTellHowSoonEither() {
    let short = (0..<6).map { index in
      Self.conversation([Texts.letters(900 + index)] + (0..<7).map { "Turn \(index) \($0)." }, given: [1])
    }
    let finding = Self.finding(short)
    #expect(finding.whole.medianOnset == 2 && finding.whole.tellingOnset == nil)
    #expect(
      finding.cautions == [
        "In 6 conversations the state begins with the first reply or a given turn, which does not tell how soon they "
          + "get there."
      ])
  }

  @Test func fewerThanHalfTellWhenTheyBegan() {
    let talks = (0..<6).map { Self.conversation(Self.talk($0 + 40)) }
    let early = (0..<2).map { Self.conversation(Self.loop($0 + 1)) }
    #expect(Self.finding(talks + early).headline.hasSuffix(" Those that did began at turn 4."))
    let late = Self.conversation(
      Texts.different(5, from: 700) + [String](repeating: Texts.letters(9), count: 5))
    #expect(
      Self.finding(talks + early + [late]).headline.hasSuffix(
        " Those that did began between turn 4 and turn 6."))
  }

  @Test func theRangeOfConditionsIsToldWhereTheyClearlyDiffer() {
    let cold = (0..<6).map { Self.conversation(Self.loop($0 + 1), "t=0.3") }
    let warm = (0..<6).map { Self.conversation(Self.talk($0 + 50), "t=0.8") }
    let mild = (0..<6).map { Self.conversation($0 < 3 ? Self.loop($0 + 20) : Self.talk($0 + 80), "t=0.5") }
    #expect(
      Self.finding(cold + warm + mild).details.first
        == "It depends on the condition (p = 0.003): from 0 % with t=0.8 to 100 % with t=0.3.")
    let other = (0..<6).map { Self.conversation(Self.loop($0 + 30), "t=0") }
    #expect(Self.finding(cold + warm + other).range?.hasSuffix("to 100 % with t=0 and 1 more.") == true)
    #expect(Self.finding(cold + warm.prefix(4)).range == nil)
    let alike = (0..<6).map { Self.conversation($0 < 2 ? Self.loop($0 + 60) : Self.talk($0 + 90), "t=0.6") }
    #expect(Self.finding(mild + alike).range == nil)
  }

  @Test func veryShortTurnsThatAreALoopAreToldAsSuch() {
    let loops = (0..<3).map {
      Self.conversation(Self.talk($0) + [String](repeating: "Bye \($0).", count: 12))
    }
    #expect(
      Self.finding(loops).headline.contains("all of them into the same very short turns again and again."))
    let words = (0..<2).map { index in
      Self.conversation(Self.talk(40 + index) + (0..<12).map { Texts.letters(500 + 20 * index + $0, 12) })
    }
    #expect(
      Self.finding(loops + words).headline.contains(
        "all of them into very short turns. Of the 5 with very short turns, 3 have the same ones again and again."
      ))
    #expect(
      Self.finding([loops[0]]).headline
        == "The one conversation converged: it ends in the same very short turns again and again from turn 9 on."
    )
  }
}
