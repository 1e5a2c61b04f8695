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
    /// Nil while the trial is not finished.
    public var reason: StopReason?
    public var turns: Int
    public var characters: Int
    public var error: String?

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

  /// The page in UTF-8.
  ///
  /// - Parameter program: name and version of the program.
  public static func render(experiment: String, rows: [Row], program: String) -> [UInt8] {
    var keys: [String] = []
    for key in rows.flatMap(\.condition.keys) where !keys.contains(key) { keys.append(key) }
    let names = ["Trial"] + keys + ["Repeat", "End", "Turns", "Characters", "Error"]
    let titles = names.map { "<th>\(HTMLText.escape($0))</th>" }.joined()
    let done = rows.count { $0.reason != nil && $0.reason != .error }
    let failed = rows.count { $0.reason == .error }
    let body = """
      <header><h1>\(HTMLText.escape(experiment))</h1>
      <p class="lead">\(Wording.count(rows.count, "trial")) · \(Wording.grouped(done)) done · \
      \(Wording.grouped(failed)) failed</p></header>
      <main class="wide"><table><thead><tr>\(titles)</tr></thead><tbody>
      \(rows.map { line($0, keys: keys) }.joined())</tbody></table></main>
      <footer>Made by \(HTMLText.escape(program)).</footer>
      """
    return HTMLDocument.page(title: experiment, program: program, body: body)
  }

  private static func line(_ row: Row, keys: [String]) -> String {
    let name = HTMLText.isolated(row.trial)
    let link = row.page.map { "<a href=\"\(PageAddress.url($0))\">\(name)</a>" } ?? name
    let values = keys.map { row.condition[$0].map { $0.string ?? $0.jsonText } ?? "" }
    let cells = [link] + values.map(HTMLText.isolated)
    let end = row.reason.map(Wording.reason) ?? "not finished"
    return """
      <tr>\(cells.map { "<td>\($0)</td>" }.joined())<td class="right">\(row.repeat)</td><td>\(end)</td>\
      <td class="right">\(Wording.grouped(row.turns))</td><td class="right">\(Wording.grouped(row.characters))</td>\
      <td>\(HTMLText.escape(row.error ?? ""))</td></tr>

      """
  }

}
