// SPDX-License-Identifier: MIT

/// The report of an analysis, one page: first what the models drift into, how often, how soon and how sure that
/// is, then the course of each condition, the tables, and the conversations.
public struct AnalysisPage {
  /// The most conversations that are drawn. A figure has at most about 30 KB, usually a third of that, so that
  /// the page stays under 15 MB.
  static let mostDrawn = 360
  /// The most conversations that have a row in the table.
  static let mostListed = 5_000
  /// The most conditions whose course is drawn.
  private static let mostCourses = 100
  private static let openCourses = 4
  private static let mostModels = 6

  private let analysis: Analysis
  private let program: String
  /// The path of a conversation's own page from the directory of this one; nil if there is none.
  private let page: (AnalysisSource) -> String?

  /// - Parameters:
  ///   - program: name and version of the program.
  ///   - page: the path of a conversation's own page from the directory of this one, if there is such a page.
  public init(
    _ analysis: Analysis, program: String, page: @escaping (AnalysisSource) -> String? = { _ in nil }
  ) {
    self.analysis = analysis
    self.program = program
    self.page = page
  }

  /// The page in UTF-8.
  public func render() -> [UInt8] {
    let conditions = analysis.listedConditions
    let finding = AnalysisFinding(analysis, conditions)
    let shown = Array(conditions.prefix(AnalysisPageTables.mostConditions))
    let title = "What these models drift into"
    let body = """
      <header><h1>\(title)</h1>
      <p class="lead">\(lead(finding))</p></header>
      <main class="wide report">
      \(OutcomeBars(finding: finding).html)\(finding.hasAnswers ? courses(finding) : "")\
      \(AnalysisPageTables(analysis: analysis, conditions: shown, finding: finding).html)\(bound(shown.count, of: conditions.count))\
      \(conversations)\(method)</main>
      <footer>Made by \(HTMLText.escape(program)).</footer>
      """
    return HTMLDocument.page(title: title, program: program, body: body)
  }

  private func lead(_ finding: AnalysisFinding) -> String {
    var models: [String] = []
    var known: Set<String> = []
    for conversation in analysis.conversations where known.insert(conversation.source.model).inserted {
      for model in conversation.source.model.split(separator: " + ").map(String.init)
      where known.insert("model " + model).inserted { models.append(model) }
    }
    let more = models.count - Self.mostModels
    let names = models.prefix(Self.mostModels).map { HTMLText.isolated(HTMLTable.fitting($0, 60)) }
    let list = Wording.list(names + (more > 0 ? ["\(Wording.grouped(more)) more"] : []))
    let counts =
      [Wording.count(finding.counts.conversations, "conversation")]
      + (finding.counts.forks > 0 ? [Wording.count(finding.counts.forks, "fork")] : [])
      + [Wording.count(finding.conditions.count, "condition")] + [finding.unfinished].compactMap(\.self)
    return (models.isEmpty ? counts : [list] + counts).joined(separator: " · ")
  }

  private func bound(_ shown: Int, of count: Int) -> String {
    guard shown < count else { return "" }
    return """
      <p class="hint">The tables have the first \(Wording.grouped(shown)) of \(Wording.grouped(count)) conditions; \
      <code>--format json</code> has all.</p>

      """
  }

  private func courses(_ finding: AnalysisFinding) -> String {
    let sorted = OutcomeBars.sorted(finding.conditions)
    guard !sorted.isEmpty else { return "" }
    let members = Dictionary(
      analysis.groups.dropFirst().map { ($0.condition ?? "", $0.members) },
      uniquingKeysWith: { one, _ in one })
    let shown = sorted.prefix(Self.mostCourses)
    let charts = shown.enumerated().map { index, condition in
      ConditionCourse(condition: condition, members: members[condition.condition] ?? [], names: finding.names)
        .html(isOpen: index < Self.openCourses)
    }
    let bound =
      shown.count < sorted.count
      ? " Drawn are the \(shown.count) of \(sorted.count) conditions of which most converge." : ""
    return """
      <h2 class="part">Course of the conversations</h2>
      <p class="hint">The median of the conversations by turn, as far as a quarter of them go. Around it the middle half \
      of them, or each of them where they are few. The dashed line is the turn by which half have converged, where that tells how soon. The share \
      not converged is that of Kaplan and Meier: conversations that do not converge count as seen to their last turn.\
      \(bound)</p>
      \(charts.joined())
      """
  }

