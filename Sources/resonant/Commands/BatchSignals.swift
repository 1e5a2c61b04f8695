// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What signals do to a batch: the first Ctrl-C lets the turns or pages under way be finished, for a while;
/// anything else cuts.
final class BatchSignals: Sendable {
  private struct State {
    var exitCode: Int32?
    var isCut = false
    var isWritingPages = false
  }

  /// How long what is under way may take to finish.
  private static let patience = DispatchTimeInterval.seconds(10)
  /// How long pages that are cut may take to end: one of a huge transcript is put together in one go.
  private static let grace = DispatchTimeInterval.milliseconds(1500)

  private let state = Mutex(State())

  /// Nil while no signal has come.
  var exitCode: Int32? { state.withLock { $0.exitCode } }
  var isWritingPages: Bool { state.withLock { $0.isWritingPages } }

  /// The conversations are over and pages are about to be written. False when a signal says that none should be.
  func beginPages() -> Bool {
    state.withLock { state in
      state.isWritingPages = state.exitCode == nil
      return state.isWritingPages
    }
  }

  func take(_ signal: Int32, drain: () -> Void, cut: @escaping @Sendable () -> Void) {
    let (before, isWritingPages) = state.withLock { state in
      let before = state
      state.exitCode = SignalWatch.exitCode(for: signal)
      state.isCut = before.isCut || before.exitCode != nil || signal != SIGINT
      return (before, state.isWritingPages)
    }
    if before.isCut { _exit(SignalWatch.exitCode(for: signal)) }
    drain()
    guard before.exitCode == nil, signal == SIGINT else {
      // All but pages is on disk by then, and these are written at once or not at all.
      if isWritingPages {
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.grace) {
          _exit(SignalWatch.exitCode(for: signal))
        }
      }
      return cut()
    }
    Diagnostics.line(
      isWritingPages
        ? "resonant: letting the pages under way be finished; once more to stop at once"
        : "resonant: letting the turns in flight finish; once more to cut them")
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience, execute: cut)
  }
}
