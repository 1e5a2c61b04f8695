// SPDX-License-Identifier: MIT

import HTTPTransport

/// The address of a model, with everything a request needs except its content. Contains secrets: only
/// `display` may be shown or recorded.
public struct Endpoint: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
  /// How a URL is completed with a path.
  public enum PathRule: Sendable {
    /// Append a path if the URL has none or ends in `/v1`; use any other URL unchanged.
    case endpoint
    /// Treat the URL as a base, unless it ends in a known chat path.
    case base
  }

  /// The URL for POST requests, with secrets filled in; `builtin:` for the builtin models.
  let url: String
  /// The URL without query and user info, with variable names instead of their values.
  public let display: String
  public let api: API
  /// Headers, including credentials, with secrets filled in.
  let headers: [HTTPRequest.Header]
  /// Names of the headers that are sent in addition to `Content-Type`.
  public let headerNames: [String]
  /// Header values that are just a reference to a variable, `${NAME}` or `Bearer ${NAME}`, by header name.
  public let headerReferences: JSONObject
  /// Whether the URL has a query or user info, which `display` leaves out.
  public let hidesPart: Bool
  /// Strings that must not appear in any output.
  private(set) var secrets: [String]
  /// The company that runs the endpoint, if a preset or known host tells.
  public let company: String?
  /// The environment variable that usually holds the key for this host.
  let keyVariable: String?
  /// The endpoint as the user wrote it, before any `${NAME}` was filled in: a preset, a URL or `builtin:`.
  public let source: String

  /// The endpoint of the builtin models.
  public static let builtin = builtin(source: "builtin:")

  static func builtin(source: String) -> Endpoint {
    Endpoint(
      url: "builtin:", display: "builtin:", api: .usual, headers: [], headerNames: [], headerReferences: [:],
      hidesPart: false, secrets: [], company: nil, keyVariable: nil, source: source)
  }

  /// The same endpoint with further secrets, which are sent to it and must not appear in any output.
  func hiding(_ secrets: [String]) -> Endpoint {
    var endpoint = self
    endpoint.secrets += secrets
    return endpoint
  }

  /// Whether it is a well-known service, over https, that sells its tokens.
  public var isPaid: Bool { keyVariable != nil }
  public var isBuiltin: Bool { display == "builtin:" }
  public var description: String { display }
  /// Keeps secrets out of dumps and messages that show a value.
  public var customMirror: Mirror { Mirror(self, children: ["display": display]) }
}

/// Timeouts and retries for requests to an endpoint.
public struct RequestSettings: Sendable, Equatable {
  public var connectTimeout = Duration.seconds(10)
  public var firstByteTimeout = Duration.seconds(600)
  public var idleTimeout = Duration.seconds(120)
  /// Further attempts after a transient failure.
  public var retries = 3

  public init() {}
}
