// SPDX-License-Identifier: MIT

import HTTPTransport

/// A wire format that requests are written in. Replies are read in whichever format they come.
public enum API: String, Sendable, CaseIterable {
  case openai, anthropic, ollama
}

/// How neighbouring messages of equal role are treated.
public enum RolePolicy: String, Sendable, CaseIterable {
  case asIs = "as-is"
  /// Merge equal neighbours and put a short user message before a leading assistant one.
  case alternate
}

/// Where a model is to be reached, with everything that a request needs but its content. Holds secrets:
/// `display` is all of it that may be shown or recorded.
public struct Endpoint: Sendable, Equatable, CustomStringConvertible {
  /// The URL that is POSTed to, secrets filled in; `builtin:` for the models that ship in the program.
  let url: String
  /// The URL without query and user info.
  public let display: String
  public let api: API
  /// Headers with secrets filled in, credentials included.
  let headers: [HTTPRequest.Header]
  /// Names of the headers that are sent beyond `Content-Type`.
  public let headerNames: [String]
  /// The values that are only a reference to a variable, `${NAME}` or `Bearer ${NAME}`, by header name.
  public let headerReferences: JSONObject
  /// Strings that may appear in no output.
  let secrets: [String]
  /// Who offers the endpoint, where a preset or a known host tells.
  public let company: String?
  /// The endpoint as the user wrote it, before any `${NAME}` was filled in: a preset, URL or `builtin:`.
  public let source: String

  public var isBuiltin: Bool { display == "builtin:" }
  public var description: String { display }
}
