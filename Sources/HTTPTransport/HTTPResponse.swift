// SPDX-License-Identifier: MIT

/// Status line and headers of the final response (interim 1xx responses are skipped).
public struct HTTPResponseHead: Sendable, Equatable {
  public var status: Int
  public var headers: [HTTPRequest.Header]
  public init(status: Int, headers: [HTTPRequest.Header]) {
    self.status = status
    self.headers = headers
  }

  /// The value of the first header with that name, ignoring case.
  public func header(_ name: String) -> String? {
    let wanted = name.lowercased().utf8
    return headers.first { header in
      header.name.utf8.count == wanted.count && header.name.lowercased().utf8.elementsEqual(wanted)
    }?.value
  }
}

/// How a sink judges bytes of the body.
public enum HTTPProgress: Sendable {
  /// Useful data: restarts the idle timeout.
  case progress
  /// Bytes that only keep the connection alive (comments, pings).
  case keepAlive
  /// All that is needed has arrived. The body should now end by itself, which keeps the connection reusable.
  /// If it has not ended within this time, the connection is closed; `send` returns normally either way.
  case complete(within: Duration)
  /// No more data is wanted: the connection is closed at once and `send` returns normally.
  case stop
}

/// Receives a response on a thread of the transport; must not block.
public protocol HTTPResponseSink: AnyObject, Sendable {
  /// The request has been handed over; it is sent as soon as there is a connection for it.
  func begin()
  func receive(head: HTTPResponseHead)
  /// The next bytes of the body, without chunked framing or compression, split at arbitrary places. The
  /// buffer is valid only during the call.
  func receive(body bytes: UnsafeRawBufferPointer) -> HTTPProgress
  /// All data that had arrived has been passed on, however many pieces libcurl split it into. Do work here
  /// that is worth doing once for many pieces. `.stop` ends the exchange as in `receive(body:)`.
  func receivePause() -> HTTPProgress
}

extension HTTPResponseSink {
  public func begin() {}
  public func receivePause() -> HTTPProgress { .keepAlive }
}
