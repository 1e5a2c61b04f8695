// SPDX-License-Identifier: MIT

/// Sends HTTP requests through libcurl: one async call an exchange, thousands of them at a time on a few threads.
///
/// libcurl is loaded at the first request. TLS certificates are always verified. A 307 or 308 to the same scheme,
/// host and port is followed, with the same headers and body; any other redirect is an error. Connections are kept
/// for later requests. The program must ignore SIGPIPE: libcurl cannot suppress it everywhere.
public final class HTTPTransport: Sendable {
  private let loops: LoopPool

  public init(configuration: Configuration = Configuration()) {
    loops = LoopPool(configuration: configuration)
  }

  deinit { loops.shutDown() }

  /// Makes one exchange, and returns the response's head once the body is complete or the sink has stopped it.
  ///
  /// The sink is called on a thread of the transport, first with the head. Cancelling the task or triggering
  /// `abort` closes the connection and throws `cancelled`; the sink may get a last call until then.
  public func send(
    _ request: HTTPRequest, to sink: any HTTPResponseSink, abort: HTTPAbort? = nil
  ) async throws(HTTPError) -> HTTPResponseHead {
    let transfer = try Transfer(request, at: loops.address(request.url), sink: sink)
    abort?.add(transfer)
    defer { abort?.remove(transfer) }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        do throws(HTTPError) {
          try transfer.start(on: loops.loop(for: transfer.address), continuation)
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    } onCancel: {
      transfer.cancel()
    }
    return try result.get()
  }

  /// Ends all exchanges with `cancelled` and closes all connections; later ones end the same way.
  public func shutdown() { loops.shutDown() }
}
