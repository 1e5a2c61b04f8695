// SPDX-License-Identifier: MIT

extension HTTPTransport {
  /// What all exchanges of a transport have in common. Proxies come from the environment, as libcurl reads it
  /// (`https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`).
  public struct Configuration: Sendable {
    /// How a transport's thread waits for its sockets.
    public enum EventLoop: String, Sendable, CaseIterable {
      #if os(Linux)
      /// Costs the same however many connections are open.
      case epoll
      #endif
      /// libcurl's own wait, on every platform.
      case poll

      /// The fastest of the platform.
      public static var preferred: EventLoop { allCases.first ?? .poll }
    }

    public var eventLoop = EventLoop.preferred
    /// Sent unless a request has a `User-Agent` of its own.
    public var userAgent = "resonant"
    /// PEM file of the authorities to trust instead of the system's.
    public var caFile: String?
    /// Exchanges that one thread serves at a time; more open further threads. libcurl's cost of a request grows
    /// with the number that share a handle.
    public var transfersPerLoop = 1000
    /// Connections that exchanges with one HTTP/2 host share, per thread. HTTP/1.1 is not limited.
    public var connectionsPerHost = 10

    public init() {}
  }
}