  private var conversations: String {
    let all = analysis.listed
    let drawn = Set(choice(Self.mostDrawn, of: all.map(\.conversation)))
    let listed = choice(Self.mostListed, of: all.map(\.conversation))
    let rows = listed.map { index in
      row(all[index].conversation, all[index].original, number: index + 1, isDrawn: drawn.contains(index))
    }
    let table = HTMLTable(
      head: ["no.", "conversation", "condition", "turns#", "states by turn", "label", "period#", "onset#"],
      rows: rows, kind: "conversations")
    let figures = drawn.sorted().map { index in
      ConversationFigure(
        conversation: all[index].conversation, duplicateOf: all[index].original?.id, number: index + 1,
        page: address(all[index].conversation.source)
      ).html
    }
    return """
      <h2 class="part">Conversations</h2>
      \(StateStrip.key)\(bound(listed.count, "are in the table"))\
      <details class="list"\(listed.count <= 100 ? " open" : "")><summary>\
      \(Wording.count(listed.count, "conversation")) as a table</summary>
      \(table.html)</details>
      <h2 class="part">Single conversations</h2>
      \(RecurrencePlot.key)\(bound(drawn.count, "are drawn"))\(figures.joined())
      """
  }

  private func bound(_ count: Int, _ what: String) -> String {
    let all = analysis.conversations.count
    guard count < all else { return "" }
    return """
      <p class="hint">\(Wording.grouped(count)) of \(Wording.grouped(all)) conversations \(what), the first of each \
      condition, equally many of each as far as there are; <code>--format tsv</code> has all.</p>

      """
  }

  /// The places of at most so many conversations, in order, equally many of each condition as far as there are.
  private func choice(_ most: Int, of all: [ConversationMeasures]) -> [Int] {
    guard all.count > most else { return Array(all.indices) }
    var seen: [String: Int] = [:]
    let ranks = all.map { conversation in
      seen[conversation.source.condition, default: 0] += 1
      return seen[conversation.source.condition] ?? 0
    }
    let order = all.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
    return order.prefix(most).sorted()
  }

  private func row(
    _ conversation: ConversationMeasures, _ original: AnalysisSource?, number: Int, isDrawn: Bool
  ) -> [HTMLTable.Cell] {
    let source = conversation.source
    let attractor = conversation.attractor
    let name = HTMLTable.name(source.path) + (source.index > 0 ? " #\(source.index)" : "")
    let link = address(source).map { "<a href=\"\(HTMLText.escape($0))\">\(name)</a>" } ?? name
    let place =
      isDrawn ? "<a href=\"#\(ConversationFigure.anchor(number))\">\(number)</a>" : "\(number)"
    let duplicate = original == nil ? [] : ["duplicate"]
    let hint = { (text: String) in " <span class=\"hint\">\(text)</span>" }
    let label = attractor.map { "<span class=\"tag \($0.label.hue)\">\($0.label.rawValue)</span>" } ?? "–"
    return [
      .html(place), .html(link), .name(source.condition), .number("\(conversation.turns)"),
      .html(StateStrip(marks: conversation.marks).text),
      .html(label + ([conversation.doubt].compactMap(\.self) + duplicate).map(hint).joined()),
      .number(attractor.map { $0.period == 0 ? "–" : "\($0.period)" } ?? "–"),
      .number(attractor?.onset.map(String.init) ?? "–"),
    ]
  }

  private func address(_ source: AnalysisSource) -> String? { page(source).map(PageAddress.url) }

  private var method: String {
    let thresholds = analysis.settings.thresholds.values.map { name, value in
      "<div><dt>\(name)</dt><dd>\(Decimals.plain(value))</dd></div>"
    }
    return """
      <h2 class="part">Method</h2>
      <p>Texts are compared in lower case and with single spaces, by the sets of their 5-grams of bytes: similarity is the \
      share of grams that two turns have in common, novelty the share that no earlier turn has. A state is that of the \
      last six turns: two thirds of them, and one of the last two. Its onset is the first turn from which on 60 % of the \
      turns are in it. Intervals are those of the percentile bootstrap: conversations are drawn again \
      \(Wording.grouped(Bootstrap.resamples)) times, seed \(Bootstrap.seed). Duplicates and conversations without turns \
      are in no rate.</p>
      <dl class="facts values">\(thresholds.joined())</dl>

      """
  }
}
