// SPDX-License-Identifier: MIT

import ResonantCore

/// An analysis for people, at most 100 columns wide, and on a terminal as wide as that, if it can be: first what the
/// models drift into, how often, how soon and how sure that is.
struct AnalysisTable {
  private let analysis: Analysis
  private let conditions: [ConditionStatistics]
  /// Those of which differences are shown.
  private let comparable: [ConditionStatistics]
  private let comparisons: [ForkComparison]
  /// The names of conditions, which are the same in all tables.
  private let labels: ShortLabels
  private let finding: AnalysisFinding

  /// The most rows of a list of single conversations.
  private static let longestList = 30
  private static let fewDifferences = 15
  private static let mostColumns = 100
  /// Fewer tell no names apart.
  private static let leastName = 12
  /// What the columns of the widest table take besides its names.
  private static let widestColumns = 66
  private let width: Int

  /// - Parameter columns: the width of the terminal; nil where the result goes elsewhere.
  init(_ analysis: Analysis, columns: Int? = nil) {
    self.analysis = analysis
    width = min(Self.mostColumns, columns ?? Self.mostColumns)
    conditions = analysis.listedConditions
    comparable = analysis.comparable(conditions)
    comparisons = analysis.forkComparisons
    finding = AnalysisFinding(analysis, conditions)
    labels = ShortLabels(
      conditions.map(\.condition), width: max(width - Self.widestColumns, Self.leastName)
    ) { TextWidth.most(String($0)) }
  }

