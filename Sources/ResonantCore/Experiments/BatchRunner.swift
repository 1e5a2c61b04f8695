// SPDX-License-Identifier: MIT

import OrderedCollections
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What became of a batch.
public struct BatchOutcome: Sendable {
  /// The trials of the shard.
  public var counts: BatchStatus.Counts
  /// The shard's failed trials that `--retry-failed` would try again.
  public var retryable: Int
  /// All trials of the plan, also those of other shards.
  public var status: BatchStatus
  /// Ids of trials that other processes are at work on.
  public var held: [String]
  /// Why the batch was ended early; nil when it was not.
  public var reason: BatchControl.Reason?
  /// What went wrong with files that hold no conversation, a sentence each.
  public var problems: [String]
  /// Whether the summary could be written.
  public var hasSummary: Bool

  /// Every trial of the shard is finished.
  public var isComplete: Bool {
    counts.failed == 0 && counts.left == 0 && counts.running == 0 && problems.isEmpty
  }
}

/// Holds the conversations of a batch, many at once, each by the same `TrialRunner` that holds a single one.
public final class BatchRunner: Sendable {
  /// What the runner takes from the machine.
  public struct Dependencies: Sendable {
    public var now: @Sendable () -> Date
    /// Sixteen random hexadecimal digits.
    public var newID: @Sendable () -> String
    public var records: RecordStore

    public init(
      now: @escaping @Sendable () -> Date, newID: @escaping @Sendable () -> String, records: RecordStore
    ) {
      self.now = now
      self.newID = newID
      self.records = records
    }
  }

  let batch: Batch
  let trialRunner: TrialRunner
  public let limits: RequestLimits
  let dependencies: Dependencies
  /// Of each condition.
  private let models: [TrialModels]
  /// Ends the run early.
  public let control: BatchControl
  public let progress: BatchProgress

  /// Trials of this process that failed, by id: not every failure can be written into a transcript.
  private let failures = Mutex<[String: TrialReport]>([:])
  /// Trials that others have begun with other options.
  private let contradictions = Mutex<[String]>([])

  /// How long the summary may be out of date, unless it takes long to write: at most a hundredth of the time is spent
  /// on it, however many trials are finished.
  static func pause(afterSummaryOf cost: Duration) -> Duration { max(.seconds(30), cost * 100) }

  /// Time from the start of one of the first trials to the next. Were all let loose at once, their requests would go
  /// out late and together, and their replies would end together, turn after turn.
  private static let startInterval = Duration.microseconds(200)

  /// Throws what is wrong with the models of a condition, before anything is sent.
  public init(
    _ batch: Batch, runner: TrialRunner, network: EndpointNetwork, dependencies: Dependencies
  ) throws(InvalidValue) {
    self.batch = batch
    trialRunner = runner
    let limits = RequestLimits(concurrency: batch.plan.experiment.limits.concurrency, lanes: batch.plan.lanes)
    self.limits = limits
    models = try Self.models(of: batch.plan, in: limits, network)
    self.dependencies = dependencies
    control = BatchControl(limits)
    var start = BatchProgress.Snapshot()
    for trial in batch.trials {
      let state = batch.reports[trial.id]?.state
      start.trials.add(state == .running || state == .failed && batch.retriesFailed ? nil : state)
    }
    start.tokens = Self.tokens(batch.reports)
    progress = BatchProgress(start)
  }

  private static func models(
    of plan: Plan, in limits: RequestLimits, _ network: EndpointNetwork
  ) throws(InvalidValue) -> [TrialModels] {
    var network = network
    network.gate = { limits.gate(for: $0) }
    var models: [TrialModels] = []
    for (condition, conversation) in zip(plan.experiment.conditions, plan.conversations) {
      do {
        models.append(try TrialModels(of: conversation, in: limits, network))
      } catch {
        throw InvalidValue("in the condition \(condition.label): \(error)")
      }
    }
    return models
  }

  func models(of trial: Trial) -> TrialModels { models[batch.plan.place(of: trial)] }

  /// How many files the batch needs open at once, its connections included.
  public var mostOpenFiles: Int {
    let underWay = TrialLines(batch.jobs, of: batch.plan).mostUnderWay
    return underWay + 2 * min(batch.plan.experiment.limits.concurrency, underWay) + 64
  }

