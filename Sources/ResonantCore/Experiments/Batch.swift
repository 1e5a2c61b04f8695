// SPDX-License-Identifier: MIT

import OrderedCollections

/// An experiment with its run directory: the trials that exist, those that remain, and whether the directory
/// matches the plan. Creating a `Batch` only reads.
public struct Batch: Sendable {
  /// What is done with trials that have ended.
  public struct Choices: Sendable {
    /// Whether failed trials go on.
    public var retriesFailed: Bool
    /// Whether trials go on that were made when the plan's `max_turns` was lower.
    public var extends: Bool

    public init(retriesFailed: Bool = false, extends: Bool = false) {
      self.retriesFailed = retriesFailed
      self.extends = extends
    }
  }

  public let plan: Plan
  public let directory: RunDirectory
  public let shard: Shard
  public let choices: Choices
  /// All trials of the directory when the batch was created, by id.
  private(set) var reports: OrderedDictionary<String, TrialReport> = [:]
  /// The trials of the shard; their forks belong to it, too.
  private let trials: [Trial]
  /// All trials of the plan and their forks, by id.
  private let planned: [String: Trial]
  /// The indices of all trials of the plan and their forks, by id.
  let places: [String: Int]
  private let known: TrialReports
  private let points: ForkPoints

  /// - Throws: `ConfigurationError` when existing trials were made with other options than the plan now has.
  public init(
    plan: Plan, directory: RunDirectory, shard: Shard = .whole, choices: Choices = Choices()
  ) throws(ConfigurationError) {
    self.plan = plan
    self.directory = directory
    self.shard = shard
    self.choices = choices
    known = TrialReports(directory)
    points = ForkPoints(directory, of: plan)
    let all = plan.experiment.withForks
    let planned = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.planned = planned
    places = Experiment.places(of: all)
    trials = shard.of(plan.experiment.trials)
    var stale: Set<String> = []
    var origins = ForkOrigins(directory)
    let found = try known.look { (file: TrialFile) throws(ConfigurationError) in
      guard let trial = planned[file.report.id] else { return }
      // A file without replies is begun anew.
      let isKept = file.hasReplies || file.report.state == .running
      if let problem = Self.problem(with: file, of: trial, plan, choices) {
        guard isKept else { return _ = stale.insert(trial.id) }
        throw ConfigurationError(
          OptionPlace(file: directory.transcript(of: trial)),
          problem + Self.renaming(trial, plan, problem) + ", or give the plan another name or --out")
      }
      origins.add(file, of: trial, isKept: isKept)
    }
    stale.formUnion(try origins.check(found, points))
    reports = complete(found).filter { !stale.contains($0.key) }
  }

  /// The way out where a name stands for something else than before.
  private static func renaming(_ trial: Trial, _ plan: Plan, _ problem: String) -> String {
    let names = trial.condition.values.filter {
      plan.experiment.names[$0.key] != nil && problem.contains(" \($0.key) was ")
    }
    return names.isEmpty ? "" : ", choose another name for what \(Condition.label(of: names)) stands for"
  }

  /// Why a trial's file does not match the plan, and what the user can do about it; nil when it matches.
  private static func problem(
    with file: TrialFile, of trial: Trial, _ plan: Plan, _ choices: Choices
  ) -> String? {
    if let change = change(in: file.head, file.report, of: trial, plan, choices) {
      let isRunning = file.report.state == .running
      let what = isRunning ? "is being written by another process, for which" : "was made by this plan when"
      let anew = file.report.state == .failed ? "; it has failed: delete it to hold the trial anew" : ""
      return
        "\(what) \(change.text)\(anew); put it back\(change.isRise ? ", let the trials go on with --extend" : "")"
    }
    // A trial may have been continued by other means.
    guard let most = plan.conversation(of: trial).settings.maxTurns else { return nil }
    return file.report.turns > most
      ? "has \(file.report.turns) turns, but the plan allows \(most); delete it to hold the trial again" : nil
  }

  /// How the options of a trial have changed since its transcript was started, and whether that is only that it
  /// may have more turns; nil when they have not.
  private static func change(
    in head: Transcript, _ report: TrialReport, of trial: Trial, _ plan: Plan, _ choices: Choices
  ) -> (text: String, isRise: Bool)? {
    let conversation = plan.conversation(of: trial)
    let limit = TurnLimitChange(since: head.header, report, of: conversation)
    if let change = conversation.contradiction(with: head, ignoring: "max_turns") { return (change, false) }
    if !limit.isImmaterial, !(choices.extends && limit.isRise) {
      return (limit.description, limit.isRise)
    }
    if let arm = trial.fork?.arm,
      let change = plan.experiment.perturbation?.change(since: head.header.trial, arm)
    {
      return (change, false)
    }
    return head.header.seed == conversation.settings.seed ? nil : ("it had another seed", false)
  }

  /// How the options of a trial have changed since its transcript was started; nil when they have not.
  func change(in transcript: Transcript, _ report: TrialReport, of trial: Trial) -> String? {
    Self.change(in: transcript, report, of: trial, plan, choices)?.text
  }

  /// A report in which a trial that is to go on is not finished.
  func extended(_ report: TrialReport, of trial: Trial) -> TrialReport {
    choices.extends ? report.extended(to: plan.conversation(of: trial).settings.maxTurns) : report
  }

