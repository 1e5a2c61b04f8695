// SPDX-License-Identifier: MIT

/// Holds the exchanges with a TLS host back until it is known whether the host speaks HTTP/2.
///
/// With HTTP/2 many exchanges share few connections, and libcurl must be told a limit or it opens one for each;
/// with HTTP/1.1 the same limit would let only so many exchanges run. So the first exchange goes ahead alone, and
/// as soon as its request goes out the protocol is known.
struct ConnectionGate {
  enum State {
    /// Nothing is known and nobody has gone ahead.
    case closed
    case probing(Transfer)
    case open
  }

  private(set) var state: State
  private var waiting: [Transfer] = []

  init(isOpen: Bool) {
    state = isOpen ? .open : .closed
  }

  /// Whether the exchange may go ahead; else it is kept until `open` or `close` hands it back.
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

  /// Lets everybody go ahead; returns those who have waited.
  mutating func open() -> [Transfer] {
    state = .open
    defer { waiting = [] }
    return waiting
  }

  /// The one who went ahead has ended and learned nothing; returns those who have waited.
  mutating func close() -> [Transfer] {
    state = .closed
    defer { waiting = [] }
    return waiting
  }
}
