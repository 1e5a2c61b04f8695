// SPDX-License-Identifier: MIT

import Dispatch
import ResonantCore
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Ends a run from outside: a signal came, or nobody reads its output any more.
///
/// Nobody who hangs then is waited for, be it a reader of the output, a terminal or pandoc: once everything is on disk
/// that must not be lost, the process ends within `patience`.
final class Interruption: Sendable {
  private struct State {
    var exitCode: Int32?
    var isCut = false
    var isSafe = false
    var cut: (@Sendable () -> Void)?
  }

  /// How long pages and output may take that are still under way.
  private static let patience = DispatchTimeInterval.seconds(1)

  private let state = Mutex(State())
  private let pages: PageRenderer

  /// - Parameter pages: whose processes must not outlive this one.
  init(_ pages: PageRenderer) { self.pages = pages }

  /// Nil while nothing has come.
  var exitCode: Int32? { state.withLock { $0.exitCode } }

  /// Sets what cuts the run short; called at once when that is due already.
  func arm(_ cut: @escaping @Sendable () -> Void) {
    let isDue = state.withLock { state in
      state.cut = cut
      return state.isCut
    }
    if isDue { cut() }
  }

  /// Cuts the run; a Ctrl-C after that ends the process at once.
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

  /// Lets the run come to its end by itself, and cuts it after `seconds`. False when it is being ended already, or when
  /// nothing could be lost.
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

  /// Everything that must not be lost is on disk.
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
    _exit(exitCode)
  }
}

/// A conversation is safe once its end is recorded. To be told of it after whoever records it.
extension Interruption: ConversationObserver {
  func observe(_ event: ConversationEvent) {
    if case .ended = event { noteSaved() }
  }
}
