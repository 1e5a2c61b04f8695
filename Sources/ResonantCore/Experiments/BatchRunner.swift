// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What became of a batch.
public struct BatchOutcome: Sendable {
  /// The trials of the shard.
  public var counts: BatchStatus.Counts
  /// All trials of the plan, also those of other shards.
  public var status: BatchStatus
  /// Ids of trials that other processes are at work on.
  public var held: [String]
  /// Why the batch was ended early; nil when it was not.
  public var reason: BatchControl.Reason?
  /// What went wrong with files that hold no conversation, a sentence each.
  public var problems: [String]

  /// Every trial of the shard is finished.
  public var isComplete: Bool {
    counts.failed == 0 && counts.left == 0 && counts.running == 0 && problems.isEmpty
  }
}

/// Holds the conversations of a batch, many at once, each by the same `TrialRunner` that holds a single one.
public struct BatchRunner: Sendable {
  /// What the runner takes from the machine.
  public struct Surroundings: Sendable {
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
  let runner: TrialRunner
  let network: EndpointNetwork
  let limits: RequestLimits
  let surroundings: Surroundings
  /// Ends the run early.
  public let control: BatchControl
  public let progress: BatchProgress

  private static let summaryInterval = Duration.seconds(30)
  /// Between the starts of the first conversations, so that they don't all knock at once.
  private static let spread = Duration.milliseconds(2)

  public init(_ batch: Batch, runner: TrialRunner, network: EndpointNetwork, surroundings: Surroundings) {
    self.batch = batch
    self.runner = runner
    self.network = network
    limits = RequestLimits(concurrency: batch.plan.experiment.limits.concurrency, lanes: batch.plan.lanes)
    self.surroundings = surroundings
    control = BatchControl(limits)
    var start = BatchProgress.Snapshot()
    for trial in batch.trials {
      let state = batch.files[trial.id]?.report.state
      start.trials.add(state == .running || state == .failed && batch.retriesFailed ? nil : state)
    }
    start.tokens = batch.files.values.reduce(0) { $0 + $1.report.usage.total }
    progress = BatchProgress(start)
  }

  /// Makes the models of every condition once, so that what is wrong with one shows before anything is sent.
  public func check() throws(InvalidValue) {
    for (condition, conversation) in zip(batch.plan.experiment.conditions, batch.plan.conversations) {
      let trial = Trial(condition: condition, repeat: 1)
      do {
        _ = try PreparedTrial(conversation, transcript: transcript(of: trial, conversation), network: network)
      } catch {
        throw InvalidValue("in the condition \(condition.label): \(error)")
      }
    }
  }

  /// How many files the batch needs open at once, its connections included.
  public var mostOpenFiles: Int {
    TrialLines(batch.jobs, of: batch.plan).mostUnderWay + 2 * batch.plan.experiment.limits.concurrency + 64
  }

  /// Runs until every trial is over, or as many as can be. Cancelling the task cuts the turns in flight.
  public func run() async -> BatchOutcome {
    if let budget = batch.plan.experiment.limits.budgetTokens, progress.snapshot.tokens >= budget {
      control.drain(.budget)
    }
    var held = await hold(batch.jobs)
    // Whoever held them may be done by now, or gone.
    if !held.isEmpty { held = await hold(held) }
    let reports = batch.directory.files().mapValues(\.report)
    var outcome = BatchOutcome(
      counts: progress.snapshot.trials,
      status: BatchStatus(Array(reports.values), of: batch.plan.experiment), held: held.map(\.id),
      reason: control.reason, problems: [])
    if let problem = write(reports) { outcome.problems.append(problem) }
    return outcome
  }

  private struct Ending: Sendable {
    var trial: Trial
    var line: Int
    /// Nil when another process is at work on it.
    var report: TrialReport?
  }

  /// Holds the conversations of `trials`; returns those that others are at work on.
  private func hold(_ trials: [Trial]) async -> [Trial] {
    var lines = TrialLines(trials, of: batch.plan)
    var reports = batch.files.mapValues(\.report)
    var held: [Trial] = []
    let clock = ContinuousClock()
    var written = clock.now
    await withTaskGroup(of: Ending.self) { tasks in
      for (index, (trial, line)) in lines.first().enumerated() {
        tasks.addTask {
          try? await clock.sleep(for: Self.spread * index)
          return Ending(trial: trial, line: line, report: await take(trial))
        }
      }
      for await ending in tasks {
        if let report = ending.report { reports[report.id] = report } else { held.append(ending.trial) }
        if clock.now - written >= Self.summaryInterval {
          written = clock.now
          _ = write(reports)
        }
        guard !control.isDraining, !Task.isCancelled, let trial = lines.next(in: ending.line) else {
          continue
        }
        tasks.addTask { Ending(trial: trial, line: ending.line, report: await take(trial)) }
      }
    }
    return held
  }

