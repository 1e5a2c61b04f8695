// SPDX-License-Identifier: MIT

/// Runs one trial of a batch: opens or creates its transcript, holds the conversation, and reports the
/// result.
struct TrialJob: Sendable {
  let trial: Trial
  /// The index of its queue in `TrialQueues`.
  let queue: Int
  private let runner: BatchRunner
  private let models: TrialModels
  /// The report of a trial that has not begun. Computed, since a job is kept for as long as its conversation lasts.
  private var before: TrialReport {
    TrialReport(
      id: trial.id, condition: trial.condition.values, repeat: trial.repeat, fork: trial.fork,
      state: .unfinished)
  }

  /// Counts the trial as active at its only endpoint until `run` returns.
  init(_ trial: Trial, queue: Int, of runner: BatchRunner) {
    self.trial = trial
    self.queue = queue
    self.runner = runner
    models = runner.models(of: trial)
    models.onlyGate?.addActiveTrials(1)
  }

  /// Runs the trial to its end, or as far as possible. Returns its report; nil when another process is
  /// running it.
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
    findForkPoint(&report)
    return report
  }

  /// Notes where the trial is forked, if it is finished. Not inlined into `run`, whose frame would grow.
  @inline(never)
  private func findForkPoint(_ report: inout TrialReport) {
    report.forkPoint = runner.batch.forkPoint(of: trial, report)
  }

  // MARK: The file

  private var path: String { runner.batch.directory.transcript(of: trial) }

  /// Opens the transcript's file, or creates it.
  private func open() async throws(RecordError) -> RecordWriter.Resumed {
    var patience = 3
    while true {
      do throws(RecordError) {
        return try await take()
      } catch {
        guard error.kind == .inUse, patience > 0 else { throw error }
      }
      patience -= 1
      // Another process that checks whether the file is locked holds the lock for a moment.
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Creates or opens the file.
  private func take() async throws(RecordError) -> RecordWriter.Resumed {
    do throws(RecordError) {
      let writer = try await RecordWriter.create(path, store: runner.dependencies.records)
      return RecordWriter.Resumed(writer: writer, transcript: nil, warnings: [])
    } catch {
      guard error.kind == .exists else { throw error }
    }
    return try await reopen()
  }

  /// Opens the file. Empties one without replies of its own if it was started with other options, or is a fork,
  /// whose trial may have begun anew since.
  ///
  /// Not inlined into `take`: a conversation keeps the memory of the largest frame that it has had.
  @inline(never)
  private func reopen() async throws(RecordError) -> RecordWriter.Resumed {
    let file = try await RecordWriter.resume(path, store: runner.dependencies.records)
    guard let transcript = file.transcript, !transcript.hasReplies, isOutdated(transcript) else {
      return file
    }
    try await file.writer.clear()
    return RecordWriter.Resumed(writer: file.writer, transcript: nil, warnings: [])
  }

  private func isOutdated(_ transcript: Transcript) -> Bool {
    trial.fork != nil || runner.batch.change(in: transcript, report(of: transcript), of: trial) != nil
  }

  private func report(of transcript: Transcript) -> TrialReport {
    var report = before
    report.take(transcript)
    return runner.batch.extended(report, of: trial)
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

  /// Holds the conversation, unless the file shows that there is nothing to do.
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

  /// The conversation to hold; nil when there is none, and then the report says why.
  ///
  /// Not inlined into `hold`, whose frame would grow by 4 KB for each conversation that waits for a reply.
  @inline(never)
  private func prepare(_ file: RecordWriter.Resumed, _ report: inout TrialReport) -> PreparedTrial? {
    if let transcript = file.transcript {
      report = self.report(of: transcript)
      // Another process, or another program, has started it in the meantime.
      if let change = runner.batch.change(in: transcript, report, of: trial) {
        let problem = "\(path) was begun by another process when \(change)"
        report.fail(problem)
        runner.note(contradiction: problem)
        return nil
      }
      // Another process has ended it in the meantime.
      if report.state == .done || report.state == .failed && !runner.batch.choices.retriesFailed {
        return nil
      }
    }
    let conversation = runner.batch.plan.conversation(of: trial)
    do throws(InvalidValue) {
      let transcript: Transcript
      if let begun = file.transcript {
        transcript = begun
      } else {
        transcript = try runner.transcript(of: trial, conversation)
      }
      return PreparedTrial(conversation, models: models.models, transcript: transcript)
        .recorded(in: file.writer)
    } catch {
      report.fail(error.description)
      return nil
    }
  }
}

/// Counts the turns of a batch's conversation, and ends the batch when its token budget is used up.
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
