// SPDX-License-Identifier: MIT

import OrderedCollections
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The result of a batch.
public struct BatchOutcome: Sendable {
  /// The trials of the shard, forks included.
  public var counts: BatchStatus.Counts
  /// The number of the shard's failed trials that `--retry-failed` would retry.
  public var retryable: Int
  /// The number of the shard's forks left that wait for a failed trial, and so only go on with `--retry-failed`.
  public var waiting: Int
  /// The state of all trials of the plan, including other shards.
  public var status: BatchStatus
  /// The ids of trials that other processes are running.
  public var held: [String]
  /// Why the batch ended early; nil when it did not.
  public var reason: BatchControl.Reason?
  /// Errors with files other than transcripts, one sentence each.
  public var problems: [String]
  /// Whether the summary could be written.
  public var hasSummary: Bool

  /// Whether all trials of the plan are finished.
  public var isFinished: Bool {
    isComplete && status.total.failed == 0 && status.total.left == 0 && status.total.running == 0
  }

  /// Whether every trial of the shard is finished.
  public var isComplete: Bool {
    counts.failed == 0 && counts.left == 0 && counts.running == 0 && problems.isEmpty
  }
}

/// Holds the conversations of a batch concurrently, each with the `TrialRunner` that also runs single
/// conversations.
public final class BatchRunner: Sendable {
  /// What the runner needs from the machine.
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
  /// The models of each condition.
  private let models: [TrialModels]
  /// Ends the run early.
  public let control: BatchControl
  public let progress: BatchProgress

  /// The failed trials of this process, by id. They are kept here because not every failure can be recorded
  /// in a transcript.
  private let failures = Mutex<[String: TrialReport]>([:])
  /// Trials that other processes have started with other options.
  private let contradictions = Mutex<[String]>([])

  /// The time from one summary to the next: at least 30 s, and 100 times the duration of the last one, so
  /// that summaries take at most a hundredth of the run time however many trials there are.
  static func pause(afterSummaryOf cost: Duration) -> Duration { max(.seconds(30), cost * 100) }

  /// The interval between the starts of the first trials. If all started at once, their first requests would
  /// be delayed and go out together, and their replies would end together, turn after turn.
  private static let startInterval = Duration.microseconds(200)

