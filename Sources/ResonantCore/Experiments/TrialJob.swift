// SPDX-License-Identifier: MIT

import Synchronization

/// One trial on its way through a batch: from its transcript's file, whether it is there or not, to its report.
///
/// Thousands of conversations wait in the frames of `run` and of what it calls. So values are kept in objects, and
/// what is done before and after a conversation is not inlined into the calls that wait for it.
final class TrialJob: Sendable {
  let trial: Trial
  /// Its line among `TrialLines`.
  let line: Int
  private let batch: BatchRunner
  private let state = Mutex<TrialReport?>(nil)

  init(_ trial: Trial, line: Int, of batch: BatchRunner) {
    self.trial = trial
    self.line = line
    self.batch = batch
  }

  /// What became of it, once it has run; nil when another process is at work on it.
  private(set) var report: TrialReport? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }

  /// Takes the trial to its end, or as far as it gets.
  func run() async -> TrialJob {
    guard mayBegin(), let file = await open() else { return self }
    if let course = begin(in: file) {
      let result = await batch.runner.run(
        course.prepared, observers: [course.watch], isDraining: course.isDraining)
      end(course, result)
    }
    await close(file)
    batch.progress.end(report?.state ?? .unfinished)
    return self
  }

  /// A conversation that is held.
  private final class Course: Sendable {
    let prepared: PreparedTrial
    let watch: TrialWatch

    init(_ prepared: PreparedTrial, _ watch: TrialWatch) {
      self.prepared = prepared
      self.watch = watch
    }

    var isDraining: @Sendable () -> Bool { { [watch] in watch.control.isDraining } }
  }

  /// False when no conversation is to begin any more: the report is what there was before.
  @inline(never)
  private func mayBegin() -> Bool {
    report = TrialReport(
      id: trial.id, condition: trial.condition.values, repeat: trial.repeat, state: .unfinished)
    guard batch.control.isDraining || Task.isCancelled else { return true }
    if let before = batch.batch.files[trial.id] { report = before.report }
    return false
  }

  /// Opens the transcript's file; nil when that fails or another process has it.
  private func open() async -> RecordWriter.Resumed? {
    do {
      let file = try await resumed(batch.batch.directory.transcript(of: trial))
      batch.progress.begin()
      return file
    } catch {
      refuse(error)
      return nil
    }
  }

  private func resumed(_ path: String) async throws(RecordError) -> RecordWriter.Resumed {
    let records = batch.surroundings.records
    do {
      let writer = try await RecordWriter.create(path, store: records)
      return RecordWriter.Resumed(writer: writer, transcript: nil, warnings: [])
    } catch {
      guard error.kind == .exists else { throw error }
      return try await RecordWriter.resume(path, store: records)
    }
  }

  @inline(never)
  private func refuse(_ error: RecordError) {
    guard error.kind != .inUse else { return report = nil }
    batch.progress.begin()
    report?.fail(error.description)
    batch.progress.end(.failed)
  }

  /// Prepares the conversation; nil when there is none to hold.
  @inline(never)
  private func begin(in file: RecordWriter.Resumed) -> Course? {
    if let transcript = file.transcript {
      report?.take(transcript)
      // Another process has ended it meanwhile.
      let state = report?.state
      if state == .done || state == .failed && !batch.batch.retriesFailed { return nil }
    }
    do {
      let conversation = batch.batch.plan.conversation(of: trial)
      let gates = TrialGates(for: conversation.participants, in: batch.limits)
      let prepared = try PreparedTrial(
        conversation, transcript: file.transcript ?? batch.transcript(of: trial, conversation),
        network: gates.network(batch.network))
      let watch = TrialWatch(batch, gates)
      gates.begin()
      let models = gates.builtin(prepared.models)
      return Course(prepared.recorded(in: file.writer).speaking(through: models), watch)
    } catch {
      report?.fail(error.description)
      return nil
    }
  }

  @inline(never)
  private func end(_ course: Course, _ result: TrialResult) {
    course.watch.gates.end()
    if let end = result.end {
      report?.take(end)
    } else {
      report?.fail(result.problems.joined(separator: "; "))
    }
  }

  private func close(_ file: RecordWriter.Resumed) async {
    do {
      try await file.writer.close()
    } catch {
      report?.fail(error.description)
    }
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

  init(_ batch: BatchRunner, _ gates: TrialGates) {
    progress = batch.progress
    budget = batch.batch.plan.experiment.limits.budgetTokens
    control = batch.control
    self.gates = gates
  }

  func observe(_ event: ConversationEvent) {
    guard case .spoke(let turn, _) = event else { return }
    let tokens = progress.add(turn)
    if let budget, tokens >= budget { control.drain(.budget) }
    gates.settle()
  }
}