  /// Adds conditions to the reports of unreadable files, as the plan has them, and to those of finished trials
  /// where they are forked. Leaves out unreadable files that belong to no trial of the plan.
  private func complete(
    _ reports: OrderedDictionary<String, TrialReport>
  ) -> OrderedDictionary<String, TrialReport> {
    var complete = reports
    for (id, report) in reports {
      guard let trial = planned[id] else {
        if report.repeat == 0 { complete[id] = nil }
        continue
      }
      var report = extended(report, of: trial)
      if report.repeat == 0 {
        (report.condition, report.repeat, report.fork) = (trial.condition.values, trial.repeat, trial.fork)
      }
      report.forkPoint = points.point(of: trial, report)
      complete[id] = report
    }
    return complete
  }

  /// The current state of all trials of the directory, including those of other processes.
  func look() -> OrderedDictionary<String, TrialReport> { complete(known.look()) }

  /// Records the result of a trial that this process has finished.
  func note(_ report: TrialReport) { known.note(report) }

  /// Where a trial is forked, which has just been finished; nil if it has not, or is a fork itself.
  func forkPoint(of trial: Trial, _ report: TrialReport) -> ForkPoint? { points.point(of: trial, report) }

  /// Creates the directory and writes the plan into it.
  public func prepare() throws(InvalidValue) {
    try directory.make()
    try directory.keep(plan.experiment)
  }

  /// The state of all trials of the plan, whatever the shard.
  public var status: BatchStatus { BatchStatus(Array(reports.values), of: plan) }

  /// What a fork begins with; nil for any other trial.
  ///
  /// - Throws: an error that says why its trial can't be forked.
  func branch(of trial: Trial) throws(InvalidValue) -> Branch? {
    guard let perturbation = plan.experiment.perturbation, let fork = trial.fork, let parent = trial.parent
    else { return nil }
    let path = directory.path(of: parent)
    let transcript: Transcript
    do throws(RecordError) {
      transcript = try Transcript.read(contentsOf: path).transcript
    } catch {
      throw InvalidValue(error.description)
    }
    let maxTurns = plan.conversations[plan.place(of: trial)].settings.maxTurns
    switch points.known(parent) ?? perturbation.point(in: transcript, maxTurns: maxTurns) {
    case .after(let turn):
      return Branch(of: transcript, after: turn, injecting: perturbation.injection(into: fork.arm))
    case .nowhere(let reason): throw InvalidValue("\(path) can't be forked: it is \(reason.rawValue)")
    }
  }

  /// The forks of a trial that are there or may yet come.
  func forks(of trial: Trial, _ report: TrialReport?) -> [Trial] {
    guard let perturbation = plan.experiment.perturbation, plan.mayFork(trial, report) else { return [] }
    return perturbation.numbers.compactMap { planned[trial.id(ofFork: $0)] }
  }

  /// The trials of the shard, and those of their forks that are there or may yet come.
  func expected(_ reports: OrderedDictionary<String, TrialReport>) -> [Trial] {
    trials + trials.flatMap { forks(of: $0, reports[$0.id]) }
  }

  /// The remaining work of this shard.
  public var forecast: BatchForecast {
    var forecast = BatchForecast(
      of: expected(reports).sorted { (places[$0.id] ?? 0) < (places[$1.id] ?? 0) },
      turns: { trial in isToDo(trial) ? turns(of: trial) : nil },
      isFailed: { reports[$0.id]?.state == .failed },
      budget: plan.experiment.limits.budgetTokens.map { allowed in
        (allowed, reports.values.reduce(0) { $0 + $1.usage.total })
      },
      conversation: plan.conversation)
    for trial in trials {
      let point = reports[trial.id]?.forkPoint
      forecast.unforked.add(point)
      if point == nil { forecast.add(openForks: forks(of: trial, nil).filter { reports[$0.id] == nil }) }
    }
    return forecast
  }

  /// The number of turns that a trial has, or begins with; of a fork whose trial is not finished, the least that it
  /// can begin with.
  private func turns(of trial: Trial) -> Int {
    if let report = reports[trial.id] { return report.turns }
    guard let fork = trial.fork, let parent = trial.parent, let perturbation = plan.experiment.perturbation
    else { return 0 }
    let shared: Int
    if case .after(let turn)? = reports[parent]?.forkPoint {
      shared = turn
    } else {
      shared = perturbation.fewestShared
    }
    return shared + (fork.arm == .disturbed ? 1 : 0)
  }

  /// The shard's unfinished trials, with failed ones only if they are to be retried, and the forks of finished ones.
  /// The first repeat of every condition comes first, so that a run that ends early still allows comparisons.
  var jobs: [Trial] {
    expected(reports).filter { isToDo($0) && canBegin($0) }.enumerated().sorted {
      ($0.element.repeat, $0.offset) < ($1.element.repeat, $1.offset)
    }
    .map(\.element)
  }

  /// Whether a trial can begin or go on at once: any but a fork of a trial that is not finished.
  private func canBegin(_ trial: Trial) -> Bool {
    guard let parent = trial.parent else { return true }
    return reports[trial.id] != nil || reports[parent]?.forkPoint != nil
  }

  private func isToDo(_ trial: Trial) -> Bool {
    switch reports[trial.id]?.state {
    case .done: false
    case .failed: choices.retriesFailed
    case .running, .unfinished, nil: true
    }
  }
}
