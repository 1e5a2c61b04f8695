// SPDX-License-Identifier: MIT

/// Why an exchange has no whole response. The description is one sentence and names an address only without its
/// query and user info; it never holds a header or a part of a body.
///
/// A class, to take one word in the frames of async calls, in which thousands of exchanges wait.
public final class HTTPError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// The host's name is not known.
    case resolve
    case connect
    case connectTimeout
    case firstByteTimeout
    case idleTimeout
    /// No secure connection: an unknown authority, a wrong name, no protocol in common.
    case tls
    /// The proxy refuses.
    case proxy
    case sendFailed
    /// The connection broke before the response was whole.
    case connectionLost
    /// The response is no HTTP, or its compression is broken.
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
  /// What happened, where, and what to do if anything helps.
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public static func == (left: HTTPError, right: HTTPError) -> Bool {
    (left.kind, left.message) == (right.kind, right.message)
  }

  public var description: String { message }

  /// Whether the same request may well succeed a little later: the connection failed or broke, or was not made
  /// in time. A server that was reached and stayed silent does not count.
  public var isTransient: Bool {
    switch kind {
    case .resolve, .connect, .connectTimeout, .sendFailed, .connectionLost: true
    case .firstByteTimeout, .idleTimeout, .tls, .proxy, .badResponse, .redirect, .cancelled,
      .tooManyOpenFiles,
      .unsupportedURL, .invalidHeader, .libraryMissing, .other:
      false
    }
  }
}
