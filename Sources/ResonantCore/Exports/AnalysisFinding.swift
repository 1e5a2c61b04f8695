// SPDX-License-Identifier: MIT

/// What an analysis has found, in a few sentences that need no explanation.
public struct AnalysisFinding: Sendable {
  let whole: ConditionStatistics
  let conditions: [ConditionStatistics]
  /// The names of the conditions.
  let names: ShortLabels
  /// The number of conversations without turns.
  let empty: Int
  /// The number of forks, which count in their conditions only, and of those that went on undisturbed.
  let forks: Int
  let controls: Int
  /// The number of duplicates that count among the forks.
  let comparedDuplicates: Int
  /// How the forks went on; nil without any that tell it.
  let overview: ForkOverview?

  public init(_ analysis: Analysis) { self.init(analysis, analysis.listedConditions) }

  /// - Parameter conditions: those of the analysis.
  init(_ analysis: Analysis, _ conditions: [ConditionStatistics]) {
    whole = analysis.whole
    self.conditions = conditions
    names = ShortLabels(conditions.map(\.condition))
    empty = analysis.empty
    forks = analysis.forksBeside
    controls = analysis.controlsBeside
    comparedDuplicates = analysis.comparedDuplicates
    overview = analysis.forkOverview
  }

  private var count: Int { whole.conversations }

  /// The labels that there are, the most frequent first.
  private var labels: [AttractorLabel] {
    let counts = whole.labels
    return AttractorLabel.allCases.filter { counts[$0, default: 0] > 0 }
      .sorted { counts[$0, default: 0] > counts[$1, default: 0] }
  }

  /// How many converge, into what, and how soon.
  public var headline: String {
    switch count {
    case 0: return "There is nothing to count: no conversation has a turn."
    case 1: return single
    default: break
    }
    let converged = whole.converged
    guard converged > 0, let interval = whole.interval else {
      return "None of \(Wording.grouped(count)) conversations converged."
    }
    let sure =
      converged == count
      ? "" : "\(Wording.percent(whole.share(converged))), 95 % interval \(Wording.percents(interval))"
    let states = labels.filter(\.isConverged)
    let into =
      states.count == 1
      ? "all of them into \(states[0].state)"
      : "most often into \(states[0].state) (\(share(states[0])) of all)"
    let soon = whole.medianOnset.map { " By turn \($0) half of all had converged." } ?? ""
    let number = Wording.grouped(count)
    return
      (converged == count
      ? "All \(number) conversations converged: \(into)."
      : "Of \(number) conversations, \(Wording.grouped(converged)) (\(sure)) converged: \(into).") + soon
  }

  private var single: String {
    guard let label = labels.first else { return "" }
    guard label.isConverged else {
      return "The one conversation did not converge: "
        + (label == .sustained ? "it goes on as a conversation." : "it ends in \(label.state).")
    }
    if label == .minimal, whole.medianOnset == 1 {
      return "The one conversation counts as converged: it has \(Attractor.shortThroughout)."
    }
    let period = whole.periods.keys.first.map { " of period \($0)" } ?? ""
    let onset = whole.medianOnset.map { " from turn \($0) on" } ?? ""
    return "The one conversation converged: it ends in \(label.state)\(period)\(onset)."
  }

  /// What became of the others, and what the conditions have to do with it.
  public var details: [String] { [others, extremes, forkSentence].compactMap(\.self) }

  /// What became of those that did not converge.
  var others: String? {
    let labels = labels.filter { !$0.isConverged }
    guard count > 1, !labels.isEmpty else { return nil }
    return "Of all, \(Wording.list(labels.map { "\(share($0)) \($0.course)" }))."
  }

  private var extremes: String? {
    let counted = OutcomeBars.sorted(conditions)
    // A condition of forks has been disturbed, and is not like the others.
    guard forks == 0, counted.count > 1, let most = counted.first, let least = counted.last,
      let high = most.share(most.converged), let low = least.share(least.converged), high > low
    else { return nil }
    return
      "Most converge with \(names[most.condition]) (\(Wording.percent(high))), fewest with \(names[least.condition]) (\(Wording.percent(low)))."
  }

  /// What must be known to judge the numbers.
  public var remarks: [String] {
    var remarks: [String] = []
    let left = [
      whole.duplicates > 0
        ? "\(Wording.count(whole.duplicates, "duplicate")) (all texts as in an earlier conversation)" : nil,
      empty > 0 ? "\(Wording.grouped(empty)) without turns" : nil,
    ].compactMap(\.self)
    if !left.isEmpty { remarks.append("Left out: \(Wording.list(left)).") }
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
    if count > 1, conditions.contains(where: { (1..<ConditionStatistics.fewest).contains($0.conversations) })
    {
      remarks.append(
        "Intervals of conditions with fewer than \(ConditionStatistics.fewest) conversations are too narrow.")
    }
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

  private func share(_ label: AttractorLabel) -> String {
    Wording.percent(whole.share(whole.labels[label] ?? 0))
  }
}
