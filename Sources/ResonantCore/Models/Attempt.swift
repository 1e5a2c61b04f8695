// SPDX-License-Identifier: MIT

import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The attempt to get one turn's reply, from the wait until the model may be asked, over all requests that are made
/// for it, to the moment at which the turn is recorded. The reply itself is `live`.
public final class Attempt: Sendable {
  /// Something that happened while the reply was asked for, to be recorded and shown.
  public enum Notice: Sendable, Equatable {
    /// Another request follows after the wait.
    case retry(status: Int?, reason: String, wait: Duration)
    case warning(String)
  }

  private struct State {
    var start: (time: Date, instant: ContinuousClock.Instant)?
    /// In order.
    var notices: [(time: Date, notice: Notice)] = []
    var noticeFollowers: [@Sendable (Notice) -> Void] = []
    var mayWait = true
    /// Ends the wait that is under way.
    var endWait: (@Sendable () -> Void)?
    /// Called once, when the turn is recorded.
    var onRecorded: (@Sendable () -> Void)?
  }

  public let live: LiveReply
  private let state = Mutex(State())

  public init(_ live: LiveReply = LiveReply()) { self.live = live }

  deinit { noteRecorded() }

  /// When the model was first asked; nil while that is to come, or is not known. The time before was spent waiting.
  var start: (time: Date, instant: ContinuousClock.Instant)? { state.withLock { $0.start } }

  /// Notes that the model is asked now.
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

  /// Adds somebody who is given each notice as it comes.
  public func followNotices(_ follower: @escaping @Sendable (Notice) -> Void) {
    state.withLock { $0.noticeFollowers.append(follower) }
  }

  var notices: [(time: Date, notice: Notice)] { state.withLock { $0.notices } }

  // MARK: Waiting

  /// False once there is to be no more waiting.
  var mayWait: Bool { state.withLock { $0.mayWait } }

  /// Ends a wait for a place or for another request, now and later. A request in flight goes on.
  func endWaiting() {
    let endWait = state.withLock { state in
      state.mayWait = false
      return state.endWait
    }
    endWait?()
  }

  /// Does something whose task is cancelled early when the reply is cut, this task is cancelled, or nobody is to wait
  /// any more.
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

  /// Sets what is done once the turn is recorded and its tokens are counted, or when nobody has the attempt any more.
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
