// SPDX-License-Identifier: MIT

extension HTTPTransport {
  /// Settings shared by all exchanges of a transport. Proxies come from the environment variables that
  /// libcurl reads (`https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`).
  public struct Configuration: Sendable {
    /// How a transport's thread waits for its sockets.
    public enum EventLoop: String, Sendable, CaseIterable {
      #if os(Linux)
      /// The cost does not depend on the number of open connections.
      case epoll
      #endif
      /// libcurl's own wait, available on every platform.
      case poll

      /// The fastest on this platform.
      public static var preferred: EventLoop { allCases.first ?? .poll }
    }

    public var eventLoop = EventLoop.preferred
    /// Sent unless a request has its own `User-Agent`.
    public var userAgent = "resonant"
    /// PEM file of certificate authorities to trust instead of the system's.
    public var caFile: String?
    /// Exchanges per thread; more of them open further threads. The time that libcurl needs per request grows
    /// with the number of requests that share a multi handle.
    public var transfersPerLoop = 1000
    /// Limit of connections per thread to an HTTP/2 host, shared by all exchanges with it. HTTP/1.1 has no
    /// limit.
    public var connectionsPerHost = 10

    public init() {}
  }
}
