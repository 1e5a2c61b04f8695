// SPDX-License-Identifier: MIT

import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The attempt to get the reply for one turn: from waiting for a place, through all its requests, until the
/// turn is recorded. The reply itself is `live`.
public final class Attempt: Sendable {
  /// An event during the attempt, to be recorded and shown.
  public enum Notice: Sendable, Equatable {
    /// Another request follows after `wait`.
    case retry(status: Int?, reason: String, wait: Duration)
    case warning(String)
  }

  private struct State {
    var start: (time: Date, instant: ContinuousClock.Instant)?
    /// Oldest first.
    var notices: [(time: Date, notice: Notice)] = []
    var noticeFollowers: [@Sendable (Notice) -> Void] = []
    var mayWait = true
    /// Ends the current wait.
    var endWait: (@Sendable () -> Void)?
    /// Called once, when the turn is recorded.
    var onRecorded: (@Sendable () -> Void)?
  }

  public let live: LiveReply
  private let state = Mutex(State())

  public init(_ live: LiveReply = LiveReply()) { self.live = live }

  deinit { noteRecorded() }

  /// When the model was first asked; nil if it has not been asked, or if that is unknown. The time before was
  /// spent waiting.
  var start: (time: Date, instant: ContinuousClock.Instant)? { state.withLock { $0.start } }

  /// Notes the time when the model is first asked.
  func noteStart() {
    state.withLock { state in
      if state.start == nil { state.start = (Date(), .now) }
    }
  }

  // MARK: Notices

  public func note(_ notice: Notice) {
    let followers = state.withLock { state in
      state.notices.append((Date(), notice))
      return state.noticeFollowers
    }
    for follower in followers { follower(notice) }
  }

  /// Adds a follower that is called with each notice as it comes.
  public func followNotices(_ follower: @escaping @Sendable (Notice) -> Void) {
    state.withLock { $0.noticeFollowers.append(follower) }
  }

  var notices: [(time: Date, notice: Notice)] { state.withLock { $0.notices } }

  // MARK: Waiting

  /// False once no more waiting is allowed.
  var mayWait: Bool { state.withLock { $0.mayWait } }

  /// Ends the current wait, for a place or a retry, and all later ones. A request in flight goes on.
  func endWaiting() {
    let endWait = state.withLock { state in
      state.mayWait = false
      return state.endWait
    }
    endWait?()
  }

  /// Runs work in a task that is cancelled when the reply is cut, the calling task is cancelled, or waiting
  /// is no longer allowed.
  func wait<Value: Sendable>(for work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let task = Task { try await work() }
    let mayWait = state.withLock { state in
      state.endWait = { task.cancel() }
      return state.mayWait
    }
    if !mayWait { task.cancel() }
    live.onCut { task.cancel() }
    defer {
      live.onCut(nil)
      state.withLock { $0.endWait = nil }
    }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  // MARK: The end

  /// Sets an action that runs once the turn is recorded and its tokens are counted, or when the attempt is
  /// deallocated.
  func onRecorded(_ action: @escaping @Sendable () -> Void) {
    state.withLock { $0.onRecorded = action }
  }

  func noteRecorded() {
    let action = state.withLock { state in
      defer { state.onRecorded = nil }
      return state.onRecorded
    }
    action?()
  }
}
