// SPDX-License-Identifier: MIT

import OrderedCollections

/// An experiment with its run directory: what there is, what is to do, and whether the two go together. Making one
/// only reads.
public struct Batch: Sendable {
  public let plan: Plan
  public let directory: RunDirectory
  public let shard: Shard
  /// Whether failed trials are tried again.
  public let retriesFailed: Bool
  /// All trials of the directory when it was last looked at, by id.
  let reports: OrderedDictionary<String, TrialReport>
  /// The shard's.
  let trials: [Trial]
  /// All of the plan, by id.
  private let planned: [String: Trial]
  /// Of all of the plan, by id.
  let places: [String: Int]
  private let known: TrialReports

  /// - Throws: `ConfigurationError` when trials were made with other options than the plan has now.
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
    // Nothing stands in them, so their trials begin anew.
    let again = Set(stale)
    reports = Self.complete(found, planned).filter { !again.contains($0.key) }
  }

  /// Why a trial's file does not go with the plan, and what can be done about it; nil when it does.
  private static func problem(with file: TrialFile, of trial: Trial, _ plan: Plan) -> String? {
    if let change = change(in: file.head, of: trial, plan) {
      let isRunning = file.report.state == .running
      let what = isRunning ? "is being written by another process, for which" : "was made by this plan when"
      let anew = file.report.state == .failed ? "; it has failed: delete it to hold the trial anew" : ""
      return "\(what) \(change)\(anew); put it back"
    }
    // `resonant resume` can take a trial further than its plan does.
    let most = plan.conversation(of: trial).settings.maxTurns
    return file.report.turns > most
      ? "has \(file.report.turns) turns, but the plan allows \(most); delete it to hold the trial again" : nil
  }

  /// How the options of a trial have changed since its transcript was begun; nil when they have not.
  private static func change(in transcript: Transcript, of trial: Trial, _ plan: Plan) -> String? {
    let conversation = plan.conversation(of: trial)
    if let change = conversation.contradiction(with: transcript) { return change }
    return transcript.header.seed == conversation.settings.seed ? nil : "it had another seed"
  }

  func change(in transcript: Transcript, of trial: Trial) -> String? {
    Self.change(in: transcript, of: trial, plan)
  }

  /// Files that can't be read tell of no condition: the plan does, and what is none of its trials is left out.
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

  /// All trials of the directory as they are now, also those of other processes.
  func look() -> OrderedDictionary<String, TrialReport> { Self.complete(known.look(), planned) }

  /// Takes over what became of a trial that this process has finished.
  func note(_ report: TrialReport) { known.note(report) }

  /// Makes the directory and keeps the plan in it.
  public func prepare() throws(InvalidValue) {
    try directory.make()
    try directory.keep(plan.experiment)
  }

  /// The state of all trials of the plan, whatever the shard.
  public var status: BatchStatus { BatchStatus(Array(reports.values), of: plan.experiment) }

  /// What is to do for this shard.
  public var forecast: BatchForecast {
    BatchForecast(
      of: trials,
      turns: { trial in isToDo(trial) ? reports[trial.id]?.turns ?? 0 : nil },
      isFailed: { reports[$0.id]?.state == .failed },
      budget: plan.experiment.limits.budgetTokens.map { allowed in
        (allowed, reports.values.reduce(0) { $0 + $1.usage.total })
      },
      conversation: { trial in
        let conversation = plan.conversation(of: trial)
        return (conversation.participants, conversation.settings)
      })
  }

  /// The shard's trials that are not finished, failed ones only where they are to be tried again.
  /// The first repeat of all conditions comes first, so that a run that ends early can be compared.
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
