// SPDX-License-Identifier: MIT

/// Sends HTTP requests through libcurl: one async call an exchange, thousands of them at a time on a few threads.
///
/// libcurl is loaded at the first request, or by `load`. TLS certificates are always verified. A 307 or 308 to the same
/// scheme, host and port is followed, with the same headers and body; any other redirect is an error. Connections are
/// kept for later requests. The program must ignore SIGPIPE: libcurl cannot suppress it everywhere.
public final class HTTPTransport: Sendable {
  private let loops: LoopPool

  public init(configuration: Configuration = Configuration()) {
    loops = LoopPool(configuration: configuration)
  }

  deinit { loops.shutDown() }

  /// Makes one exchange, and returns the response's head once the body is complete or the sink has stopped it.
  ///
  /// Over HTTP/1 the request's body is given up as soon as it is sent and the response's head has come: it may be the
  /// largest part of what an exchange holds.
  ///
  /// The sink is called on a thread of the transport, first with the head. Cancelling the task or triggering
  /// `abort` closes the connection and throws `cancelled`; the sink may get a last call until then.
  public func send(
    _ request: consuming HTTPRequest, to sink: any HTTPResponseSink, abort: HTTPAbort? = nil
  ) async throws(HTTPError) -> HTTPResponseHead {
    try await perform(prepare(request, to: sink, abort: abort))
  }

  /// An exchange that is checked and not sent yet: for callers in whose frames thousands of requests would wait.
  ///
  /// `abort` stops it from now on.
  public func prepare(
    _ request: consuming HTTPRequest, to sink: any HTTPResponseSink, abort: HTTPAbort? = nil
  ) throws(HTTPError) -> Transfer {
    let address = try WebAddress(request.url)
    let transfer = try Transfer(request, at: address, sink: sink, abort: abort)
    abort?.add(transfer)
    return transfer
  }

  /// Makes an exchange that was prepared, once.
  @discardableResult
  public func perform(_ transfer: Transfer) async throws(HTTPError) -> HTTPResponseHead {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { start(transfer, $0) }
    } onCancel: {
      transfer.cancel()
    }
    return try transfer.takeOutcome()
  }

  /// Not inlined, for the frame of `perform`, in which thousands of exchanges wait.
  @inline(never)
  private func start(_ transfer: Transfer, _ continuation: UnsafeContinuation<Void, Never>) {
    do throws(HTTPError) {
      try transfer.start(on: loops.loop(for: transfer.address), continuation)
    } catch {
      transfer.fail(error, continuation)
    }
  }

  /// Loads libcurl before there is a request, which takes some milliseconds. The program must not exit meanwhile. What
  /// is wrong with the library, requests will say.
  public static func load() { try? Curl.load() }

  /// Ends all exchanges with `cancelled` and closes all connections; later ones end the same way.
  public func shutdown() { loops.shutDown() }
}
