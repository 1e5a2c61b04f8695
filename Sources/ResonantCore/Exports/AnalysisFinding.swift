// SPDX-License-Identifier: MIT

/// What an analysis has found, in a few sentences that need no explanation.
public struct AnalysisFinding: Sendable {
  /// Conversations that are not over and stand beside those that count.
  public struct Unfinished: Sendable {
    public var failed = 0
    public var unfinished = 0
    public init(failed: Int = 0, unfinished: Int = 0) {
      (self.failed, self.unfinished) = (failed, unfinished)
    }
  }

  let whole: ConditionStatistics
  let conditions: [ConditionStatistics]
  /// Those that are compared with each other, and those that would be if they had more conversations.
  let compared: [ConditionStatistics]
  let tooSmall: [ConditionStatistics]
  /// The names of the conditions.
  let names: ShortLabels
  let counts: AnalysisCounts
  /// Those that are in no count.
  let leftOut: Unfinished
  /// The number of forks, which count in their conditions only, and of those that went on undisturbed.
  let forks: Int
  let controls: Int
  /// The number of duplicates that count among the forks.
  let comparedDuplicates: Int
  /// How the forks went on; nil without any that tell it.
  let overview: ForkOverview?

  /// - Parameter leftOut: conversations beside those of the analysis.
  public init(_ analysis: Analysis, leftOut: Unfinished = Unfinished()) {
    self.init(analysis, analysis.listedConditions, leftOut: leftOut)
  }

  /// - Parameter conditions: those of the analysis.
  public init(_ analysis: Analysis, _ conditions: [ConditionStatistics], leftOut: Unfinished = Unfinished()) {
    whole = analysis.whole
    self.conditions = conditions
    compared = analysis.comparable(conditions)
    tooSmall = analysis.tooSmall(conditions)
    names = ShortLabels(conditions.map(\.condition))
    counts = analysis.counts
    self.leftOut = leftOut
    forks = analysis.forksBeside
    controls = analysis.controlsBeside
    comparedDuplicates = analysis.comparedDuplicates
    overview = analysis.forkOverview
  }

  private var count: Int { whole.conversations }
  private var hasDuplicates: Bool { counts.duplicates.contains { $0.duplicates > 0 } }

  /// Whether some conversation that tells something is over.
  public var isConclusive: Bool { counts.over > 0 && hasAnswers }

  /// Whether there is anything to count, though it may not be over.
  public var hasAnswers: Bool { whole.answered > 0 }

  /// The labels that there are, the most frequent first.
  private var labels: [AttractorLabel] {
    let counts = whole.labels
    return AttractorLabel.allCases.filter { counts[$0, default: 0] > 0 }
      .sorted { counts[$0, default: 0] > counts[$1, default: 0] }
  }

  /// How many converge, into what, and how soon.
  public var headline: String {
    if let unclear { return unclear }
    if count == 1 { return single }
    let number = Wording.grouped(count) + (hasDuplicates ? " different" : "")
    let converged = whole.converged
    guard converged > 0 else { return "None of \(number) conversations converged." }
    let sure = whole.spread.map { ", 95 % interval \(Wording.percents($0))" } ?? ""
    let soon = whole.tellingOnset.map { " By turn \($0) half of all had converged." } ?? onsets
    return
      (converged == count
      ? "All \(number) conversations converged: \(destination)."
      : "Of \(number) conversations, \(Wording.grouped(converged)) "
        + "(\(Wording.percent(whole.share(converged)))\(sure)) converged: \(destination).") + repetition
      + soon
  }

  /// From when on those converged that did, if they are fewer than half.
  private var onsets: String {
    guard whole.medianOnset == nil, let first = whole.survival.first?.turn,
      let last = whole.survival.last?.turn
    else { return "" }
    return " Those that did began "
      + (first == last ? "at turn \(first)." : "between turn \(first) and turn \(last).")
  }

  /// Why nothing can be concluded; nil if something can.
  private var unclear: String? {
    guard !isConclusive else { return nil }
    let (failed, unfinished) = (counts.failed + leftOut.failed, counts.unfinished + leftOut.unfinished)
    let all = failed + unfinished
    let end = "What \(all == 1 ? "it becomes" : "they become") cannot be told\(failed == 0 ? " yet" : "")."
    switch (counts.over, failed, unfinished) {
    case (0, 1, 0): return "The one conversation failed. " + end
    case (0, 0, 1): return "The one conversation is not over. " + end
    case (0, 1..., 0): return "All \(Wording.grouped(all)) conversations failed. " + end
    case (0, 0, 1...): return "None of \(Wording.grouped(all)) conversations is over. " + end
    case (0, 1..., 1...):
      return "None of \(Wording.grouped(all)) conversations is over: \(Wording.grouped(failed)) failed. "
        + end
    default: break
    }
    if counts.unanswered == 0 { return "There is nothing to count: no conversation has a turn." }
    return "Nobody has answered in \(counts.all == 1 ? "the one conversation" : "any conversation"): "
      + "what \(counts.all == 1 ? "it becomes" : "they become") cannot be told."
  }