  /// Throws when a condition has an invalid model, before any request is sent.
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
    for trial in batch.expected(batch.reports) {
      let state = batch.reports[trial.id]?.state
      start.trials.add(state == .running || state == .failed && batch.choices.retriesFailed ? nil : state)
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

  /// The number of files, including connections, that the batch needs open at once.
  public var mostOpenFiles: Int {
    let underWay = TrialQueues(batch.jobs, of: batch.plan).mostUnderWay
    return underWay + 2 * min(batch.plan.experiment.limits.concurrency, underWay) + 64
  }

  /// Runs until every trial has ended or can't continue. Cancelling the task cuts the turns in flight.
  public func run() async -> BatchOutcome {
    let jobs = batch.jobs
    if !jobs.isEmpty { heedBudget() }
    var held = await hold(jobs)
    // By now, the processes that held these trials may have finished them or died.
    if !held.isEmpty { held = await hold(held) }
    return outcome(held: held.map(\.id))
  }

  /// The final state of the directory, which includes trials that other processes have finished in the
  /// meantime.
  private func outcome(held: [String]) -> BatchOutcome {
    let lock = batch.directory.lock(patience: Task.isCancelled ? 0.5 : 2)
    defer { lock?.release() }
    let (reports, problem) = writeSummary()
    var counts = BatchStatus.Counts()
    let trials = batch.expected(reports)
    for trial in trials { counts.add(reports[trial.id]?.state) }
    return BatchOutcome(
      counts: counts,
      retryable: trials.count {
        reports[$0.id]?.state == .failed && reports[$0.id]?.isDamaged == false
      },
      waiting: trials.count { trial in
        reports[trial.id] == nil && trial.parent.map { reports[$0]?.state == .failed } == true
      },
      status: BatchStatus(Array(reports.values), of: batch.plan),
      held: held.filter { reports[$0]?.state != .done }, reason: control.reason,
      problems: contradictions.withLock { $0.prefix(1) } + [problem].compactMap(\.self),
      hasSummary: problem == nil)
  }

  /// Holds the conversations of `trials`, and the forks of those that it finishes; returns those that other
  /// processes are running.
  private func hold(_ trials: [Trial]) async -> [Trial] {
    var queues = TrialQueues(trials, of: batch.plan)
    var held: [Trial] = []
    var nextSummary = ContinuousClock.now + Self.pause(afterSummaryOf: .zero)
    await withTaskGroup(of: (job: TrialJob, report: TrialReport?).self) { tasks in
      for (index, (trial, queue)) in queues.first().enumerated() {
        let job = TrialJob(trial, queue: queue, of: self)
        tasks.addTask {
          try? await Task.sleep(for: Self.startInterval * index)
          return (job, await job.run())
        }
      }
      for await (job, report) in tasks {
        queues.end(in: job.queue)
        if let report {
          note(report)
          for fork in forks(after: report, of: job.trial) { queues.add(fork, to: job.queue) }
        } else {
          held.append(job.trial)
        }
        let now = ContinuousClock.now
        if now >= nextSummary {
          takeStock()
          nextSummary = .now + Self.pause(afterSummaryOf: now.duration(to: .now))
        }
        while !control.isDraining, !Task.isCancelled, let trial = queues.next(in: job.queue) {
          let next = TrialJob(trial, queue: job.queue, of: self)
          tasks.addTask { (next, await next.run()) }
        }
      }
    }
    return held
  }

  /// The forks that can begin, now that a trial has ended.
  private func forks(after report: TrialReport, of trial: Trial) -> [Trial] {
    switch report.forkPoint {
    case nil: return []
    // Those that are there, because the trial was finished before and has gone on, have been begun with.
    case .after?: return batch.forks(of: trial, report).filter { batch.reports[$0.id] == nil }
    case .nowhere?:
      progress.leaveOut(batch.forks(of: trial, nil).count)
      return []
    }
  }

  private func note(_ report: TrialReport) {
    failures.withLock { $0[report.id] = report.state == .failed ? report : nil }
    if report.state == .failed, let error = report.error { progress.note(failure: error) }
    batch.note(report)
  }

  /// Ends the batch: two processes with different options would leave a directory that matches neither plan.
  func note(contradiction: String) {
    contradictions.withLock { $0.append(contradiction) }
    control.drain(.contradiction)
  }

  /// Ends the batch when the token budget is used up, by this process or by others, whose use is known from
  /// the last look at the directory.
  private func heedBudget() {
    guard let budget = batch.plan.experiment.limits.budgetTokens, progress.snapshot.tokens >= budget else {
      return
    }
    control.drain(.budget)
  }

  /// Reads the directory and writes the summary, unless another process is doing so.
  private func takeStock() {
    guard let lock = batch.directory.lock(patience: 0) else { return }
    defer { lock.release() }
    progress.count(tokens: Self.tokens(writeSummary().reports))
    heedBudget()
  }

  private static func tokens(_ reports: OrderedDictionary<String, TrialReport>) -> Int {
    reports.values.reduce(0) { $0 + $1.usage.total }
  }

  /// Writes a summary of the current state of all trials, including those of other processes. Under the
  /// directory's lock, the last writer sees everything that others finished before.
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

  /// The transcript at the start of a trial. Throws if it is a fork and its trial can't be forked.
  func transcript(
    of trial: Trial, _ conversation: ResolvedConversation
  ) throws(InvalidValue) -> Transcript {
    let (id, now) = (dependencies.newID(), dependencies.now())
    var recorded = Transcript.Trial(
      experiment: batch.plan.experiment.name, condition: trial.condition.values, repeat: trial.repeat)
    guard let fork = trial.fork, let branch = try batch.branch(of: trial) else {
      return conversation.transcript(id: id, created: now, trial: recorded)
    }
    recorded.fork = Transcript.Trial.Fork(number: fork.number, injection: branch.injection)
    return branch.transcript(of: conversation, id: id, created: now, trial: recorded)
  }
}
