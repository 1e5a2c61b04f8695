// SPDX-License-Identifier: MIT

/// The first screen of a result: the finding, and for each condition a bar of what its conversations become, with
/// the interval of the share that converges.
struct OutcomeBars {
  /// The most conditions that are shown at once.
  static let most = 12

  let finding: AnalysisFinding

  /// The conditions that have conversations, those of which most converge first, then by name.
  static func sorted(_ conditions: [ConditionStatistics]) -> [ConditionStatistics] {
    let rates = conditions.compactMap { condition in
      condition.share(condition.converged).map { (condition, rate: $0) }
    }
    return rates.enumerated().sorted { one, other in
      one.element.rate == other.element.rate
        ? one.offset < other.offset : one.element.rate > other.element.rate
    }.map(\.element.0)
  }

  var html: String {
    let cautions = ([finding.unfinishedSentence].compactMap(\.self) + finding.cautions).joined(separator: " ")
    let details = (finding.details + [cautions]).filter { !$0.isEmpty }.map { text in
      "<p class=\"details\">\(Self.joined(HTMLText.escape(text)))</p>"
    }
    let remarks = ([Self.meaning] + finding.remarks.map(HTMLText.escape)).joined(separator: " ")
    return """
      <section class="outcome">
      <p class="finding">\(Self.joined(HTMLText.escape(finding.headline)))</p>
      \(details.joined(separator: "\n"))
      \(bars)<p class="hint">\(Self.joined(remarks))</p>
      </section>

      """
  }

  private static let meaning = """
    <b>Converged</b>: ends in word soup, very short turns, or a loop of texts or skeletons; echoes and winding down do not count. \
    The line below a bar is the 95 % interval of the share that converged, by resampling the conversations; where all \
    or none converged there is none, which does not make the rate certain. n: the different conversations.
    """

  /// Keeps numbers and their signs on one line.
  private static func joined(_ html: String) -> String { html.replacing(" %", with: "\u{A0}%") }

  private var bars: String {
    let whole = finding.whole
    guard finding.hasAnswers else { return "" }
    let sorted = Self.sorted(finding.conditions)
    // Forks, which have tables of their own, were chosen for their state.
    let trials = sorted.filter { !$0.holdsForksAlone }
    let conditions = trials.isEmpty ? sorted : trials
    let all = conditions.count > 1 ? [row(whole, name: "<b>all conversations</b>")] : []
    let rows = conditions.map {
      row($0, name: HTMLTable.short($0.condition, finding.names))
    }
    let more = rows.dropFirst(Self.most)
    return Self.legend + Self.table(all + rows.prefix(Self.most))
      + (more.isEmpty
        ? ""
        : """
        <details class="more"><summary>\(Wording.count(more.count, "more condition")), of which as many or fewer converge</summary>
        \(Self.table(Array(more)))</details>

        """)
  }

  private static func table(_ rows: [String]) -> String {
    """
    <table class="bars"><thead><tr><th>Condition</th><th>What its conversations become</th>\
    <th class="right">Converged</th><th class="right">95\u{A0}% interval</th>\
    <th class="right" title="the turn by which half of the conversations had converged">Half by turn</th>\
    <th class="right" title="the number of conversations; of equal ones, one counts">n</th></tr></thead>
    <tbody>\(rows.joined())</tbody></table>

    """
  }

  static var legend: String {
    let item = { (label: AttractorLabel) in
      """
      <li class="\(label.hue)"><svg class="swatch" viewBox="0 0 1 1" aria-hidden="true"><rect class="cell" width="1" \
      height="1"/></svg> <b>\(label.plainName)</b> \(label.meaning)\(label == .echo ? "" : " (\(label.rawValue))")</li>
      """
    }
    let labels = AttractorLabel.allCases
    return """
      <div class="labels"><ul><li class="group">Converged</li>\(labels.filter(\.isConverged).map(item).joined())</ul>\
      <ul><li class="group">Not converged</li>\(labels.filter { !$0.isConverged }.map(item).joined())</ul></div>

      """
  }

  private func row(_ condition: ConditionStatistics, name: String) -> String {
    let interval = condition.spread
    let onset = condition.isAtOnce ? "start" : condition.medianOnset.map(String.init)
    let all = condition.conversations + condition.duplicates
    let count =
      Wording.grouped(condition.conversations)
      + (all > condition.conversations ? " of\u{A0}\(Wording.grouped(all))" : "")
    return """
      <tr><td class="who"\(HTMLTable.title(condition.condition, finding.names))>\(name)</td>\
      <td class="what">\(Self.bar(condition))</td>\
      <td class="right rate">\(Self.joined(Wording.percent(condition.share(condition.converged))))</td>\
      <td class="right interval\(interval == nil ? " none" : "")">\(interval.map { Self.joined(Wording.percents($0)) } ?? "–")</td>\
      <td class="right soon\(onset == nil ? " none" : "")">\(onset ?? "–")</td>\
      <td class="right n">\(count)</td></tr>

      """
  }

  private static func bar(_ condition: ConditionStatistics) -> String {
    // Those that converged first, so that their end is the rate.
    let all = AttractorLabel.allCases
    let labels = (all.filter(\.isConverged) + all.filter { !$0.isConverged }).filter {
      condition.labels[$0, default: 0] > 0
    }
    var title: [String] = []
    var parts = ""
    var start = 0.0
    for label in labels {
      let share = condition.share(condition.labels[label] ?? 0) ?? 0
      title.append("\(label.plainName) \(Wording.percent(share))")
      parts += segment(label, from: start, share)
      start += share
    }
    return """
      <svg class="bar" role="img"><title>\(HTMLText.escape(title.joined(separator: ", ")))</title>\
      \(parts)\(whisker(condition))</svg>
      """
  }

  private static func segment(_ label: AttractorLabel, from start: Double, _ share: Double) -> String {
    let percent = Wording.percent(share).replacing(" %", with: "\u{A0}%")
    let middle = percents(start + share / 2)
    let text = { (kind: String, text: String) in
      "<text class=\"ink\(kind)\" x=\"\(middle)\" y=\"15\" text-anchor=\"middle\">\(text)</text>"
    }
    // The width of a letter is about 1/54 of that of a bar on a wide screen, 1/45 on a phone.
    let name = "\(label.plainName) \(percent)"
    let texts =
      share > Double(name.count + 1) / 54
      ? share > Double(name.count + 1) / 45
        ? text("", name) : text(" roomy", name) + (share > 0.1 ? text(" tight", percent) : "")
      : share > 0.1 ? text("", percent) : share > 0.05 ? text(" roomy", percent) : ""
    return """
      <g class="\(label.hue)"><rect class="cell" x="\(percents(start))" y="\(label.isConverged ? 1 : 3)" \
      width="\(percents(share))" height="\(label.isConverged ? 20 : 16)"/>\(texts)</g>
      """
  }

  /// The interval below the bar.
  private static func whisker(_ condition: ConditionStatistics) -> String {
    guard let interval = condition.spread, let rate = condition.share(condition.converged)
    else { return "" }
    let (low, high) = (percents(interval.lowerBound), percents(interval.upperBound))
    return """
      <g class="whisker"><line x1="\(low)" x2="\(high)" y1="25" y2="25"/><line x1="\(low)" x2="\(low)" y1="22.5" y2="27.5"/>\
      <line x1="\(high)" x2="\(high)" y1="22.5" y2="27.5"/><circle cx="\(percents(rate))" cy="25" r="2"/></g>
      """
  }

  private static func percents(_ share: Double) -> String { Decimals.text(100 * share, 2) + "%" }
}
