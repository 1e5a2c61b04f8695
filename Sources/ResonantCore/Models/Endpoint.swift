// SPDX-License-Identifier: MIT

import HTTPTransport

/// Where a model is to be reached, with everything that a request needs but its content. Holds secrets:
/// `display` is all of it that may be shown or recorded.
public struct Endpoint: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
  /// What is appended to a URL that is no whole one.
  public enum PathRule: Sendable {
    /// A path is appended to a URL without one and to one that ends in `/v1`; any other is posted to as it is.
    case endpoint
    /// The URL is a base, unless it ends in a path that is known to be posted to.
    case base
  }

  /// The URL that is POSTed to, secrets filled in; `builtin:` for the models that ship in the program.
  let url: String
  /// The URL without query and user info, variables by their names.
  public let display: String
  public let api: API
  /// Headers with secrets filled in, credentials included.
  let headers: [HTTPRequest.Header]
  /// Names of the headers that are sent beyond `Content-Type`.
  public let headerNames: [String]
  /// The values that are only a reference to a variable, `${NAME}` or `Bearer ${NAME}`, by header name.
  public let headerReferences: JSONObject
  /// Whether the URL has a query or user info, which `display` leaves out.
  public let hidesPart: Bool
  /// Strings that may appear in no output.
  private(set) var secrets: [String]
  /// Who offers the endpoint, where a preset or a known host tells.
  public let company: String?
  /// The environment variable that usually holds the key of this host.
  let keyVariable: String?
  /// The endpoint as the user wrote it, before any `${NAME}` was filled in: a preset, URL or `builtin:`.
  public let source: String

  /// The models that ship in the program.
  public static let builtin = builtin(source: "builtin:")

  static func builtin(source: String) -> Endpoint {
    Endpoint(
      url: "builtin:", display: "builtin:", api: .usual, headers: [], headerNames: [], headerReferences: [:],
      hidesPart: false, secrets: [], company: nil, keyVariable: nil, source: source)
  }

  /// The same, with further strings that may appear in no output, for they are sent to it.
  func hiding(_ secrets: [String]) -> Endpoint {
    var endpoint = self
    endpoint.secrets += secrets
    return endpoint
  }

  public var isBuiltin: Bool { display == "builtin:" }
  public var description: String { display }
  /// Keeps secrets out of dumps and of messages that show a value.
  public var customMirror: Mirror { Mirror(self, children: ["display": display]) }
}

/// How patiently an endpoint is asked.
public struct RequestSettings: Sendable, Equatable {
  public var connectTimeout = Duration.seconds(10)
  public var firstByteTimeout = Duration.seconds(600)
  public var idleTimeout = Duration.seconds(120)
  /// Further attempts after a transient failure.
  public var retries = 3

  public init() {}
}
