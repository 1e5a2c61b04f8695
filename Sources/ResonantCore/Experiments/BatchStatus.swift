// SPDX-License-Identifier: MIT

import OrderedCollections

/// The progress of an experiment by condition.
public struct BatchStatus: Sendable, CustomStringConvertible {
  public struct Counts: Sendable, Equatable {
    public var done = 0
    public var running = 0
    public var failed = 0
    /// Trials that have not begun or are unfinished.
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
  /// Of the remaining trials, the number that have begun, and the number of their turns.
  public private(set) var begun = (trials: 0, turns: 0)
  /// The finished trials that are not forked.
  private var unforked = UnforkedTrials()
  /// Trials of the directory that the plan doesn't contain: with other values, or further repeats.
  public private(set) var others = 0
  /// The number of failed trials for each error, in descending order.
  public private(set) var errors: [(message: String, count: Int)] = []

  public init(_ reports: [TrialReport], of plan: Plan) {
    self.init(reports, of: plan.experiment, mayFork: plan.mayFork)
  }

  /// - Parameter mayFork: whether a trial has forks, or may yet have some.
  init(
    _ reports: [TrialReport], of experiment: Experiment,
    mayFork: (Trial, TrialReport?) -> Bool = { _, _ in true }
  ) {
    let reports = Dictionary(reports.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var errors: OrderedDictionary<String, (message: String, count: Int)> = [:]
    others = reports.count
    for condition in experiment.conditions {
      let trials = experiment.trials(of: condition)
      add(trials, condition, reports, &errors)
      guard let perturbation = experiment.perturbation else { continue }
      for trial in trials { unforked.add(reports[trial.id]?.forkPoint) }
      let forked = trials.filter { mayFork($0, reports[$0.id]) }
      // A condition without trials is none, as in `BatchForecast`.
      for arm in forked.isEmpty ? [] : perturbation.arms {
        add(
          experiment.forks(of: forked, condition, arm), perturbation.condition(of: condition, arm), reports,
          &errors)
      }
    }
    self.errors = errors.map { ($0.value.count == 1 ? $0.value.message : $0.key, $0.value.count) }
      .sorted { $0.1 > $1.1 }
  }

  private mutating func add(
    _ trials: [Trial], _ condition: Condition, _ reports: [String: TrialReport],
    _ errors: inout OrderedDictionary<String, (message: String, count: Int)>
  ) {
    var counts = Counts()
    for trial in trials {
      let report = reports[trial.id]
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

  /// The error without the path of the trial's own file, so that equal errors of different trials are counted
  /// together.
  private static func group(_ message: String, of id: String) -> String {
    guard let path = message.firstRange(of: "/\(id).jsonl"),
      let colon = message[path.upperBound...].firstRange(of: ": ")
    else { return message }
    return String(message[colon.upperBound...])
  }

  /// A table with one line per condition, then the errors.
  public var description: String {
    var lines = [Self.line("done", "running", "failed", "left", "condition")]
    let labels = ShortLabels(conditions.map(\.condition.label))
    for (condition, counts) in conditions {
      let label = labels[condition.label]
      lines.append(
        Self.line(counts, conditions.count == 1 ? "all" : label.isEmpty ? Condition.baseAlone : label))
    }
    if conditions.count > 1 { lines.append(Self.line(total, "all")) }
    for (message, count) in errors { lines.append("\(count) failed: \(message)") }
    return (lines + notes).joined(separator: "\n") + "\n"
  }

  /// Sentences about facts that the counts do not show.
  public var notes: [String] {
    var notes: [String] = []
    if begun.trials > 0 {
      notes.append("Begun of those left: \(begun.trials), with turns: \(begun.turns)")
    }
    if !unforked.isEmpty { notes.append("Not forked: \(unforked)") }
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