  var text: String {
    let rates = finding.hasAnswers ? [conditionTable, stateTable, differenceTable] : []
    let tables = [
      forkTable, forkDifferenceTable, conversationTable,
      duplicateList,
      useTable("Words", analysis.words.first?.uses ?? []),
      useTable("Emoji", analysis.emoji.first?.uses ?? []), notes,
    ]
    return ([summary] + rates + tables).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private var summary: String {
    let counts = analysis.counts
    let forks = counts.forks > 0 ? " and \(Self.counted(counts.forks, "fork"))" : ""
    let end = finding.unfinished.map {
      finding.isConclusive ? "; \($0), and count with what they have" : "; \($0)"
    }
    let left = counts.empty > 0 ? "; left out: \(counts.empty) without turns" : ""
    let size =
      "\(Self.counted(counts.conversations, "conversation"))\(forks) in \(Self.counted(conditions.count, "condition"))"
      + (end ?? "") + left
    let unclear = finding.isConclusive ? [] : [wrapped(finding.headline)]
    let told = unclear + (finding.hasAnswers ? [(unclear.isEmpty ? "" : "so far: ") + rates] : [])
    let sentences = [finding.range].compactMap(\.self) + finding.cautions
    return ([wrapped(size)] + told + sentences.map(wrapped)).joined(separator: "\n")
  }

  /// How many converge, how soon, and what they become.
  private var rates: String {
    let whole = analysis.whole
    let labels = AttractorLabel.allCases.filter { whole.labels[$0] != nil }.sorted {
      (whole.labels[$0] ?? 0) > (whole.labels[$1] ?? 0)
    }
    let shares = labels.map { "\($0.rawValue) \(Self.percent(whole.share(whole.labels[$0] ?? 0)))" }
    let sure = whole.spread.map { " (95 % interval \(Self.percents($0)))" } ?? ""
    let soon = whole.tellingOnset.map { ", half of all from turn \($0) on" } ?? ""
    return """
      \(Self.percent(whole.share(whole.converged))) converge\(sure)\(soon)
      \(shares.joined(separator: ", "))
      """
  }

  private var conditionTable: String {
    table(
      ["condition", "n", "dup.", "converged", "95 %", "onset", "loop", "escape", "novelty", "alike"],
      conditions.map { condition in
        [
          condition.condition, "\(condition.conversations)", "\(condition.duplicates)",
          Self.percent(condition.share(condition.converged)),
          condition.spread.map(Self.percents) ?? "–",
          condition.medianOnset.map(String.init) ?? "–", Self.percent(condition.share(condition.loops)),
          Self.percent(condition.share(condition.escapes)), Self.decimals(condition.tailNovelty),
          Self.decimals(condition.betweenSimilarity),
        ]
      })
  }

  private var stateTable: String {
    table(
      ["condition"] + AttractorLabel.allCases.map(\.rawValue),
      conditions.map { condition in
        [condition.condition]
          + AttractorLabel.allCases.map { label in
            condition.labels[label].map { Self.percent(condition.share($0)) } ?? "·"
          }
      })
  }

  /// All differences of a few conditions; of many, those that are surely not 0, the largest first.
  private var shownDifferences: [ConditionDifference] {
    let all = Analysis.differences(comparable)
    guard all.count > Self.fewDifferences else { return all }
    let sure = all.filter { !$0.interval.contains(0) }
    return Array(sure.sorted { abs($0.difference) > abs($1.difference) }.prefix(Self.fewDifferences))
  }

  private var differenceTable: String {
    table(
      ["difference in convergence", "minus", "points", "95 %"],
      shownDifferences.map { difference in
        [
          difference.a, difference.b, Self.points(difference.difference),
          difference.spread.map(Self.points) ?? "–",
        ]
      }, names: 2)
  }

  /// Forks after the message beside those of the same condition that went on undisturbed.
  private var forkTable: String {
    let steps = [1, 2, 4, 8]
    return table(
      ["forks of", "state", "arm", "n", "trials"] + steps.map { "+\($0)" } + ["left", "back", "end"],
      comparisons.flatMap(\.arms).map { forks in
        let persistence = steps.map { step in
          Self.percent(forks.persistence.first { $0.after == step }?.share)
        }
        return [
          Self.name(forks.condition), forks.label.rawValue, Self.name(forks.arm), "\(forks.forks)",
          "\(forks.trials)",
        ] + persistence
          + ["\(forks.left)", Self.percent(forks.recovered), Self.percent(forks.holds?.share)]
      })
  }

  private var forkDifferenceTable: String {
    table(
      ["in it at the end", "state", "trials", "message", "control", "points", "95 %"],
      comparisons.compactMap { comparison in
        comparison.atEnd.map { difference in
          [
            Self.name(comparison.condition), comparison.label.rawValue, "\(difference.trials)",
            Self.percent(difference.disturbed.share), Self.percent(difference.control.share),
            Self.points(difference.difference),
            difference.spread.map(Self.points) ?? "–",
          ]
        }
      })
  }

  private static func name(_ base: String) -> String { base.isEmpty ? "all" : base }

  private static func name(_ arm: ForkArm) -> String {
    switch arm {
    case .disturbed: "message"
    case .control: "control"
    }
  }

  private var forkNotes: [String] {
    guard !comparisons.isEmpty else { return [] }
    var notes = [
      "Forks: +1 is one turn after the message, or the turn in its place; left: out of their state within",
      "four turns; back: of these, in it again at the end.",
    ]
    if analysis.comparedDuplicates > 0 {
      notes.append(
        "Of the duplicates, \(analysis.comparedDuplicates) count there: they went on as their trial or another fork."
      )
    }
    let differences = comparisons.compactMap(\.atEnd)
    if let hint = ForkComparison.missing(in: comparisons) { notes.append(hint) }
    if differences.contains(where: { $0.trials < ConditionStatistics.fewest }) {
      notes.append("Intervals of forks of fewer than \(ConditionStatistics.fewest) trials are too narrow.")
    }
    return notes
  }

  private var conversationTable: String {
    guard analysis.conversations.count <= Self.longestList else { return "" }
    let hasDoubts = analysis.conversations.contains { $0.doubt != nil }
    return table(
      ["conversation", "turns", "label", "period", "onset", "escape", "novelty"] + (hasDoubts ? ["but"] : []),
      analysis.listed.map { conversation, _ in
        let attractor = conversation.attractor
        return [
          analysis.place(of: conversation.source), "\(conversation.turns)", attractor?.label.rawValue ?? "–",
          attractor.map { $0.period == 0 ? "–" : "\($0.period)" } ?? "–",
          attractor?.onset.map(String.init) ?? "–", conversation.escapes ? "yes" : "–",
          Self.decimals(conversation.tailNovelty),
        ] + (hasDoubts ? [conversation.doubt ?? ""] : [])
      })
  }

  private var duplicateList: String {
    let duplicates = analysis.listed.compactMap { conversation, original in
      original.map { [analysis.place(of: conversation.source), analysis.place(of: $0)] }
    }
    let more = duplicates.count - Self.longestList
    return table(["duplicate", "of"], Array(duplicates.prefix(Self.longestList)), names: 2)
      + (more > 0 ? "\nand \(more) more" : "")
  }

  private func useTable(_ title: String, _ uses: [WordStatistics]) -> String {
    table(
      [title, "mean", "with any", "most"],
      uses.filter { $0.most > 0 }.map { use in
        [use.text, Decimals.text(use.mean, 2), Self.percent(use.share), "\(use.most)"]
      })
  }

  private var notes: String {
    var notes: [String] = []
    if let uncompared = finding.uncompared { notes.append(wrapped(uncompared)) }
    let compared = comparable.count
    if compared > Analysis.mostCompared {
      notes.append("Differences are those of the first \(Analysis.mostCompared) of \(compared) conditions.")
    }
    if conditions.contains(where: { (1..<ConditionStatistics.fewest).contains($0.conversations) }) {
      notes.append(
        "Intervals of conditions with fewer than \(ConditionStatistics.fewest) conversations are too narrow, also in differences."
      )
    }
    let count = Analysis.differences(comparable).count
    let more = count - shownDifferences.count
    if count > 1 { notes.append(String(finding.chance(among: count).dropFirst())) }
    if more > 0 {
      notes.append("\(more) more differences are not listed: --tables and --format json have all.")
    }
    notes += forkNotes
    if conditions.contains(where: { $0.conversations > Resemblance.most }) {
      notes.append("How much ends are alike is that of \(Resemblance.most) drawn conversations.")
    }
    notes.append(
      "Intervals: bootstrap, \(Bootstrap.resamples) resamples, seed \(Bootstrap.seed). Thresholds:")
    var line = ""
    for (name, value) in analysis.settings.thresholds.values {
      let text = "\(name)=\(Decimals.plain(value))"
      if !line.isEmpty, line.count + 1 + text.count > width {
        notes.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + text
    }
    return (notes + [line]).joined(separator: "\n")
  }
}

extension AnalysisTable {
  /// Broken between words.
  private func wrapped(_ text: String) -> String {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, TextWidth.most(last) + 1 + TextWidth.most(String(word)) <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.joined(separator: "\n")
  }

  /// - Parameter names: the number of columns with names, which stand at the left and share the width that the
  ///   others leave.
  private func table(_ head: [String], _ rows: [[String]], names: Int = 1) -> String {
    guard !rows.isEmpty else { return "" }
    var rows = [head] + rows
    var widths = head.indices.map { column in rows.map { TextWidth.most($0[column]) }.max() ?? 0 }
    let room = width - widths[names...].reduce(0) { $0 + $1 + 2 } - 2 * (names - 1)
    let most = min(max(room / names, Self.leastName), ShortLabels.usualWidth)
    for row in 1..<rows.count {
      for column in 0..<names { rows[row][column] = labels[rows[row][column]] }
    }
    let short = ShortLabels(rows.dropFirst().flatMap { $0.prefix(names) }, width: most) {
      TextWidth.most(String($0))
    }
    for column in 0..<names {
      rows[0][column] = ShortLabels([rows[0][column]], width: most)[rows[0][column]]
      for row in 1..<rows.count { rows[row][column] = short[rows[row][column]] }
      widths[column] = rows.map { TextWidth.most($0[column]) }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - TextWidth.most(cell))
        return column < names ? cell + space : space + cell
      }
      return Self.trimmed(cells.joined(separator: "  "))
    }.joined(separator: "\n")
  }

  private static func trimmed(_ line: String) -> String {
    String(line.prefix(line.count - line.reversed().prefix { $0 == " " }.count))
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  private static func percent(_ share: Double?) -> String {
    share.map { Decimals.text(100 * $0, 0) + " %" } ?? "–"
  }

  private static func percents(_ range: ClosedRange<Double>) -> String {
    "\(Decimals.text(100 * range.lowerBound, 0))–\(Decimals.text(100 * range.upperBound, 0)) %"
  }

  /// A difference in percentage points.
  private static func points(_ difference: Double) -> String {
    let text = Decimals.text(100 * difference, 0)
    return difference > 0 && text != "0" ? "+" + text : text
  }

  private static func points(_ range: ClosedRange<Double>) -> String {
    "\(points(range.lowerBound)) to \(points(range.upperBound))"
  }

  private static func decimals(_ value: Double?) -> String { value.map { Decimals.text($0, 2) } ?? "–" }
}
