// SPDX-License-Identifier: MIT

import Synchronization

/// Ends conversations early but cleanly: no new turn begins, nobody waits for a retry, and requests in flight
/// complete. Shared by all conversations of a run.
public final class Drain: Sendable {
  private struct State {
    var isUnderWay = false
    var watchers: [Int: @Sendable () -> Void] = [:]
    var next = 0
  }

  private let state = Mutex(State())

  public init() {}

  public var isUnderWay: Bool { state.withLock { $0.isUnderWay } }

  public func begin() {
    let watchers = state.withLock { state in
      state.isUnderWay = true
      defer { state.watchers = [:] }
      return state.watchers.values
    }
    for watcher in watchers { watcher() }
  }

  /// Calls `watcher` when the drain begins, or at once if it has begun. Returns a token for `forget`.
  func watch(_ watcher: @escaping @Sendable () -> Void) -> Int {
    let (token, isUnderWay) = state.withLock { state in
      state.next += 1
      if !state.isUnderWay { state.watchers[state.next] = watcher }
      return (state.next, state.isUnderWay)
    }
    if isUnderWay { watcher() }
    return token
  }

  func forget(_ token: Int) { _ = state.withLock { $0.watchers.removeValue(forKey: token) } }
}
