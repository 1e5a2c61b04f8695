// SPDX-License-Identifier: MIT

import Synchronization

/// The threads of a transport, opened as they are needed.
///
/// Plain HTTP shares its threads among all hosts. Every TLS host has threads of its own, because the limit of
/// connections that HTTP/2 needs holds for a whole libcurl handle and would throttle HTTP/1.1.
final class LoopPool: Sendable {
  private struct State {
    var isShutDown = false
    /// By origin; plain HTTP under the empty string.
    var loops: [String: [TransferLoop]] = [:]
    /// By URL: taking one apart costs more than all else that a request takes on the way to its loop.
    var addresses: [String: WebAddress] = [:]
  }

  private let configuration: HTTPTransport.Configuration
  private let state = Mutex(State())

  init(configuration: HTTPTransport.Configuration) {
    self.configuration = configuration
  }

  /// What is known of a URL by its text. The few that a program asks are remembered.
  func address(_ url: String) throws(HTTPError) -> WebAddress {
    if let known = state.withLock({ $0.addresses[url] }) { return known }
    let address = try WebAddress(url)
    state.withLock { state in
      if state.addresses.count >= Self.mostAddresses { state.addresses = [:] }
      state.addresses[url] = address
    }
    return address
  }

  private static let mostAddresses = 1000

  /// The loop that has least to do, in which a place is taken until the exchange has ended.
  func loop(for address: WebAddress) throws(HTTPError) -> TransferLoop {
    try Curl.load()
    let key = address.isSecure ? address.origin : ""
    let found: Result<TransferLoop, HTTPError> = state.withLock { state in
      if state.isShutDown { return .failure(.cancelled(address)) }
      let loops = state.loops[key] ?? []
      let least = loops.min { $0.load < $1.load }
      if let least, least.load < mostTransfers(among: loops.count, isSecure: address.isSecure) {
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

  /// How many exchanges each loop takes before another is opened.
  private func mostTransfers(among loops: Int, isSecure: Bool) -> Int {
    loops == 1 && !isSecure
      ? min(configuration.transfersOfFirstLoop, configuration.transfersPerLoop)
      : configuration.transfersPerLoop
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
