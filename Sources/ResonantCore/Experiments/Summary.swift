// SPDX-License-Identifier: MIT

import OrderedCollections

/// A table of all trials of a run directory, one row each, for other programs.
///
/// Columns: `trial`, the conditions' keys in the plan's order, `fork` if there are any, `repeat`, `reason`, `turns`, `chars`,
/// `prompt_tokens`, `completion_tokens`, `seconds`, `error`. Missing values are empty (CSV) or null (JSON).
public struct Summary: Sendable {
  /// The conditions' keys.
  private let keys: OrderedSet<String>
  private let reports: [TrialReport]
  /// Whether there is a column for the number of a fork.
  private let hasForks: Bool
  /// Supplies the values of options that a condition does not set.
  private let base: JSONObject

  /// - Parameters:
  ///   - experiment: determines the order of columns and rows; trials that it no longer contains come last.
  ///   - places: the indices of the experiment's trials by id, if already known.
  public init(_ reports: [TrialReport], of experiment: Experiment, places: [String: Int]? = nil) {
    var keys = experiment.keys
    for report in reports { keys.formUnion(report.condition.keys) }
    // The condition of a transcript from elsewhere may have keys that equal fixed columns.
    keys.subtract(["trial", "fork"] + Experiment.results)
    hasForks = experiment.perturbation != nil || reports.contains { $0.fork != nil }
    self.keys = keys
    base = experiment.base
    self.reports = Self.sorted(reports, places ?? experiment.places)
  }

  private var columns: [String] { ["trial"] + keys + (hasForks ? ["fork"] : []) + Experiment.results }

  /// Calls `body` with each row. Reuses the condition's values, because trials of the same condition are
  /// mostly adjacent.
  private func forEachRow(_ body: ([JSONValue]) -> Void) {
    var known: (written: JSONObject, values: [JSONValue])?
    for report in reports {
      if known?.written != report.condition {
        let condition = RecordableOption.values(report.condition)
        known = (report.condition, keys.map { condition[$0] ?? base[$0] ?? .null })
      }
      let fork: [JSONValue] = hasForks ? [report.fork.map { .int($0.number) } ?? .null] : []
      body([.string(report.id)] + (known?.values ?? []) + fork + Self.results(of: report))
    }
  }

  /// Sorts trials in the plan's order; those that the plan no longer contains come last.
  static func sorted(_ reports: [TrialReport], _ places: [String: Int]) -> [TrialReport] {
    let known = reports.map { places[$0.id] ?? .max }
    let order = reports.indices.sorted {
      known[$0] == known[$1] ? reports[$0].id < reports[$1].id : known[$0] < known[$1]
    }
    return order.map { reports[$0] }
  }

  private static func results(of report: TrialReport) -> [JSONValue] {
    [
      .int(report.repeat), report.reason.map { .string($0.rawValue) } ?? .null, .int(report.turns),
      .int(report.characters), .int(report.usage.promptTokens), .int(report.usage.completionTokens),
      .double(Double(report.milliseconds) / 1000), report.error.map { .string($0) } ?? .null,
    ]
  }

  /// One JSON object per line.
  public var jsonLines: [UInt8] {
    var bytes: [UInt8] = []
    let columns = columns
    forEachRow { row in
      let members = JSONObject(zip(columns, row), uniquingKeysWith: { first, _ in first })
      JSONWriter.append(.object(members), to: &bytes)
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  /// Comma-separated values with a header line (RFC 4180).
  public var csv: [UInt8] {
    var bytes: [UInt8] = []
    Self.append(columns, to: &bytes)
    forEachRow { Self.append($0.map(Self.text), to: &bytes) }
    return bytes
  }

  private static func append(_ fields: [String], to bytes: inout [UInt8]) {
    bytes += (fields.map(field).joined(separator: ",") + "\r\n").utf8
  }

  private static func text(of value: JSONValue) -> String {
    if value.isNull { "" } else { value.string ?? value.jsonText }
  }

  private static func field(_ text: String) -> String {
    let special = text.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\r" || $0 == "\n" }
    guard special else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
