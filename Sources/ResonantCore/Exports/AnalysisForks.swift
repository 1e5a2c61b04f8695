// SPDX-License-Identifier: MIT

/// The forks of conversations on the page of an analysis: those after a message beside those that went on
/// undisturbed. The numbers are those of `AnalysisJSON`, rounded.
struct AnalysisForks {
  private static let steps = [1, 2, 4, 8]
  /// The most turns that have a dot each.
  private static let mostDots = 40

  let comparisons: [ForkComparison]
  let names: ShortLabels

  var html: String {
    guard !comparisons.isEmpty else { return "" }
    return armTable + differenceTable + "<div class=\"charts\">\(curves)</div>\n"
      + "<details class=\"table\"><summary>Persistence as a table</summary>\(persistenceTable)</details>\n"
  }

  private func name(_ condition: String) -> HTMLTable.Cell {
    condition.isEmpty ? .html("<b>all</b>") : .short(condition, names)
  }

  private static func percent(_ share: Double?) -> HTMLTable.Cell {
    .number(share.map { Decimals.text(100 * $0, 1) } ?? "–")
  }

  private static func points(_ value: Double?) -> HTMLTable.Cell { percent(value) }

  // MARK: Tables

  private var armTable: String {
    let rows = comparisons.prefix(AnalysisPageTables.mostConditions).flatMap(\.arms).map { forks in
      [
        name(forks.condition), .html(forks.label.rawValue), .html(forks.arm.plainName),
        .number("\(forks.forks)"), .number("\(forks.trials)"),
      ]
        + Self.steps.map { step in Self.percent(forks.persistence.first { $0.after == step }?.share) }
        + [.number("\(forks.left)"), Self.percent(forks.recovered), Self.percent(forks.holds?.share)]
    }
    let head = ["forks of", "state before", "how they go on", "forks#", "trials#"]
    return HTMLTable(
      head: head + Self.steps.map { "+\($0) %#" } + ["left it#", "of these back %#", "in it at the end %#"],
      rows: rows, kind: "forks"
    ).html + """
      <p class="hint">+1, +2, …: the share of forks still in the state so many turns after the message, or after the turn \
      that undisturbed forks have in its place. left it: out of it in one of the first four of these turns. back: in it \
      again at the end.</p>

      """
  }

  private var differenceTable: String {
    let rows = comparisons.prefix(AnalysisPageTables.mostConditions).compactMap { comparison in
      comparison.atEnd.map { difference -> [HTMLTable.Cell] in
        let interval = difference.spread
        return [
          name(comparison.condition), .html(comparison.label.rawValue), .number("\(difference.trials)"),
          Self.percent(difference.disturbed.share), Self.percent(difference.control.share),
          Self.points(difference.difference), Self.points(interval?.lowerBound),
          Self.points(interval?.upperBound),
        ]
      }
    }
    let missing = ForkComparison.missing(in: comparisons).map {
      "<p class=\"hint\">\(HTMLText.escape($0))</p>\n"
    }
    guard !rows.isEmpty else { return missing ?? "" }
    let head = [
      "in the state at the end", "state before", "trials#", "after the message %#", "undisturbed %#",
      "difference, points#", "low#", "high#",
    ]
    return HTMLTable(head: head, rows: rows, kind: "fork-differences").html + """
      <p class="hint">What the message did: how much more of the forks after it end in the state than of those of the same \
      trials that went on undisturbed from the same turn, with the 95 % interval by resampling trials, each with all its \
      forks. An interval that holds 0 leaves open whether the message did anything; where all are alike there is none, \
      which makes nothing certain.</p>
      \(missing ?? "")
      """
  }

  private var persistenceTable: String {
    let rows = comparisons.prefix(AnalysisPageTables.mostConditions).flatMap(\.arms).flatMap { forks in
      forks.persistence.map { step -> [HTMLTable.Cell] in
        [
          name(forks.condition), .html(forks.label.rawValue), .html(forks.arm.plainName),
          .number("\(step.after)"), .number("\(step.forks)"), Self.percent(step.share),
        ]
      }
    }
    return HTMLTable(
      head: ["forks of", "state before", "how they go on", "turns after#", "n#", "still in it %#"],
      rows: rows, kind: "persistence"
    ).html
  }

  // MARK: Curves

  private var curves: String {
    comparisons.prefix(AnalysisPageTables.mostConditions).map(figure).joined()
  }

  private func figure(_ comparison: ForkComparison) -> String {
    let arms = comparison.arms.filter { !$0.persistence.isEmpty }
    guard let longest = arms.map(\.persistence.count).max() else { return "" }
    let ends = arms.compactMap { arm in
      arm.persistence.last.map { "\(Wording.percent($0.share)) \(arm.arm.plainName)" }
    }
    var chart = TurnChart.shares(
      "Share still in the state, by turns after the message: at last \(ends.joined(separator: ", "))",
      count: longest)
    chart.unit = "turns after the message: "
    let lines = arms.map { Self.line($0, chart) }
    let key = arms.map {
      $0.arm == .disturbed ? "solid, dots: after the message" : "dashed, rings: undisturbed"
    }
    let name = comparison.condition.isEmpty ? "all" : HTMLTable.short(comparison.condition, names)
    return """
      <figure><figcaption><b>\(name)</b>: \(comparison.label.plainName), share still in it so many turns later \
      (\(key.joined(separator: "; ")))</figcaption>\(chart.svg(lines.joined()))</figure>

      """
  }

  private static func line(_ forks: ForkStatistics, _ chart: TurnChart) -> String {
    let isControl = forks.arm == .control
    let points = forks.persistence.map { (turn: Double($0.after), value: $0.share) }
    let dots =
      points.count <= mostDots ? points.map { chart.dot($0.turn, $0.value, isControl ? "ring" : "") } : []
    return chart.line(points, isControl ? "curve dashed" : "curve") + dots.joined()
  }
}

extension ForkArm {
  var plainName: String {
    switch self {
    case .disturbed: "after the message"
    case .control: "undisturbed"
    }
  }
}

extension ForkComparison {
  /// What there is to say where an arm is missing, in a sentence; nil where all have both.
  public static func missing(in comparisons: [ForkComparison]) -> String? {
    guard comparisons.contains(where: \.differences.isEmpty) else { return nil }
    let arms = Set(comparisons.flatMap(\.arms).map(\.arm))
    if !arms.contains(.control) {
      return
        "What the message did cannot be told without undisturbed forks: perturb.control in a plan makes them."
    }
    if !arms.contains(.disturbed) {
      return "These forks went on undisturbed; perturb.inject in a plan makes forks after a message."
    }
    return
      "Some states cannot be compared: no trial has forks in them both after the message and undisturbed."
  }
}
