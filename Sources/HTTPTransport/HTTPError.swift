// SPDX-License-Identifier: MIT

/// Why an exchange has no complete response. The description is one sentence. It shows a URL only without
/// query and user info, and never contains a header or part of a body.
///
/// A class, so that it takes one word in the frames of async calls: thousands of exchanges wait in them.
public final class HTTPError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// The host name cannot be resolved.
    case resolve
    case connect
    case connectTimeout
    case firstByteTimeout
    case idleTimeout
    /// No secure connection: an unknown authority, a wrong host name, or no common protocol version.
    case tls
    /// The proxy cannot be resolved or refuses to connect with the host.
    case proxy
    /// There is no connection to the proxy.
    case proxyConnect
    case sendFailed
    /// The connection broke before the response was complete.
    case connectionLost
    /// The response is not valid HTTP, or its compression is broken.
    case badResponse
    /// A redirect that is not followed, with its target.
    case redirect(target: String)
    /// The task was cancelled, the abort token triggered, or the transport shut down.
    case cancelled
    case tooManyOpenFiles
    case unsupportedURL
    case invalidHeader
    /// libcurl could not be loaded.
    case libraryMissing
    case other
  }

  public let kind: Kind
  /// What happened, where, and what to do if anything can help.
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public static func == (left: HTTPError, right: HTTPError) -> Bool {
    (left.kind, left.message) == (right.kind, right.message)
  }

  public var description: String { message }

  /// Whether the same request may succeed a little later: the connection failed, broke, or was not
  /// established in time. Silence of a server that was reached does not count.
  public var isTransient: Bool {
    switch kind {
    case .resolve, .connect, .proxyConnect, .connectTimeout, .sendFailed, .connectionLost: true
    case .firstByteTimeout, .idleTimeout, .tls, .proxy, .badResponse, .redirect, .cancelled,
      .tooManyOpenFiles,
      .unsupportedURL, .invalidHeader, .libraryMissing, .other:
      false
    }
  }
}
