// SPDX-License-Identifier: MIT

/// Sends HTTP requests through libcurl: one async call per exchange, thousands of exchanges at a time on a
/// few threads.
///
/// libcurl is loaded at the first request. TLS certificates are always verified. A 307 or 308 redirect to the
/// same scheme, host and port is followed with the same headers and body; any other redirect is an error.
/// Connections are kept for later requests. The program must ignore SIGPIPE, because libcurl cannot suppress
/// it everywhere.
public final class HTTPTransport: Sendable {
  private let loops: LoopPool

  public init(configuration: Configuration = Configuration()) {
    loops = LoopPool(configuration: configuration)
  }

  deinit { loops.shutDown() }

  /// Makes one exchange. Returns the response head once the body is complete or the sink has stopped it.
  ///
  /// Over HTTP/1, the request body is released once it is sent and the response head has arrived, because it
  /// may take most of an exchange's memory.
  ///
  /// The sink is called on a thread of the transport, first with the head. Cancelling the task or triggering
  /// `abort` closes the connection and throws `cancelled`; the sink may receive one more call before that.
  public func send(
    _ request: consuming HTTPRequest, to sink: any HTTPResponseSink, abort: HTTPAbort? = nil
  ) async throws(HTTPError) -> HTTPResponseHead {
    let transfer = try Transfer(request, at: try WebAddress(request.url), sink: sink)
    abort?.add(transfer)
    defer { abort?.remove(transfer) }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { start(transfer, $0) }
    } onCancel: {
      transfer.cancel()
    }
    return try outcome.get()
  }

  private func start(_ transfer: Transfer, _ continuation: Transfer.Continuation) {
    do throws(HTTPError) {
      try transfer.start(on: loops.loop(for: transfer.address), continuation)
    } catch {
      continuation.resume(returning: .failure(error))
    }
  }

  /// Ends all exchanges with `cancelled` and closes all connections. Later exchanges end the same way.
  public func shutdown() { loops.shutDown() }
}
