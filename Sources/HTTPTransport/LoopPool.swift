// SPDX-License-Identifier: MIT

import Synchronization

/// The threads of a transport, started as needed.
///
/// All plain HTTP hosts share threads. Each TLS host has its own threads, because the connection limit for
/// HTTP/2 applies to a whole multi handle and would throttle HTTP/1.1.
final class LoopPool: Sendable {
  private struct State {
    var isShutDown = false
    /// By origin; plain HTTP under the empty string.
    var loops: [String: [TransferLoop]] = [:]
  }

  private let configuration: HTTPTransport.Configuration
  private let state = Mutex(State())

  init(configuration: HTTPTransport.Configuration) {
    self.configuration = configuration
  }

  /// The least busy loop, with a place reserved in it until the exchange has ended.
  func loop(for address: WebAddress) throws(HTTPError) -> TransferLoop {
    try Curl.load()
    let key = address.isSecure ? address.origin : ""
    let found: Result<TransferLoop, HTTPError> = state.withLock { state in
      if state.isShutDown { return .failure(.cancelled(address)) }
      let loops = state.loops[key] ?? []
      let least = loops.min { $0.load < $1.load }
      if let least, least.load < configuration.transfersPerLoop {
        least.takePlace()
        return .success(least)
      }
      return Result { () throws(HTTPError) in
        let loop = try TransferLoop(configuration, sharesConnections: address.isSecure)
        loop.takePlace()
        state.loops[key, default: []].append(loop)
        return loop
      }
    }
    return try found.get()
  }

  func shutDown() {
    let loops = state.withLock { state in
      state.isShutDown = true
      defer { state.loops = [:] }
      return state.loops.values.flatMap { $0 }
    }
    for loop in loops { loop.shutDown() }
  }
}
