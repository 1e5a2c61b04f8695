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

extension HTTPRequest {
  /// Throws `invalidHeader` for a name that is no token, and for a value that would end the header's line:
  /// neither may smuggle a header into the request.
  func checkHeaders() throws(HTTPError) {
    for header in headers {
      guard header.name.utf8.allSatisfy(Self.isTokenByte), !header.name.isEmpty else {
        throw HTTPError(.invalidHeader, "a header name has characters that no header name may have")
      }
      guard !header.value.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }) else {
        throw HTTPError(
          .invalidHeader, "the value of header \(header.name) has a line break or a zero byte; remove it")
      }
    }
  }

  /// RFC 9110, section 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
