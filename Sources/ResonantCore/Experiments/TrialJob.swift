// SPDX-License-Identifier: MIT

/// One trial on its way through a batch: from its transcript's file, whether it is there or not, to its report.
struct TrialJob: Sendable {
  let trial: Trial
  /// Its line among `TrialLines`.
  let line: Int
  private let runner: BatchRunner
  private let models: TrialModels
  /// What was known before it began.
  private let before: TrialReport

  /// From now on until it has run, its endpoint is known to be wanted.
  init(_ trial: Trial, line: Int, of runner: BatchRunner) {
    self.trial = trial
    self.line = line
    self.runner = runner
    models = runner.models(of: trial)
    before = TrialReport(
      id: trial.id, condition: trial.condition.values, repeat: trial.repeat, state: .unfinished)
    models.onlyGate?.addActiveTrials(1)
  }

  /// Takes the trial to its end, or as far as it gets. Returns what became of it; nil when another process is at work
  /// on it.
  func run() async -> TrialReport? {
    defer { models.onlyGate?.addActiveTrials(-1) }
    guard !runner.control.isDraining, !Task.isCancelled else {
      return runner.batch.reports[trial.id] ?? before
    }
    let file: RecordWriter.Resumed
    do throws(RecordError) {
      file = try await open()
    } catch {
      return error.kind == .inUse ? nil : refuse(error)
    }
    runner.progress.begin()
    var report = await hold(file)
    do throws(RecordError) {
      try await file.writer.close()
    } catch {
      report.fail(error.description)
    }
    runner.progress.end(report.state)
    return report
  }

  // MARK: The file

  private var path: String { runner.batch.directory.transcript(of: trial) }

  /// Opens the transcript's file, whether it is there or not.
  private func open() async throws(RecordError) -> RecordWriter.Resumed {
    var patience = 3
    while true {
      do throws(RecordError) {
        return try await take()
      } catch {
        guard error.kind == .inUse, patience > 0 else { throw error }
      }
      patience -= 1
      // Somebody may just be looking whether the file is taken, which takes it for a moment.
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  /// A file that was begun with other options, but in which nothing stands yet, is emptied.
  private func take() async throws(RecordError) -> RecordWriter.Resumed {
    do throws(RecordError) {
      let writer = try await RecordWriter.create(path, store: runner.dependencies.records)
      return RecordWriter.Resumed(writer: writer, transcript: nil, warnings: [])
    } catch {
      guard error.kind == .exists else { throw error }
    }
    let file = try await RecordWriter.resume(path, store: runner.dependencies.records)
    guard let transcript = file.transcript, !transcript.hasReplies,
      runner.batch.change(in: transcript, of: trial) != nil
    else { return file }
    try await file.writer.clear()
    return RecordWriter.Resumed(writer: file.writer, transcript: nil, warnings: [])
  }

  private func refuse(_ error: RecordError) -> TrialReport {
    var report = before
    runner.progress.begin()
    switch error.kind {
    case .malformed, .notTranscript: report.damage(error.description)
    default: report.fail(error.description)
    }
    runner.progress.end(.failed)
    return report
  }

  // MARK: The conversation

  /// Holds the conversation, unless what is in the file says that there is none to hold.
  private func hold(_ file: RecordWriter.Resumed) async -> TrialReport {
    var report = before
    guard let prepared = prepare(file, &report) else { return report }
    let result = await runner.trialRunner.run(
      prepared, observers: [TrialCounter(runner)], drain: runner.control.draining)
    if let end = result.end {
      report.take(end)
    } else {
      report.fail(result.problems.joined(separator: "; "))
    }
    return report
  }

  /// The conversation that is to be held; nil when there is none, for which the report says why.
  ///
  /// Not inlined into `hold`, whose frame would have 4 KB more for each conversation that waits for a reply.
  @inline(never)
  private func prepare(_ file: RecordWriter.Resumed, _ report: inout TrialReport) -> PreparedTrial? {
    if let transcript = file.transcript {
      // Another process, or another program, has begun it meanwhile.
      if let change = runner.batch.change(in: transcript, of: trial) {
        let problem = "\(path) was begun by another process when \(change)"
        report.fail(problem)
        runner.note(contradiction: problem)
        return nil
      }
      report.take(transcript)
      // Another process has ended it meanwhile.
      if report.state == .done || report.state == .failed && !runner.batch.retriesFailed { return nil }
    }
    let conversation = runner.batch.plan.conversation(of: trial)
    return PreparedTrial(
      conversation, models: models.models,
      transcript: file.transcript ?? runner.transcript(of: trial, conversation), record: file.writer)
  }
}

/// Counts what a conversation of a batch does, and ends the batch when its tokens are used up.
private struct TrialCounter: ConversationObserver {
  private let progress: BatchProgress
  private let budget: Int?
  private let control: BatchControl

  init(_ runner: BatchRunner) {
    progress = runner.progress
    budget = runner.batch.plan.experiment.limits.budgetTokens
    control = runner.control
  }

  func observe(_ event: ConversationEvent) {
    switch event {
    case .asked(_, _, let attempt):
      attempt.followNotices { [progress] in
        if case .retry(_, let reason, _) = $0 { progress.note(retry: reason) }
      }
    case .spoke(let turn, _):
      let tokens = progress.add(turn)
      if let budget, tokens >= budget { control.drain(.budget) }
    case .began, .occurred, .ended: break
    }
  }
}
