// SPDX-License-Identifier: MIT

import Synchronization

/// Cancels exchanges at any time and from any thread: those sent with this token end with `cancelled` and
/// their connections are closed. Once triggered, it also cancels exchanges sent later.
public final class HTTPAbort: Sendable {
  private struct State {
    var isTriggered = false
    var transfers: [Transfer] = []
  }

  private let state = Mutex(State())

  public init() {}

  public func trigger() {
    let transfers = state.withLock { state in
      state.isTriggered = true
      defer { state.transfers = [] }
      return state.transfers
    }
    for transfer in transfers { transfer.cancel() }
  }

  func add(_ transfer: Transfer) {
    let isTriggered = state.withLock { state in
      if !state.isTriggered { state.transfers.append(transfer) }
      return state.isTriggered
    }
    if isTriggered { transfer.cancel() }
  }

  func remove(_ transfer: Transfer) {
    state.withLock { $0.transfers.removeAll { $0 === transfer } }
  }
}
