// SPDX-License-Identifier: MIT

/// The course of a condition's conversations: medians with quartiles, and when they converge.
struct ConditionCourse {
  /// The most conversations that are drawn one by one.
  private static let fewest = 8

  let condition: ConditionStatistics
  let members: [ConversationMeasures]
  let names: ShortLabels

  /// - Parameter isOpen: whether the charts are shown before somebody asks for them.
  func html(isOpen: Bool) -> String {
    let rate = Wording.percent(condition.share(condition.converged))
    return """
      <details class="course"\(isOpen ? " open" : "")><summary><b\(HTMLTable.title(condition.condition, names))>\
      \(HTMLTable.short(condition.condition, names))</b> · \
      \(Wording.count(condition.conversations, "conversation")) · \(rate) converged</summary>
      <div class="charts">
      \(figure("<b>Novelty</b>, share not said before", members.map { $0.novelty.map(Optional.some) }))\
      \(figure("<b>Similarity</b> to the turn before", members.map(\.similarity)))\
      \(lengths)\(survival)</div></details>

      """
  }

  private func figure(_ caption: String, _ series: [[Double?]]) -> String {
    let quartiles = TurnQuartiles(series)
    let chart = TurnChart.shares(title(caption, quartiles), count: condition.longest)
    return
      "<figure><figcaption>\(caption)</figcaption>\(chart.svg(curves(chart, quartiles, series)))</figure>\n"
  }

  private var lengths: String {
    let series = members.map { $0.letters.map { Optional(Double($0)) } }
    let quartiles = TurnQuartiles(series)
    let caption = "<b>Length</b> in letters"
    let most = quartiles.points.map(\.high).max() ?? 0
    let chart = TurnChart.counts(title(caption, quartiles), count: condition.longest, most: most)
    return
      "<figure><figcaption>\(caption)</figcaption>\(chart.svg(curves(chart, quartiles, series)))</figure>\n"
  }

  private func curves(_ chart: TurnChart, _ quartiles: TurnQuartiles, _ series: [[Double?]]) -> String {
    let single = members.count <= Self.fewest && members.count > 1 ? series : []
    let thin = single.map { values in
      chart.line(TurnQuartiles(values).points.map { ($0.turn, $0.median) }, "thin")
    }
    return thin.joined() + (single.isEmpty ? chart.band(quartiles.points) : "")
      + chart.line(quartiles.points.map { ($0.turn, $0.median) }) + chart.onset(condition.tellingOnset)
  }

  private func title(_ caption: String, _ quartiles: TurnQuartiles) -> String {
    let name = caption.replacing("<b>", with: "").replacing("</b>", with: "")
    guard let first = quartiles.points.first, let last = quartiles.points.last else { return name }
    let (from, to) = (Decimals.text(first.median, 2), Decimals.text(last.median, 2))
    return "\(name): median from \(from) to \(to)"
  }

  private var survival: String {
    let left = condition.survival.last.map { Decimals.text($0.share, 2) } ?? "1"
    let chart = TurnChart.shares(
      "Share not converged by turn, after Kaplan and Meier: \(left) at the end", count: condition.longest)
    let half = condition.tellingOnset.map {
      chart.dot(Double($0), condition.survival.first { $0.share <= 0.5 + 1e-12 }?.share ?? 0.5)
    }
    return """
      <figure><figcaption><b>Not converged</b> yet, share</figcaption>\
      \(chart.svg(chart.steps(condition.survival) + (half ?? "") + chart.onset(condition.tellingOnset)))</figure>

      """
  }
}