  /// `most often into a loop of the same texts (40 % of all)`; equally frequent states are all named.
  private var destination: String {
    let states = labels.filter(\.isConverged)
    guard states.count > 1 else {
      return (whole.converged == 1 ? "into " : "all of them into ") + (states.first.map(state) ?? "")
    }
    let most = states.filter { whole.labels[$0] == whole.labels[states[0]] }
    return
      (most.count == states.count ? "equally often" : "most often")
      + " into \(Wording.list(most.map(state))) (\(share(states[0])) of all\(most.count > 1 ? " each" : ""))"
  }

  private func state(_ label: AttractorLabel) -> String {
    label == .minimal && whole.minimalLoops == whole.labels[.minimal] ? Attractor.sameShort : label.state
  }

  /// How many of the conversations with very short turns are loops, unless all are.
  private var repetition: String {
    let minimal = whole.labels[.minimal] ?? 0
    guard whole.minimalLoops > 0, whole.minimalLoops < minimal else { return "" }
    return
      " Of the \(Wording.grouped(minimal)) with very short turns, \(Wording.grouped(whole.minimalLoops)) "
      + (whole.minimalLoops == 1 ? "has" : "have") + " the same ones again and again."
  }

  private var single: String {
    guard let label = labels.first else { return "" }
    let equal = counts.duplicates.reduce(0) { $0 + $1.conversations }
    let it =
      equal == 1
      ? "The one conversation"
      : "All \(Wording.grouped(equal)) conversations are word for word the same and count as one. It"
    guard label.isConverged else {
      return "\(it) did not converge"
        + (label == .sustained ? ": it goes on as a conversation." : ": it ends in \(label.state).")
    }
    if whole.isAtOnce, label == .minimal, whole.minimalLoops == 0 {
      return "\(it) counts as converged: it has \(Attractor.shortThroughout)."
    }
    let period = whole.periods.keys.first.map { " of period \($0)" } ?? ""
    let onset = whole.tellingOnset.map { " from turn \($0) on" } ?? (whole.isAtOnce ? " from the start" : "")
    return "\(it) converged: it ends in \(state(label))\(period)\(onset)."
  }

  /// All that a reader must know, in the order of importance.
  public var sentences: [String] {
    [headline] + details + [unfinishedSentence].compactMap(\.self) + cautions
  }

  /// What became of the others, and what the conditions have to do with it.
  public var details: [String] { [range, others, forkSentence].compactMap(\.self) }

  /// What became of those that did not converge.
  var others: String? {
    let labels = labels.filter { !$0.isConverged }
    guard isConclusive, count > 1, !labels.isEmpty else { return nil }
    return "Of all, \(Wording.list(labels.map { "\(share($0)) \($0.course)" }))."
  }

  /// From which rate to which, where conditions differ: then the rate of all depends on which there are.
  public var range: String? {
    let sorted = OutcomeBars.sorted(compared)
    guard isConclusive, let most = sorted.first, let least = sorted.last,
      let high = most.share(most.converged), let low = least.share(least.converged), high > low
    else { return nil }
    let probability = PermutationTest.probability(sorted.map(\.sample))
    guard probability < PermutationTest.level else { return nil }
    let place = { (rate: Double) in
      let equal = sorted.filter { $0.share($0.converged) == rate }
      let more = equal.count > 1 ? " and \(Wording.grouped(equal.count - 1)) more" : ""
      return "\(Wording.percent(rate)) \(under(equal[0].condition))\(more)"
    }
    let sure = probability < 0.002 ? "p < 0.002" : "p = \(Decimals.text(probability, 3))"
    return "It depends on the condition (\(sure)): from \(place(low)) to \(place(high))."
  }

  /// `with model=eliza`, `in runs/study`.
  func under(_ condition: String) -> String {
    (condition.contains("=") ? "with " : "in ") + names[condition]
  }

  private func share(_ label: AttractorLabel) -> String {
    Wording.percent(whole.share(whole.labels[label] ?? 0))
  }
}
