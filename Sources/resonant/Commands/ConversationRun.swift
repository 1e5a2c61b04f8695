// SPDX-License-Identifier: MIT

import ResonantCore

/// One conversation in this terminal: shows it, ends it in good order on a signal, and reports the result.
struct ConversationRun {
  var trial: PreparedTrial
  var runner: TrialRunner
  var presentation: Presentation
  /// The person in front of a room.
  var desk: ControlDesk?
  /// The moderation log of a room.
  var log: ModerationLogFile?

  /// Returns the exit code.
  func run() async -> Int32 {
    let interruption = Interruption(runner.pages)
    let console = Console { interruption.cut(exitCode: 141) }
    // Watches signals before anything is shown or sent, since the user may interrupt the first turn.
    let watch = SignalWatch { interruption.take($0) }
    defer { withExtendedLifetime(watch) {} }
    let files: [(any ConversationObserver)?] = [log]
    let observers =
      files.compactMap(\.self) + presentation.observers(for: trial, on: console) + [interruption]
    desk?.start()
    let task = Task { [trial, runner] in await runner.run(trial, observers: observers) }
    interruption.arm { task.cancel() }
    let result = await task.value
    // This also applies when the conversation could not be recorded.
    interruption.noteSaved()
    report(result, on: console)
    await console.flush()
    await Diagnostics.flush()
    desk?.stop()
    return interruption.exitCode ?? (result.isFailed ? 1 : 0)
  }

  private func report(_ result: TrialResult, on console: Console) {
    if let error = result.end?.error { Diagnostics.error(error) }
    for problem in result.problems { Diagnostics.error(problem) }
    guard presentation.isText else { return }
    if let record = trial.record { console.write("Transcript: \(record.path)\n") }
    if let page = trial.page {
      console.write("Page: \(page)\(runner.pages.hasPandoc ? "" : " (no pandoc: as plain text)")\n")
    }
    if let log { console.write("Moderation log: \(log.path)\n") }
  }
}
