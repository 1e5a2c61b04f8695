// SPDX-License-Identifier: MIT

import Dispatch
import ResonantCore
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Ends a run from outside: on a signal, or when the reader of its output is gone.
///
/// The process does not wait for a blocked reader, terminal or pandoc: once everything that must not be lost
/// is on disk, it ends within `patience`.
final class Interruption: Sendable {
  private struct State {
    var exitCode: Int32?
    var isCut = false
    var isSafe = false
    var cut: (@Sendable () -> Void)?
  }

  /// How long unfinished pages and output may still take.
  private static let patience = DispatchTimeInterval.seconds(1)

  private let state = Mutex(State())
  private let pages: PageRenderer

  /// - Parameter pages: their pandoc processes must not outlive this process.
  init(_ pages: PageRenderer) { self.pages = pages }

  /// Nil until an interruption.
  var exitCode: Int32? { state.withLock { $0.exitCode } }

  /// Sets the closure that cuts the run short; calls it at once if the run is already cut.
  func arm(_ cut: @escaping @Sendable () -> Void) {
    let isDue = state.withLock { state in
      state.cut = cut
      return state.isCut
    }
    if isDue { cut() }
  }

  /// Cuts the run; a later Ctrl-C ends the process at once.
  func take(_ signal: Int32) {
    let code = SignalWatch.exitCode(for: signal)
    if signal == SIGINT, state.withLock({ $0.isCut }) { end(code) }
    cut(exitCode: code)
  }

  /// Cuts the run. The first cut decides the exit code.
  func cut(exitCode: Int32) {
    let (cut, isSafe) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
      guard !state.isCut else { return (nil, false) }
      state.isCut = true
      state.exitCode = exitCode
      return (state.cut, state.isSafe)
    }
    cut?()
    if isSafe { endSoon(exitCode) }
  }

  /// Lets the run finish by itself, and cuts it after `seconds`. Returns false when the run is already
  /// ending, or when everything is saved.
  func drain(exitCode: Int32, for seconds: Double) -> Bool {
    let mayDrain = state.withLock { state in
      guard !state.isCut, !state.isSafe, state.exitCode == nil else { return false }
      state.exitCode = exitCode
      return true
    }
    guard mayDrain else { return false }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { self.cut(exitCode: exitCode) }
    return true
  }

  /// Notes that everything that must not be lost is on disk.
  func noteSaved() {
    let due = state.withLock { state -> Int32? in
      guard !state.isSafe else { return nil }
      state.isSafe = true
      return state.exitCode
    }
    if let due { endSoon(due) }
  }

  private func endSoon(_ exitCode: Int32) {
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { self.end(exitCode) }
  }

  private func end(_ exitCode: Int32) -> Never {
    pages.abandon()
    InputLine.restoreTerminal()
    _exit(exitCode)
  }
}

/// A conversation is saved once its end is recorded, so this observer must come after the one that records.
extension Interruption: ConversationObserver {
  func observe(_ event: ConversationEvent) {
    if case .ended = event { noteSaved() }
  }
}