  /// Runs until every trial is over, or as many as can be. Cancelling the task cuts the turns in flight.
  public func run() async -> BatchOutcome {
    let jobs = batch.jobs
    if !jobs.isEmpty { heedBudget() }
    var held = await hold(jobs)
    // Whoever held them may be done by now, or gone.
    if !held.isEmpty { held = await hold(held) }
    return outcome(held: held.map(\.id))
  }

  /// What the directory says in the end: others may have finished meanwhile what they held.
  private func outcome(held: [String]) -> BatchOutcome {
    let lock = batch.directory.lock(patience: Task.isCancelled ? 0.5 : 2)
    defer { lock?.release() }
    let (reports, problem) = writeSummary()
    var counts = BatchStatus.Counts()
    for trial in batch.trials { counts.add(reports[trial.id]?.state) }
    return BatchOutcome(
      counts: counts,
      retryable: batch.trials.count {
        reports[$0.id]?.state == .failed && reports[$0.id]?.isDamaged == false
      },
      status: BatchStatus(Array(reports.values), of: batch.plan.experiment),
      held: held.filter { reports[$0]?.state != .done }, reason: control.reason,
      problems: contradictions.withLock { $0.prefix(1) } + [problem].compactMap(\.self),
      hasSummary: problem == nil)
  }

  /// Holds the conversations of `trials`; returns those that others are at work on.
  private func hold(_ trials: [Trial]) async -> [Trial] {
    var lines = TrialLines(trials, of: batch.plan)
    var held: [Trial] = []
    var nextSummary = ContinuousClock.now + Self.pause(afterSummaryOf: .zero)
    await withTaskGroup(of: (job: TrialJob, report: TrialReport?).self) { tasks in
      for (index, (trial, line)) in lines.first().enumerated() {
        let job = TrialJob(trial, line: line, of: self)
        tasks.addTask {
          try? await Task.sleep(for: Self.startInterval * index)
          return (job, await job.run())
        }
      }
      for await (job, report) in tasks {
        if let report { note(report) } else { held.append(job.trial) }
        let now = ContinuousClock.now
        if now >= nextSummary {
          takeStock()
          nextSummary = .now + Self.pause(afterSummaryOf: now.duration(to: .now))
        }
        guard !control.isDraining, !Task.isCancelled, let trial = lines.next(in: job.line) else { continue }
        let next = TrialJob(trial, line: job.line, of: self)
        tasks.addTask { (next, await next.run()) }
      }
    }
    return held
  }

  private func note(_ report: TrialReport) {
    failures.withLock { $0[report.id] = report.state == .failed ? report : nil }
    if report.state == .failed, let error = report.error { progress.note(failure: error) }
    batch.note(report)
  }

  /// Two processes with different options would leave a directory with which neither can go on.
  func note(contradiction: String) {
    contradictions.withLock { $0.append(contradiction) }
    control.drain(.contradiction)
  }

  /// Other processes use tokens, too, of which this one learns whenever it looks at the directory.
  private func heedBudget() {
    guard let budget = batch.plan.experiment.limits.budgetTokens, progress.snapshot.tokens >= budget else {
      return
    }
    control.drain(.budget)
  }

  /// Looks at the directory and writes the summary, unless another process is just doing that.
  private func takeStock() {
    guard let lock = batch.directory.lock(patience: 0) else { return }
    defer { lock.release() }
    progress.count(tokens: Self.tokens(writeSummary().reports))
    heedBudget()
  }

  private static func tokens(_ reports: OrderedDictionary<String, TrialReport>) -> Int {
    reports.values.reduce(0) { $0 + $1.usage.total }
  }

  /// Writes what is known now of all trials, also those of other processes. Under the directory's lock whoever
  /// writes last has seen what all others have finished before.
  private func writeSummary() -> (reports: OrderedDictionary<String, TrialReport>, problem: String?) {
    var reports = batch.look()
    let failures = failures.withLock { $0 }
    for (id, failure) in failures {
      let report = reports[id]
      if ![.done, .running].contains(report?.state), report?.isDamaged != true { reports[id] = failure }
    }
    do {
      try batch.directory.write(
        Summary(Array(reports.values), of: batch.plan.experiment, places: batch.places))
      return (reports, nil)
    } catch {
      return (reports, error.description)
    }
  }

  /// The transcript with which a trial begins.
  func transcript(of trial: Trial, _ conversation: ResolvedConversation) -> Transcript {
    conversation.transcript(
      id: dependencies.newID(), created: dependencies.now(),
      trial: Transcript.Trial(
        experiment: batch.plan.experiment.name, condition: trial.condition.values, repeat: trial.repeat))
  }
}
