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
  private let cast: TrialCast
  /// Where it begins, if among others.
  private let place: StartingLine.Place?
  private let state = Mutex<TrialReport?>(nil)

  /// From now on until it has run, its endpoint is known to be wanted.
  init(_ trial: Trial, line: Int, of runner: BatchRunner, place: StartingLine.Place? = nil) {
    self.trial = trial
    self.line = line
    self.runner = runner
    self.place = place
    cast = runner.cast(of: trial)
    cast.onlyGate?.addRegulars(1)
  }

  /// What became of it, once it has run; nil when another process is at work on it.
  private(set) var report: TrialReport? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }

  /// Takes the trial to its end, or as far as it gets.
  func run() async -> TrialJob {
    if mayBegin(), let stay = await open() {
      if let course = stay.course { await course.run() }
      end(stay)
      await close(stay.writer)
      end()
    }
    cast.onlyGate?.addRegulars(-1)
    place?.leave()
    return self
  }

  /// The trial while it has its file.
  private final class Stay {
    let writer: RecordWriter
    /// Nil when there is no conversation to hold.
    let course: TrialCourse?

    init(_ writer: RecordWriter, _ course: TrialCourse?) {
      self.writer = writer
      self.course = course
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

  /// Opens the transcript's file and prepares the conversation; nil when that fails or another process has the file.
  private func open() async -> Stay? {
    var patience = 3
    while true {
      do throws(RecordError) {
        return prepare(try await take())
      } catch {
        guard error.kind == .inUse, patience > 0 else { return refuse(error) }
      }
      patience -= 1
      await wait()
    }
  }

  /// Somebody may just be looking whether the file is taken, which takes it for a moment.
  @inline(never)
  private func wait() async {
    place?.leave()
    try? await Task.sleep(for: .milliseconds(20))
  }

  /// Whether the file is there or not. One that was begun with other options, but in which nothing stands yet, is
  /// emptied.
  private func take() async throws(RecordError) -> RecordWriter.Resumed {
    do throws(RecordError) {
      return .new(try await RecordWriter.create(path, store: runner.surroundings.records))
    } catch {
      guard error.kind == .exists else { throw error }
    }
    return try await reopen()
  }

  private var path: String { runner.batch.directory.transcript(of: trial) }

  @inline(never)
  private func reopen() async throws(RecordError) -> RecordWriter.Resumed {
    let file = try await RecordWriter.resume(path, store: runner.surroundings.records)
    guard let transcript = file.transcript, !transcript.hasReplies,
      runner.batch.change(in: transcript, of: trial) != nil
    else { return file }
    try await file.writer.clear()
    return .new(file.writer)
  }

  /// Notes why the file can't be had.
  @inline(never)
  private func refuse(_ error: RecordError) -> Stay? {
    guard error.kind != .inUse else {
      report = nil
      return nil
    }
    runner.progress.begin()
    switch error.kind {
    case .malformed, .notTranscript: report?.damage(error.description)
    default: report?.fail(error.description)
    }
    runner.progress.end(.failed)
    return nil
  }

  @inline(never)
  private func prepare(_ file: RecordWriter.Resumed) -> Stay {
    runner.progress.begin()
    return Stay(file.writer, course(in: file))
  }

  /// The conversation, ready to be held; nil when there is none to hold.
  private func course(in file: RecordWriter.Resumed) -> TrialCourse? {
    if let transcript = file.transcript {
      // Another process, or another program, has begun it meanwhile.
      if let change = runner.batch.change(in: transcript, of: trial) {
        report?.fail("\(path) was begun by another process when \(change)")
        if let problem = report?.error { runner.note(contradiction: problem) }
        return nil
      }
      report?.take(transcript)
      // Another process has ended it meanwhile.
      let state = report?.state
      if state == .done || state == .failed && !runner.batch.retriesFailed { return nil }
    }
    let conversation = runner.batch.plan.conversation(of: trial)
    let prepared = PreparedTrial(
      conversation, models: cast.models,
      transcript: file.transcript ?? runner.transcript(of: trial, conversation), record: file.writer)
    return runner.trialRunner.course(
      of: prepared, [TrialWatch(runner, place, pauses: conversation.settings.delay > .zero)],
      runner.control.draining)
  }

  @inline(never)
  private func end(_ stay: Stay) {
    guard let result = stay.course?.result else { return }
    if let end = result.end {
      report?.take(end)
    } else {
      report?.fail(result.problems.joined(separator: "; "))
    }
  }

  @inline(never)
  private func close(_ writer: RecordWriter) async {
    do throws(RecordError) {
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

extension RecordWriter.Resumed {
  /// A file in which nothing stands yet.
  @inline(never)
  fileprivate static func new(_ writer: RecordWriter) -> RecordWriter.Resumed {
    RecordWriter.Resumed(writer: writer, transcript: nil, warnings: [])
  }
}

/// Counts what a conversation of a batch does, and ends the batch when its tokens are used up.
private struct TrialWatch: ConversationObserver {
  let progress: BatchProgress
  let budget: Int?
  let control: BatchControl
  let place: StartingLine.Place?
  /// Whether the conversation pauses before its first request.
  let pauses: Bool

  init(_ runner: BatchRunner, _ place: StartingLine.Place?, pauses: Bool) {
    self.pauses = pauses
    progress = runner.progress
    budget = runner.batch.plan.experiment.limits.budgetTokens
    control = runner.control
    self.place = place
  }

  /// Waits for nothing, so that it needs no frame among those of the conversation that tells it.
  func observe(_ events: [ConversationEvent]) {
    for event in events { observe(event) }
  }

  func observe(_ event: ConversationEvent) {
    switch event {
    case .asked(_, _, let reply):
      if let place, !place.isLeft { reply.onDeparture { place.leave() } }
      reply.followNotices { [progress] in
        if case .retry(_, let reason, _) = $0 { progress.note(retry: reason) }
      }
    case .began: if pauses { place?.leave() }
    case .spoke(let turn, _): count(turn)
    case .occurred, .ended: break
    }
  }

  private func count(_ turn: Turn) {
    let tokens = progress.add(turn)
    if let budget, tokens >= budget { control.drain(.budget) }
  }
}
