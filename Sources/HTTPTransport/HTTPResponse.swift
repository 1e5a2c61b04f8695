// SPDX-License-Identifier: MIT

/// Status line and headers of the final response (interim 1xx responses are skipped).
public struct HTTPResponseHead: Sendable, Equatable {
  public var status: Int
  public var headers: [HTTPRequest.Header]
  public init(status: Int, headers: [HTTPRequest.Header]) {
    self.status = status
    self.headers = headers
  }

  /// The first header of that name, compared without case.
  public func header(_ name: String) -> String? {
    let wanted = name.lowercased().utf8
    return headers.first { header in
      header.name.utf8.count == wanted.count && header.name.lowercased().utf8.elementsEqual(wanted)
    }?.value
  }
}

/// What the receiver made of some bytes of a body.
public enum HTTPProgress: Sendable {
  /// Something that the exchange is about: restarts the idle timeout.
  case progress
  /// Bytes that only keep the connection alive (comments, pings).
  case keepAlive
  /// All that the exchange needs has come, and the body should now end by itself, which leaves the connection good
  /// for another exchange. One that stays open is closed after that time; `send` returns normally.
  case complete(within: Duration)
  /// Nothing more is wanted: the connection is closed at once and `send` returns normally.
  case stop
}

/// Receives a response on the transport's thread; must not block.
public protocol HTTPResponseSink: AnyObject, Sendable {
  /// The request is on its way, or goes out as soon as there is a connection for it.
  func begin()
  func receive(head: HTTPResponseHead)
  /// Bytes of the body in order, without chunk framing and compression, cut anywhere. They are valid only during
  /// the call.
  func receive(body bytes: UnsafeRawBufferPointer) -> HTTPProgress
  /// Everything that had arrived has been received, in however many pieces libcurl cut it: the place for work that
  /// is worth doing once for many pieces. `.stop` ends the exchange as it does in `receive(body:)`.
  func receivePause() -> HTTPProgress
}

extension HTTPResponseSink {
  public func begin() {}
  public func receivePause() -> HTTPProgress { .keepAlive }
}
