// SPDX-License-Identifier: MIT

/// The tables of an analysis on its page. Their numbers are those of `AnalysisJSON`, rounded.
struct AnalysisPageTables {
  /// The most conditions of which each has rows of its own.
  static let mostConditions = 500
  /// The most rows of a list of duplicates.
  private static let mostDuplicates = 200

  let analysis: Analysis
  /// At most as many as are shown.
  let conditions: [ConditionStatistics]
  let finding: AnalysisFinding

  private var names: ShortLabels { finding.names }

  var html: String {
    (finding.hasAnswers
      ? section("Conditions", conditionTable + labelTable + periodTable)
        + section("Differences between conditions", differenceTable) : "")
      + section("Forks", AnalysisForks(comparisons: analysis.forkComparisons, names: names).html)
      + section("Words", useTable("Word", analysis.words))
      + section("Emoji", useTable("Emoji", analysis.emoji))
      + section("Duplicates", duplicateTable)
  }

  private func section(_ title: String, _ content: String) -> String {
    content.isEmpty ? "" : "<h2 class=\"part\">\(title)</h2>\n\(content)"
  }

  private func percent(_ share: Double?) -> HTMLTable.Cell {
    .number(share.map { Decimals.text(100 * $0, 1) } ?? "–")
  }

  private func decimals(_ value: Double?) -> HTMLTable.Cell {
    .number(value.map { Decimals.text($0, 3) } ?? "–")
  }

  private var conditionTable: String {
    let rows = conditions.map { condition -> [HTMLTable.Cell] in
      let interval = condition.spread
      return [
        .short(condition.condition, names), .number("\(condition.conversations)"),
        .number("\(condition.duplicates)"),
        percent(condition.share(condition.converged)), percent(interval?.lowerBound),
        percent(interval?.upperBound), .number(condition.medianOnset.map(String.init) ?? "–"),
        percent(condition.share(condition.loops)), percent(condition.share(condition.escapes)),
        decimals(condition.tailNovelty), decimals(condition.betweenSimilarity),
      ]
    }
    let head = [
      "condition", "n#", "duplicates#", "converged %#", "low#", "high#", "onset#", "loop %#", "escape %#",
      "tail novelty#", "between similarity#",
    ]
    return HTMLTable(head: head, rows: rows, kind: "conditions").html + """
      <p class="hint">n: the different conversations. low and high: the 95 % interval, none where all are alike. onset: the turn by which half have converged, where those that do \
      not converge count as seen to their last turn. loop: ends in a loop, whatever the label. escape: had three very short \
      turns in a row and went on from there. tail novelty: of the last six turns. between similarity: how alike the ends of different \
      conversations are\(sample).</p>

      """
  }

  private var sample: String {
    conditions.contains { $0.conversations > Resemblance.most }
      ? ", of \(Resemblance.most) drawn conversations" : ""
  }

  private var labelTable: String {
    let rows = conditions.map { condition in
      [.short(condition.condition, names)]
        + AttractorLabel.allCases.map { percent(condition.share(condition.labels[$0] ?? 0)) }
    }
    return HTMLTable(
      head: ["condition"] + AttractorLabel.allCases.map { "\($0.rawValue) %#" }, rows: rows,
      kind: "labels-table"
    ).html
  }

  private var periodTable: String {
    let periods = Set(conditions.flatMap(\.periods.keys)).sorted()
    guard !periods.isEmpty else { return "" }
    let rows = conditions.filter { !$0.periods.isEmpty }.map { condition -> [HTMLTable.Cell] in
      [.short(condition.condition, names)] + periods.map { .number("\(condition.periods[$0] ?? 0)") }
    }
    return HTMLTable(
      head: ["loops of period"] + periods.map { "\($0)#" }, rows: rows, kind: "periods"
    ).html
  }

  private var differenceTable: String {
    let points = percent
    let comparable = analysis.comparable(conditions)
    let differences = Analysis.differences(comparable)
    let uncompared = finding.uncompared.map(HTMLText.escape) ?? ""
    guard !differences.isEmpty else {
      return uncompared.isEmpty ? "" : "<p class=\"hint\">\(uncompared)</p>\n"
    }
    let rows = differences.map { difference -> [HTMLTable.Cell] in
      [
        .short(difference.a, names), .short(difference.b, names), points(difference.difference),
        points(difference.spread?.lowerBound), points(difference.spread?.upperBound),
      ]
    }
    let compared = comparable.count
    let bound =
      compared > Analysis.mostCompared
      ? " Compared are the first \(Analysis.mostCompared) of \(compared) conditions." : ""
    return HTMLTable(
      head: ["a", "b", "a − b, points#", "low#", "high#"], rows: rows, kind: "differences"
    ).html
      + """
      <p class="hint">In percentage points of the share that converged, with the 95 % interval, of which there is none \
      where all conversations of both conditions are alike.\(finding.chance(among: differences.count))\(bound) \
      \(uncompared)</p>

      """
  }

  private func useTable(
    _ title: String, _ groups: [(condition: String?, uses: [WordStatistics])]
  ) -> String {
    let table = { (groups: ArraySlice<(condition: String?, uses: [WordStatistics])>) in
      let rows = groups.flatMap { group in
        group.uses.filter { $0.most > 0 }.map { use -> [HTMLTable.Cell] in
          [
            group.condition.map { .short($0, names) } ?? .html("<b>all</b>"), .name(use.text),
            decimals(use.mean), percent(use.share), .number("\(use.most)"),
          ]
        }
      }
      return rows.isEmpty
        ? ""
        : HTMLTable(
          head: ["condition", title, "mean#", "with any %#", "most#"], rows: rows, kind: "uses"
        ).html
    }
    let unused = groups.first?.uses.count { $0.most == 0 } ?? 0
    let used = groups.first?.uses.contains { $0.most > 0 } ?? false
    let note = unused == 0 ? "" : "<p class=\"hint\">\(Self.unused(unused, title, used))</p>\n"
    let whole = table(groups.prefix(1)) + note
    let single = groups.count > 2 ? table(groups.dropFirst().prefix(Self.mostConditions)) : ""
    guard !whole.isEmpty, !single.isEmpty else { return whole }
    return whole + "<details class=\"table\"><summary>\(title)s by condition</summary>\(single)</details>\n"
  }

  /// `3 more words are in no conversation.`
  private static func unused(_ count: Int, _ title: String, _ hasUsed: Bool) -> String {
    let noun = count == 1 || title == "Emoji" ? title.lowercased() : title.lowercased() + "s"
    guard hasUsed else { return "No conversation has any of \(Wording.grouped(count)) \(noun)." }
    return "\(Wording.grouped(count)) more \(noun) \(count == 1 ? "is" : "are") in no conversation."
  }

  private var duplicateTable: String {
    let duplicates = analysis.listed.lazy.compactMap { conversation, original in
      original.map {
        [HTMLTable.Cell.name(analysis.place(of: conversation.source)), .name(analysis.place(of: $0))]
      }
    }
    let rows = Array(duplicates.prefix(Self.mostDuplicates))
    guard !rows.isEmpty else { return "" }
    let more = analysis.duplicates - rows.count
    return HTMLTable(head: ["conversation", "same texts as"], rows: rows).html
      + (more > 0 ? "<p class=\"hint\">And \(Wording.grouped(more)) more.</p>\n" : "")
  }
}
