// SPDX-License-Identifier: MIT

import OrderedCollections

/// How far an experiment has come, condition by condition.
public struct BatchStatus: Sendable, CustomStringConvertible {
  public struct Counts: Sendable, Equatable {
    public var done = 0
    public var running = 0
    public var failed = 0
    /// Not begun, or to go on.
    public var left = 0

    public init(done: Int = 0, running: Int = 0, failed: Int = 0, left: Int = 0) {
      self.done = done
      self.running = running
      self.failed = failed
      self.left = left
    }

    mutating func add(_ state: TrialReport.State?) {
      switch state {
      case .done: done += 1
      case .running: running += 1
      case .failed: failed += 1
      case .unfinished, nil: left += 1
      }
    }
  }

  public private(set) var conditions: [(condition: Condition, counts: Counts)] = []
  public private(set) var total = Counts()
  /// Of those left, how many have begun, and how many turns they have.
  public private(set) var begun = (trials: 0, turns: 0)
  /// Trials of the directory that are none of the plan's: of other values, or more repeats.
  public private(set) var others = 0
  /// How many trials failed with each error, the most frequent first.
  public private(set) var errors: [(message: String, count: Int)] = []

  public init(_ reports: [TrialReport], of experiment: Experiment) {
    let reports = Dictionary(reports.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var errors: OrderedDictionary<String, (message: String, count: Int)> = [:]
    others = reports.count
    for condition in experiment.conditions {
      var counts = Counts()
      for number in 1...max(1, experiment.repeats) {
        let report = reports[Trial(condition: condition, repeat: number).id]
        counts.add(report?.state)
        total.add(report?.state)
        guard let report else { continue }
        others -= 1
        if report.state == .unfinished { begun = (begun.trials + 1, begun.turns + report.turns) }
        guard report.state == .failed else { continue }
        let message = report.error ?? "unknown"
        errors[Self.group(message, of: report.id), default: (message, 0)].count += 1
      }
      conditions.append((condition, counts))
    }
    self.errors = errors.map { ($0.value.count == 1 ? $0.value.message : $0.key, $0.value.count) }
      .sorted { $0.1 > $1.1 }
  }

  /// The error without the path of the trial's own file, which would set it apart from those of other trials.
  private static func group(_ message: String, of id: String) -> String {
    guard let path = message.firstRange(of: "/\(id).jsonl"),
      let colon = message[path.upperBound...].firstRange(of: ": ")
    else { return message }
    return String(message[colon.upperBound...])
  }

  /// A table with a line for each condition, then the errors.
  public var description: String {
    var lines = [Self.line("done", "running", "failed", "left", "condition")]
    for (label, (_, counts)) in zip(Condition.labels(of: conditions.map(\.condition)), conditions) {
      lines.append(Self.line(counts, conditions.count == 1 ? "all" : label))
    }
    if conditions.count > 1 { lines.append(Self.line(total, "all")) }
    for (message, count) in errors { lines.append("\(count) failed: \(message)") }
    return (lines + notes).joined(separator: "\n") + "\n"
  }

  /// What the counts do not tell.
  public var notes: [String] {
    var notes: [String] = []
    if begun.trials > 0 {
      notes.append("Begun of those left: \(begun.trials), with turns: \(begun.turns)")
    }
    if others > 0 {
      notes.append("In the directory and its summary, but none of this plan: \(others)")
    }
    return notes
  }

  private static func line(_ counts: Counts, _ label: String) -> String {
    line("\(counts.done)", "\(counts.running)", "\(counts.failed)", "\(counts.left)", label)
  }

  private static func line(
    _ done: String, _ running: String, _ failed: String, _ left: String, _ label: String
  ) -> String {
    [done, running, failed, left].map { String(repeating: " ", count: max(0, 8 - $0.utf8.count)) + $0 }
      .joined()
      + "  " + label
  }
}
