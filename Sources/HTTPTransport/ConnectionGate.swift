// SPDX-License-Identifier: MIT

/// Holds back the exchanges with a TLS host until it is known whether the host speaks HTTP/2.
///
/// With HTTP/2, many exchanges share a few connections, and libcurl needs a limit or it opens a connection
/// for each. With HTTP/1.1, the same limit would restrict the number of concurrent exchanges. So the first
/// exchange goes ahead alone as a probe; the protocol is known as soon as its request is sent.
struct ConnectionGate {
  enum State {
    /// The protocol is not known and no probe is running.
    case closed
    case probing(Transfer)
    case open
  }

  private(set) var state: State
  private var waiting: [Transfer] = []

  init(isOpen: Bool) {
    state = isOpen ? .open : .closed
  }

  /// Whether the exchange may go ahead. If not, it waits until `open` or `close` returns it.
  mutating func admit(_ transfer: Transfer) -> Bool {
    switch state {
    case .open: return true
    case .closed:
      state = .probing(transfer)
      return true
    case .probing:
      waiting.append(transfer)
      return false
    }
  }

  func isProbe(_ transfer: Transfer) -> Bool {
    if case .probing(let probe) = state { probe === transfer } else { false }
  }

  /// Lets all exchanges go ahead; returns those that were waiting.
  mutating func open() -> [Transfer] {
    state = .open
    defer { waiting = [] }
    return waiting
  }

  /// Call this when the probe has ended without revealing the protocol; returns the exchanges that were
  /// waiting.
  mutating func close() -> [Transfer] {
    state = .closed
    defer { waiting = [] }
    return waiting
  }
}
