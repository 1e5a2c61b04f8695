// SPDX-License-Identifier: MIT

extension AnalysisFinding {
  /// The most conditions that a sentence names.
  private static let mostNamed = 3

  /// What would mislead if it were not known, in every place where the numbers are.
  public var cautions: [String] {
    [unanswered, brief, duplicates, atOnce].compactMap(\.self)
  }

  /// `3 failed and 2 are not over`; nil if all are over.
  public var unfinished: String? {
    Self.unfinished(failed: counts.failed, unfinished: counts.unfinished, of: counts.all)
  }

  private static func unfinished(failed: Int, unfinished: Int, of all: Int) -> String? {
    if failed > 0, failed == all { return all == 1 ? "it failed" : "all failed" }
    if unfinished > 0, unfinished == all { return all == 1 ? "it is not over" : "none is over" }
    let parts = [
      failed > 0 ? "\(Wording.grouped(failed)) failed" : nil,
      unfinished > 0 ? "\(Wording.grouped(unfinished)) \(unfinished == 1 ? "is" : "are") not over" : nil,
    ].compactMap(\.self)
    return parts.isEmpty ? nil : Wording.list(parts)
  }

  /// Whether conversations that are not over count, or do not; nil if all are over, or the headline says it.
  public var unfinishedSentence: String? {
    guard isConclusive else { return nil }
    if let unfinished { return "\(unfinished), and count with what they have.".capitalizedFirst }
    let count = leftOut.failed + leftOut.unfinished
    guard
      let some = Self.unfinished(
        failed: leftOut.failed, unfinished: leftOut.unfinished, of: count + counts.all)
    else { return nil }
    return "\(some.capitalizedFirst), and \(count == 1 ? "does" : "do") not count."
  }

  private var unanswered: String? {
    guard counts.unanswered > 0, counts.all > 1 else { return nil }
    return counts.unanswered == counts.all
      ? "Nobody has answered in any of them: they have only what was given, such as the opening."
      : "In \(Wording.count(counts.unanswered, "conversation")) nobody has answered: "
        + "\(counts.unanswered == 1 ? "it has" : "they have") only what was given, such as the opening."
  }

  private var brief: String? {
    guard counts.brief > 0 else { return nil }
    let few = "fewer than \(Attractors.fewestTurns) turns: so few turns tell little."
    if counts.brief == counts.all { return counts.all == 1 ? "It has \(few)" : "All have \(few)" }
    return "\(Wording.count(counts.brief, "conversation")) \(counts.brief == 1 ? "has" : "have") \(few)"
  }

  private var duplicates: String? {
    let some = counts.duplicates.filter { $0.duplicates > 0 }
    guard !some.isEmpty else { return nil }
    let share = { (duplicates: AnalysisCounts.Duplicates) in
      "\(Wording.grouped(duplicates.duplicates)) of \(Wording.grouped(duplicates.conversations))"
    }
    var total = AnalysisCounts.Duplicates(condition: "")
    for one in counts.duplicates {
      total.duplicates += one.duplicates
      total.conversations += one.conversations
    }
    let named = some.prefix(Self.mostNamed).map { "\(share($0)) \(under($0.condition))" }
    let more =
      some.count > named.count ? ["\(Wording.grouped(some.count - named.count)) more conditions"] : []
    let places = counts.duplicates.count > 1 ? " (\(Wording.list(named + more)))" : ""
    // Few copies may be copied files; half of them and more is what models do that do not draw their words.
    let isFrozen = some.contains { $0.duplicates > 1 && 2 * $0.duplicates >= $0.conversations }
    return
      "\(share(total)) conversations \(total.duplicates == 1 ? "is" : "are") word for word like an earlier "
      + "one\(places); equal conversations count once\(isFrozen ? ": a temperature of 0?" : ".")"
  }

  /// Where many conversations are in their state from the beginning.
  private var atOnce: String? {
    guard isConclusive, whole.atOnce > 0, 10 * whole.atOnce >= whole.converged else { return nil }
    let short = whole.shortOpenings
    let others = whole.atOnce - short
    let opening =
      short == 0
      ? nil
      : "In \(Wording.count(short, "conversation")) the state begins with the opening, which is as short itself: "
        + "a longer opening, or --threshold minimal_letters=…, tells more."
    let beginning =
      others == 0
      ? nil
      : "In \(Wording.count(others, short == 0 ? "conversation" : "other")) the state begins with the first "
        + "reply or a given turn, which does not tell how soon \(others == 1 ? "it gets" : "they get") there."
    return [opening, beginning].compactMap(\.self).joined(separator: " ")
  }

  /// What must be known to judge the numbers.
  public var remarks: [String] {
    let count = whole.conversations
    var remarks: [String] = []
    if counts.empty > 0 { remarks.append("Left out: \(Wording.grouped(counts.empty)) without turns.") }
    remarks += forkRemarks
    if let sentence = uncompared { remarks.append(sentence) }
    if count > 1, conditions.contains(where: { (1..<ConditionStatistics.fewest).contains($0.conversations) })
    {
      remarks.append(
        "Intervals of conditions with fewer than \(ConditionStatistics.fewest) conversations are too narrow.")
    }
    guard isConclusive else { return remarks }
    if count == 1 { remarks.append("One conversation does not tell how often this happens.") }
    if count > 1, [0, count].contains(whole.converged) {
      let bound = Decimals.text(min(1, 3 / Double(count)) * 100, count < 300 ? 0 : 1)
      remarks.append(
        """
        When all are alike, resampling shows no uncertainty; the true rate may still be up to about \(bound) % \
        \(whole.converged == 0 ? "more" : "less") (three divided by their number).
        """)
    }
    return remarks
  }

  private var forkRemarks: [String] {
    var remarks: [String] = []
    if comparedDuplicates > 0 {
      remarks.append(
        "Of the duplicates, \(Wording.grouped(comparedDuplicates)) count where forks are compared: they went on word "
          + "for word as their trial did, or another fork of it.")
    }
    if forks > 0 {
      let which =
        controls == 0
        ? "with an injected message (\(Wording.grouped(forks)))"
        : "(\(Wording.grouped(forks)), \(Wording.grouped(controls)) of them undisturbed)"
      remarks.append("Forks \(which) count in their conditions, not in the whole.")
    }
    return remarks
  }

  /// What is to be expected of so many intervals, as a sentence after others; empty for a single one.
  public func chance(among intervals: Int) -> String {
    intervals < 2
      ? "" : " Of \(Wording.grouped(intervals)) such intervals, one in twenty misses 0 by chance alone."
  }

  /// The conditions that are not compared with the others.
  public var uncompared: String? {
    guard !tooSmall.isEmpty else { return nil }
    let named = tooSmall.prefix(Self.mostNamed).map { "\(names[$0.condition]) (\($0.conversations))" }
    let more = tooSmall.count > named.count ? ["\(Wording.grouped(tooSmall.count - named.count)) more"] : []
    return "Not compared, with fewer than \(ConditionStatistics.fewestCompared) different conversations: "
      + "\(Wording.list(named + more))."
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