  /// Returns what is wrong when the summary can't be written.
  private func write(_ reports: OrderedDictionary<String, TrialReport>) -> String? {
    do {
      try batch.directory.write(Summary(Array(reports.values), of: batch.plan.experiment))
      return nil
    } catch {
      return error.description
    }
  }
}

// MARK: - One trial

extension BatchRunner {
  /// Takes a trial to its end, or as far as it gets; nil when another process is at work on it.
  private func take(_ trial: Trial) async -> TrialReport? {
    var report = TrialReport(
      id: trial.id, condition: trial.condition.values, repeat: trial.repeat, state: .unfinished)
    if control.isDraining || Task.isCancelled { return batch.files[trial.id]?.report ?? report }
    let file: RecordWriter.Resumed
    do {
      file = try await open(batch.directory.transcript(of: trial))
    } catch {
      if error.kind == .inUse { return nil }
      report.state = .failed
      report.error = error.description
      progress.begin()
      progress.end(.failed)
      return report
    }
    progress.begin()
    report = await hold(trial, in: file, report)
    progress.end(report.state)
    return report
  }

  /// Opens a transcript whether it is there or not.
  private func open(_ path: String) async throws(RecordError) -> RecordWriter.Resumed {
    do {
      let writer = try await RecordWriter.create(path, store: surroundings.records)
      return RecordWriter.Resumed(writer: writer, transcript: nil, warnings: [])
    } catch {
      guard error.kind == .exists else { throw error }
      return try await RecordWriter.resume(path, store: surroundings.records)
    }
  }

  private func hold(_ trial: Trial, in file: RecordWriter.Resumed, _ start: TrialReport) async -> TrialReport
  {
    var report = start
    if let transcript = file.transcript {
      report.take(transcript)
      // Another process has ended it meanwhile.
      if report.state == .done || report.state == .failed && !batch.retriesFailed { return report }
    }
    do {
      let (prepared, gates) = try prepare(trial, file)
      let watch = TrialWatch(
        progress: progress, budget: batch.plan.experiment.limits.budgetTokens, control: control, gates: gates)
      gates.begin()
      defer { gates.end() }
      let result = await runner.run(prepared, observers: [watch], isDraining: { control.isDraining })
      if let end = result.end { report.take(end) }
      if result.end == nil { report.fail(result.problems.joined(separator: "; ")) }
    } catch {
      report.fail(error.description)
    }
    do {
      try await file.writer.close()
    } catch {
      report.fail(error.description)
    }
    return report
  }

  /// Not inlined: its many values are not to stay in the frame of an async call while the conversation is held.
  @inline(never)
  private func prepare(
    _ trial: Trial, _ file: RecordWriter.Resumed
  ) throws(InvalidValue) -> (PreparedTrial, TrialGates) {
    let conversation = batch.plan.conversation(of: trial)
    let gates = TrialGates(for: conversation.participants, in: limits)
    let prepared = try PreparedTrial(
      conversation, transcript: file.transcript ?? transcript(of: trial, conversation),
      network: gates.network(network))
    let models = gates.builtin(prepared.models)
    return (prepared.recorded(in: file.writer).speaking(through: models), gates)
  }

  private func transcript(of trial: Trial, _ conversation: ResolvedConversation) -> Transcript {
    var header = Transcript.Header(
      id: surroundings.newID(), created: surroundings.now(), program: Version.program,
      seed: conversation.settings.seed, participants: conversation.facts, settings: conversation.recorded)
    header.trial = Transcript.Trial(
      experiment: batch.plan.experiment.name, condition: trial.condition.values, repeat: trial.repeat)
    return Transcript(header: header, preambles: conversation.preambles)
  }
}

extension TrialReport {
  fileprivate mutating func fail(_ message: String) {
    state = .failed
    reason = .error
    error = message
  }
}

/// Counts what a conversation of a batch does, and ends the batch when its tokens are used up.
private struct TrialWatch: ConversationObserver {
  let progress: BatchProgress
  let budget: Int?
  let control: BatchControl
  let gates: TrialGates

  func observe(_ event: ConversationEvent) {
    guard case .spoke(let turn, _) = event else { return }
    let tokens = progress.add(turn)
    if let budget, tokens >= budget { control.drain(.budget) }
    gates.settle()
  }
}
