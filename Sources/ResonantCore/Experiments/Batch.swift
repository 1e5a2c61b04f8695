// SPDX-License-Identifier: MIT

import OrderedCollections

/// An experiment with its run directory: the trials that exist, those that remain, and whether the directory
/// matches the plan. Creating a `Batch` only reads.
public struct Batch: Sendable {
  public let plan: Plan
  public let directory: RunDirectory
  public let shard: Shard
  /// Whether to retry failed trials.
  public let retriesFailed: Bool
  /// All trials of the directory when the batch was created, by id.
  let reports: OrderedDictionary<String, TrialReport>
  /// The trials of the shard.
  let trials: [Trial]
  /// All trials of the plan, by id.
  private let planned: [String: Trial]
  /// The indices of all trials of the plan, by id.
  let places: [String: Int]
  private let known: TrialReports

  /// - Throws: `ConfigurationError` when existing trials were made with other options than the plan now has.
  public init(
    plan: Plan, directory: RunDirectory, shard: Shard = .whole, retriesFailed: Bool = false
  ) throws(ConfigurationError) {
    self.plan = plan
    self.directory = directory
    self.shard = shard
    self.retriesFailed = retriesFailed
    known = TrialReports(directory)
    let all = plan.experiment.trials
    let planned = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.planned = planned
    places = Experiment.places(of: all)
    trials = shard.of(all)
    var stale: [String] = []
    let found = try known.look { (file: TrialFile) throws(ConfigurationError) in
      guard let trial = planned[file.report.id], let problem = Self.problem(with: file, of: trial, plan)
      else {
        return
      }
      guard file.hasReplies || file.report.state == .running else { return stale.append(trial.id) }
      throw ConfigurationError(
        OptionPlace(file: directory.transcript(of: trial)),
        problem + ", or give the plan another name or --out")
    }
    // These files contain no replies, so their trials start anew.
    let again = Set(stale)
    reports = Self.complete(found, planned).filter { !again.contains($0.key) }
  }

  /// Why a trial's file does not match the plan, and what the user can do about it; nil when it matches.
  private static func problem(with file: TrialFile, of trial: Trial, _ plan: Plan) -> String? {
    if let change = change(in: file.head, of: trial, plan) {
      let isRunning = file.report.state == .running
      let what = isRunning ? "is being written by another process, for which" : "was made by this plan when"
      let anew = file.report.state == .failed ? "; it has failed: delete it to hold the trial anew" : ""
      return "\(what) \(change)\(anew); put it back"
    }
    // `resonant resume` can continue a trial beyond its plan's limit.
    guard let most = plan.conversation(of: trial).settings.maxTurns else { return nil }
    return file.report.turns > most
      ? "has \(file.report.turns) turns, but the plan allows \(most); delete it to hold the trial again" : nil
  }

  /// How the options of a trial have changed since its transcript was started; nil when they have not.
  private static func change(in transcript: Transcript, of trial: Trial, _ plan: Plan) -> String? {
    let conversation = plan.conversation(of: trial)
    if let change = conversation.contradiction(with: transcript) { return change }
    return transcript.header.seed == conversation.settings.seed ? nil : "it had another seed"
  }

  func change(in transcript: Transcript, of trial: Trial) -> String? {
    Self.change(in: transcript, of: trial, plan)
  }

  /// Adds conditions to the reports of unreadable files, as the plan has them. Leaves out files that belong
  /// to no trial of the plan.
  private static func complete(
    _ reports: OrderedDictionary<String, TrialReport>, _ planned: [String: Trial]
  ) -> OrderedDictionary<String, TrialReport> {
    var complete = reports
    for (id, report) in reports where report.repeat == 0 {
      complete[id] = planned[id].map { trial in
        var report = report
        (report.condition, report.repeat) = (trial.condition.values, trial.repeat)
        return report
      }
    }
    return complete
  }

  /// The current state of all trials of the directory, including those of other processes.
  func look() -> OrderedDictionary<String, TrialReport> { Self.complete(known.look(), planned) }

  /// Records the result of a trial that this process has finished.
  func note(_ report: TrialReport) { known.note(report) }

  /// Creates the directory and writes the plan into it.
  public func prepare() throws(InvalidValue) {
    try directory.make()
    try directory.keep(plan.experiment)
  }

  /// The state of all trials of the plan, whatever the shard.
  public var status: BatchStatus { BatchStatus(Array(reports.values), of: plan.experiment) }

  /// The remaining work of this shard.
  public var forecast: BatchForecast {
    BatchForecast(
      of: trials,
      turns: { trial in isToDo(trial) ? reports[trial.id]?.turns ?? 0 : nil },
      isFailed: { reports[$0.id]?.state == .failed },
      budget: plan.experiment.limits.budgetTokens.map { allowed in
        (allowed, reports.values.reduce(0) { $0 + $1.usage.total })
      },
      conversation: plan.conversation)
  }

  /// The shard's unfinished trials, with failed ones only if they are to be retried. The first repeat of
  /// every condition comes first, so that a run that ends early still allows comparisons.
  var jobs: [Trial] {
    trials.filter(isToDo).enumerated().sorted {
      ($0.element.repeat, $0.offset) < ($1.element.repeat, $1.offset)
    }
    .map(\.element)
  }

  private func isToDo(_ trial: Trial) -> Bool {
    switch reports[trial.id]?.state {
    case .done: false
    case .failed: retriesFailed
    case .running, .unfinished, nil: true
    }
  }
}
