// SPDX-License-Identifier: MIT

import ResonantCore
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One conversation on this terminal: shows it, lets signals end it in good order, and says at the end what
/// became of it.
struct ConversationRun {
  var trial: PreparedTrial
  var runner: TrialRunner
  var presentation: Presentation

  /// Returns the exit code.
  func run() async -> Int32 {
    let cutter = Cutter()
    let console = Console {
      cutter.cut(exitCode: 141)
    }
    // Before anything is shown or sent: whoever sees the first turn may interrupt it.
    let watch = SignalWatch { signal, count in
      if count > 1, signal == SIGINT { _exit(130) }
      cutter.cut(exitCode: SignalWatch.exitCode(for: signal))
    }
    defer { withExtendedLifetime(watch) {} }
    let task = Task { [trial, runner] in
      await runner.run(trial, observers: presentation.observers(for: trial, on: console))
    }
    cutter.arm { task.cancel() }
    let result = await task.value
    report(result, on: console)
    await console.flush()
    return cutter.exitCode ?? (result.isFailed ? 1 : 0)
  }

  private func report(_ result: TrialResult, on console: Console) {
    if let error = result.end?.error { Diagnostics.error(error) }
    for problem in result.problems { Diagnostics.error(problem) }
    guard presentation.isText else { return }
    if let record = trial.record { console.write("Transcript: \(record.path)\n") }
    if let page = trial.page { console.write("Page: \(page)\n") }
  }
}

/// Ends a run from outside, once: the first reason decides the exit code.
private final class Cutter: Sendable {
  private struct State {
    var exitCode: Int32?
    var cut: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  var exitCode: Int32? { state.withLock { $0.exitCode } }

  func arm(_ cut: @escaping @Sendable () -> Void) {
    let isDue = state.withLock { state in
      state.cut = cut
      return state.exitCode != nil
    }
    if isDue { cut() }
  }

  func cut(exitCode: Int32) {
    let cut = state.withLock { state -> (@Sendable () -> Void)? in
      guard state.exitCode == nil else { return nil }
      state.exitCode = exitCode
      return state.cut
    }
    cut?()
  }
}
