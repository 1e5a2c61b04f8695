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
  private let runner: BatchRunner
  private let conversation: ResolvedConversation
  private let gates: TrialGates
  private let state = Mutex<TrialReport?>(nil)

  /// From now on until it has run, its endpoint is known to be wanted.
  init(_ trial: Trial, line: Int, of runner: BatchRunner) {
    self.trial = trial
    self.line = line
    self.runner = runner
    conversation = runner.batch.plan.conversation(of: trial)
    gates = TrialGates(for: conversation.participants, in: runner.limits)
    gates.begin()
  }

  /// What became of it, once it has run; nil when another process is at work on it.
  private(set) var report: TrialReport? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }

  /// Takes the trial to its end, or as far as it gets.
  func run() async -> TrialJob {
    if mayBegin(), let file = await open() {
      let writer = file.writer
      if let course = begin(in: file) { await hold(course) }
      await close(writer)
      end()
    }
    gates.end()
    return self
  }

  private func hold(_ course: Course) async {
    let result = await runner.trialRunner.run(
      course.prepared, observers: [course.watch], drain: runner.control.draining)
    end(course, result)
  }

  /// A conversation that is held.
  private final class Course: Sendable {
    let prepared: PreparedTrial
    let watch: TrialWatch

    init(_ prepared: PreparedTrial, _ watch: TrialWatch) {
      self.prepared = prepared
      self.watch = watch
    }
  }

  /// False when no conversation is to begin any more: the report is what there was before.
  @inline(never)
  private func mayBegin() -> Bool {
    report = TrialReport(
      id: trial.id, condition: trial.condition.values, repeat: trial.repeat, state: .unfinished)
    guard runner.control.isDraining || Task.isCancelled else { return true }
    if let before = runner.batch.reports[trial.id] { report = before }
    return false
  }

  /// Opens the transcript's file; nil when that fails or another process has it.
  private func open() async -> RecordWriter.Resumed? {
    do {
      let file = try await patiently { () async throws(RecordError) in try await self.take() }
      runner.progress.begin()
      return file
    } catch {
      refuse(error)
      return nil
    }
  }

  /// Somebody may just be looking whether the file is taken, which takes it for a moment.
  private func patiently(
    _ open: () async throws(RecordError) -> RecordWriter.Resumed
  ) async throws(RecordError) -> RecordWriter.Resumed {
    for _ in 1...3 {
      do {
        return try await open()
      } catch {
        guard error.kind == .inUse else { throw error }
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
    return try await open()
  }

  /// Whether the file is there or not. One that was begun with other options, but in which nothing stands yet, is
  /// emptied.
  private func take() async throws(RecordError) -> RecordWriter.Resumed {
    let path = runner.batch.directory.transcript(of: trial)
    do {
      let writer = try await RecordWriter.create(path, store: runner.surroundings.records)
      return RecordWriter.Resumed(writer: writer, transcript: nil, warnings: [])
    } catch {
      guard error.kind == .exists else { throw error }
    }
    return try await reopen(path)
  }

  @inline(never)
  private func reopen(_ path: String) async throws(RecordError) -> RecordWriter.Resumed {
    let file = try await RecordWriter.resume(path, store: runner.surroundings.records)
    guard let transcript = file.transcript, !transcript.hasReplies,
      runner.batch.change(in: transcript, of: trial) != nil
    else { return file }
    try await file.writer.clear()
    return RecordWriter.Resumed(writer: file.writer, transcript: nil, warnings: [])
  }

  @inline(never)
  private func refuse(_ error: RecordError) {
    guard error.kind != .inUse else { return report = nil }
    runner.progress.begin()
    report?.fail(error.description)
    runner.progress.end(.failed)
  }

  /// Prepares the conversation; nil when there is none to hold.
  @inline(never)
  private func begin(in file: RecordWriter.Resumed) -> Course? {
    if let transcript = file.transcript {
      // Another process, or another program, has begun it meanwhile.
      if let change = runner.batch.change(in: transcript, of: trial) {
        let path = runner.batch.directory.transcript(of: trial)
        report?.fail("\(path) was begun by another process when \(change)")
        if let problem = report?.error { runner.note(contradiction: problem) }
        return nil
      }
      report?.take(transcript)
      // Another process has ended it meanwhile.
      let state = report?.state
      if state == .done || state == .failed && !runner.batch.retriesFailed { return nil }
    }
    do {
      let prepared = try PreparedTrial(
        conversation, transcript: file.transcript ?? runner.transcript(of: trial, conversation),
        network: gates.network(runner.network))
      let watch = TrialWatch(runner, gates)
      let models = gates.builtin(prepared.models)
      return Course(prepared.recorded(in: file.writer).speaking(through: models), watch)
    } catch {
      report?.fail(error.description)
      return nil
    }
  }

  @inline(never)
  private func end(_ course: Course, _ result: TrialResult) {
    if let end = result.end {
      report?.take(end)
    } else {
      report?.fail(result.problems.joined(separator: "; "))
    }
  }

  private func close(_ writer: RecordWriter) async {
    do {
      try await writer.close()
    } catch {
      fail(error)
    }
  }

  @inline(never)
  private func fail(_ error: RecordError) { report?.fail(error.description) }

  @inline(never)
  private func end() { runner.progress.end(report?.state ?? .unfinished) }
}

/// Counts what a conversation of a batch does, and ends the batch when its tokens are used up.
private struct TrialWatch: ConversationObserver {
  let progress: BatchProgress
  let budget: Int?
  let control: BatchControl
  let gates: TrialGates

  init(_ runner: BatchRunner, _ gates: TrialGates) {
    progress = runner.progress
    budget = runner.batch.plan.experiment.limits.budgetTokens
    control = runner.control
    self.gates = gates
  }

  func observe(_ event: ConversationEvent) {
    guard case .spoke(let turn, _) = event else { return }
    let tokens = progress.add(turn)
    if let budget, tokens >= budget { control.drain(.budget) }
    gates.settle()
  }
}
