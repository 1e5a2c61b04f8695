// SPDX-License-Identifier: MIT

/// A page that lists the trials of an experiment and links to their pages.
public enum GalleryPage {
  /// One trial.
  public struct Row: Sendable {
    public var trial: String
    /// The address of its page relative to this one, with `/` between folders; nil when there is none.
    public var page: String?
    /// In the plan's order.
    public var condition: JSONObject
    public var `repeat`: Int
    /// Nil for a trial that is no fork.
    public var fork: ForkNumber?
    /// Nil while the trial is not finished.
    public var reason: StopReason?
    public var turns: Int
    public var characters: Int
    public var error: String?
    /// What was measured of its conversation; nil if there is none.
    public var course: ConversationMeasures?

    public init(
      trial: String, page: String?, condition: JSONObject, repeat: Int, end: Transcript.End? = nil
    ) {
      self.trial = trial
      self.page = page
      self.condition = condition
      self.repeat = `repeat`
      reason = end?.reason
      turns = end?.turns ?? 0
      characters = end?.characters ?? 0
      error = end?.error
    }
  }

  /// The page in UTF-8: what the conversations became, then the list of the trials.
  ///
  /// - Parameters:
  ///   - finding: of all conversations that are over; nil if none has begun.
  ///   - program: name and version of the program.
  public static func render(
    experiment: String, rows: [Row], finding: AnalysisFinding? = nil, program: String
  ) -> [UInt8] {
    var keys: [String] = []
    var known: Set<String> = []
    for key in rows.lazy.flatMap(\.condition.keys) where known.insert(key).inserted { keys.append(key) }
    let done = rows.count { $0.reason != nil && $0.reason != .error }
    let failed = rows.count { $0.reason == .error }
    let numeric = Set(keys.filter { key in rows.allSatisfy { $0.condition[key].map(isNumber) ?? true } })
    let texts = keys.map { key in ShortLabels(texts: Set(rows.compactMap { text(of: key, $0) })) }
    let courses = rows.contains { $0.course != nil } ? ["States by turn", "Label", "Onset#"] : []
    let table = HTMLTable(
      head: ["Trial"] + keys.map { numeric.contains($0) ? $0 + "#" : $0 } + ["Repeat#"] + courses
        + ["End", "Turns#", "Characters#", "Error"],
      rows: rows.map {
        cells($0, columns: Array(zip(keys, texts)), numeric: numeric, hasCourse: !courses.isEmpty)
      }, kind: "trials")
    let unfinished = rows.count - done - failed
    let body = """
      <header><h1>\(HTMLText.escape(experiment))</h1>
      <p class="lead">\(Wording.count(rows.count, "trial")) · \(Wording.grouped(done)) done · \
      \(Wording.grouped(failed)) failed\(unfinished > 0 ? " · \(Wording.grouped(unfinished)) not finished" : "")</p></header>
      <main class="wide report">
      \(finding.map { OutcomeBars(finding: $0).html } ?? "")<h2 class="part">Trials</h2>
      \(courses.isEmpty ? "" : StateStrip.key)<div class="scroll">\(table.html)</div></main>
      <footer>Made by \(HTMLText.escape(program)).</footer>
      """
    return HTMLDocument.page(title: experiment, program: program, body: body)
  }

  private static func text(of key: String, _ row: Row) -> String? {
    row.condition[key].map { $0.string ?? $0.jsonText }
  }

  private static func isNumber(_ value: JSONValue) -> Bool {
    if case .number = value { true } else { false }
  }

  private static func cells(
    _ row: Row, columns: [(key: String, texts: ShortLabels)], numeric: Set<String>, hasCourse: Bool
  ) -> [HTMLTable.Cell] {
    let name = HTMLTable.name(row.trial)
    let link = row.page.map { "<a href=\"\(PageAddress.url($0))\">\(name)</a>" } ?? name
    let values = columns.map { key, texts -> HTMLTable.Cell in
      let text = text(of: key, row) ?? ""
      return numeric.contains(key) ? .number(HTMLTable.name(text)) : .short(text, texts)
    }
    let attractor = row.course.flatMap { $0.isAnswered ? $0.attractor : nil }
    let tag = attractor.map { "<span class=\"tag \($0.label.hue)\">\($0.label.plainName)</span>" }
    let course: [HTMLTable.Cell] = [
      .html(row.course.map { StateStrip(marks: $0.marks).text } ?? ""), .html(tag ?? "–"),
      .number(attractor?.onset.map(String.init) ?? "–"),
    ]
    return [.html(link)] + values + [
      .number("\(row.repeat)\(row.fork.map { ", \(Wording.fork($0))" } ?? "")")
    ]
      + (hasCourse ? course : []) + [
        .html(row.reason.map(Wording.reason) ?? "not finished"), .number(Wording.grouped(row.turns)),
        .number(Wording.grouped(row.characters)), .html(HTMLText.escape(row.error ?? "")),
      ]
  }
}
