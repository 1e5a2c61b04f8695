// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

/// A shared value that tests wait on: each change wakes those whose condition has come true.
public final class Watched<Value: Sendable>: Sendable {
  private struct Waiter: Sendable {
    var isMet: @Sendable (Value) -> Bool
    var continuation: CheckedContinuation<Value, any Error>
  }

  private struct State {
    var value: Value
    var waiters: [Int: Waiter] = [:]
    var cancelled: Set<Int> = []
    var nextID = 0
  }

  private let state: Mutex<State>

  public init(_ value: Value) {
    state = Mutex(State(value: value))
  }

  public var value: Value { state.withLock { $0.value } }

  @discardableResult
  public func update<Result: Sendable>(_ change: @Sendable (inout Value) -> Result) -> Result {
    let (result, value, woken) = state.withLock { state in
      let result = change(&state.value)
      let woken = state.waiters.filter { $0.value.isMet(state.value) }
      for id in woken.keys { state.waiters[id] = nil }
      return (result, state.value, woken)
    }
    for waiter in woken.values { waiter.continuation.resume(returning: value) }
    return result
  }

  /// Waits until the condition holds, and returns the value that met it.
  ///
  /// Throws `DeadlineExceeded` after `seconds`, and `CancellationError` when the task is cancelled.
  @discardableResult
  public func wait(
    for what: String, within seconds: Double = Deadline.usual,
    until isMet: @escaping @Sendable (Value) -> Bool
  ) async throws -> Value {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enter(Waiter(isMet: isMet, continuation: continuation), id: id)
        guard seconds.isFinite else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in
          self?.leave(id, throwing: DeadlineExceeded(what: what, seconds: seconds))
        }
      }
    } onCancel: {
      leave(id, throwing: CancellationError())
    }
  }

  private func enter(_ waiter: Waiter, id: Int) {
    let (value, isCancelled) = state.withLock { state in
      let isCancelled = state.cancelled.remove(id) != nil
      if !isCancelled, !waiter.isMet(state.value) {
        state.waiters[id] = waiter
        return (nil as Value?, false)
      }
      return (state.value, isCancelled)
    }
    if isCancelled {
      waiter.continuation.resume(throwing: CancellationError())
    } else if let value {
      waiter.continuation.resume(returning: value)
    }
  }

  private func leave(_ id: Int, throwing error: any Error) {
    let waiter = state.withLock { state in
      let waiter = state.waiters.removeValue(forKey: id)
      if waiter == nil, error is CancellationError { state.cancelled.insert(id) }
      return waiter
    }
    waiter?.continuation.resume(throwing: error)
  }
}

public enum Deadline {
  /// Seconds after which a test gives up waiting: only a failing test ever takes so long, also on a busy machine.
  public static let usual = 120.0
  /// Seconds that a program may take from start to end.
  public static let program = 240.0
}

/// What a test waited for did not happen.
public struct DeadlineExceeded: Error, CustomStringConvertible {
  public let what: String
  public let seconds: Double
  public var description: String { "waited \(seconds) s in vain for \(what)" }
}
