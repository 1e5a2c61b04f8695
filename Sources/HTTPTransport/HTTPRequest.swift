// SPDX-License-Identifier: MIT

/// An HTTP request. Headers are sent in order, exactly as given.
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

  /// Time limits for the phases of an exchange; nil for no limit.
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
  public var headers: HTTPHeaders
  /// The body as segments that are sent one after the other without being joined first, except for small
  /// bodies.
  public var body: [[UInt8]]
  public var timeouts: Timeouts

  public init(
    _ method: Method, _ url: String, headers: [Header] = [], body: [[UInt8]] = [],
    timeouts: Timeouts = Timeouts()
  ) {
    self.init(method, url, headers: HTTPHeaders(headers), body: body, timeouts: timeouts)
  }

  public init(
    _ method: Method, _ url: String, headers: HTTPHeaders, body: [[UInt8]], timeouts: Timeouts
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeouts = timeouts
  }
}
