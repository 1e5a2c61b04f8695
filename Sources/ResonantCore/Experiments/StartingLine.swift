// SPDX-License-Identifier: MIT

import Synchronization

/// Where the trials of a batch begin, a few at a time: the next one when the first request of another is on its way.
///
/// To prepare a thousand conversations takes the processors longer than to send their requests. Were they all let loose
/// at once, the requests would go out together, late, and their replies would end together too, turn after turn.
final class StartingLine: Sendable {
  /// One trial's place, which it leaves once and for all: at its first request, or when it has to wait, or ends.
  final class Place: Sendable {
    private let line: StartingLine
    private let left = Atomic(false)

    fileprivate init(in line: StartingLine) { self.line = line }
    deinit { leave() }

    var isLeft: Bool { left.load(ordering: .relaxed) }

    func leave() {
      if !left.exchange(true, ordering: .relaxed) { line.giveBack() }
    }
  }

  private struct State {
    var free: Int
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state: Mutex<State>

  init(places: Int) {
    state = Mutex(State(free: places))
  }

  /// Waits until a place is free. To be called by one task only.
  func enter() async -> Place {
    await withCheckedContinuation { waiter in
      let isFree = state.withLock { state in
        if state.free == 0 { state.waiter = waiter } else { state.free -= 1 }
        return state.waiter == nil
      }
      if isFree { waiter.resume() }
    }
    return Place(in: self)
  }

  private func giveBack() {
    let waiter = state.withLock { state in
      if state.waiter == nil { state.free += 1 }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }
}
