// SPDX-License-Identifier: MIT

/// One HTTP exchange to make. Headers are sent in order, exactly as given.
public struct HTTPRequest: Sendable {
  public enum Method: String, Sendable { case get = "GET", post = "POST" }

  public struct Header: Sendable, Equatable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// How long the exchange may take in each of its phases; nil waits forever.
  public struct Timeouts: Sendable, Equatable {
    /// Name lookup, TCP and TLS together.
    public var connect: Duration?
    /// From the start of the exchange until the sink reports its first `.progress`.
    public var firstByte: Duration?
    /// Between two reports of `.progress`; `.keepAlive` does not count.
    public var idle: Duration?
    public init(connect: Duration? = nil, firstByte: Duration? = nil, idle: Duration? = nil) {
      self.connect = connect
      self.firstByte = firstByte
      self.idle = idle
    }
  }

  public var method: Method
  public var url: String
  public var headers: [Header]
  /// The body as segments that are sent one after the other, never copied into one.
  public var body: [[UInt8]]
  public var timeouts: Timeouts

  public init(
    _ method: Method, _ url: String, headers: [Header] = [], body: [[UInt8]] = [],
    timeouts: Timeouts = Timeouts()
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeouts = timeouts
  }
}

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
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value
  }
}

/// What the receiver made of some bytes of a body.
public enum HTTPProgress: Sendable {
  /// Something that the exchange is about: restarts the idle timeout.
  case progress
  /// Bytes that only keep the connection alive (comments, pings).
  case keepAlive
  /// Nothing more is wanted: the connection is closed at once and `send` returns normally.
  case stop
}

/// Receives a response on the transport's thread; must not block.
public protocol HTTPResponseSink: AnyObject, Sendable {
  func receive(head: HTTPResponseHead)
  func receive(body bytes: UnsafeRawBufferPointer) -> HTTPProgress
}
