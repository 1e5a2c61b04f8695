// SPDX-License-Identifier: MIT

import HTTPTransport

/// Everything in which one wire format differs from the others. Does no I/O.
///
/// A new one is a file of its own and an entry in `API.dialects`. Replies are read in whichever format they come, so
/// how one is read stands in an extension of `ReplyEvent`.
protocol Dialect: Sendable {
  /// What options and records call it.
  var name: String { get }

  // Requests

  /// Headers that a request needs unless the user gave them.
  var headers: [HTTPRequest.Header] { get }
  /// The header that carries the key.
  var keyHeader: KeyHeader { get }
  /// Adds to the common form of a body what this format has of its own.
  func complete(_ body: inout RequestBody)
  /// The same for endpoints that refuse to be asked for token counts.
  var withoutUsage: Self { get }
  /// Where system prompts go unless the user says otherwise.
  var systemPlacement: ModelRequest.SystemPlacement { get }
  /// How neighbouring messages of equal role are treated unless the user says otherwise.
  var roles: RolePolicy { get }

  // Addresses

  /// How the paths end that requests are posted to. A URL that ends so speaks this dialect.
  var chatPath: String { get }
  /// The base on a host of which nothing else is known.
  var basePath: String { get }
  /// What is appended to the path of a base URL.
  func suffix(toBase path: String) -> String
  /// What stands in place of `chatPath` in the URL of the list of models.
  var listPath: String { get }
  /// The query, with its `?`, that asks for the whole list where the URL has none.
  var listQuery: String { get }
  /// Base URLs by the names that stand for them.
  var presets: KeyValuePairs<String, String> { get }
  /// Well-known hosts that speak it before anything else.
  var hosts: [KnownHost] { get }

  // Hints about errors (see `Remedies.swift`)

  /// What makes room for a longer conversation.
  var largerContext: String { get }
  /// How a model gets there that is missing.
  func fetchingModel(_ model: String) -> String?
  /// Keys of the payload that limit the tokens of a reply, the usual one first.
  var replyLimits: [String] { get }
  /// What lets a reply have more tokens.
  func moreTokens(_ payload: JSONObject) -> String
  /// Words that errors use for keys of the payload.
  var parameterWords: [String: String] { get }
}

extension Dialect {
  var headers: [HTTPRequest.Header] { [] }
  var keyHeader: KeyHeader { .bearer }
  func complete(_ body: inout RequestBody) {}
  var withoutUsage: Self { self }
  var systemPlacement: ModelRequest.SystemPlacement { .message }
  var roles: RolePolicy { .asIs }
  var basePath: String { "/v1" }
  func suffix(toBase path: String) -> String { chatPath }
  var listPath: String { "/models" }
  var listQuery: String { "" }
  var presets: KeyValuePairs<String, String> { [:] }
  var hosts: [KnownHost] { [] }
  var largerContext: String { "a model or server with a larger context" }
  func fetchingModel(_ model: String) -> String? { nil }
  var replyLimits: [String] { ["max_tokens"] }
  func moreTokens(_ payload: JSONObject) -> String {
    let limit = replyLimit(payload)
    return payload[limit] == nil
      ? "\(limit) in --payload, or \(largerContext)" : "a larger \(limit) in --payload"
  }
  var parameterWords: [String: String] { [:] }

  /// The headers of a request: ours, unless the user gave one of that name, and the user's.
  func headers(besides given: [HTTPRequest.Header]) -> [HTTPRequest.Header] {
    let names = Set(given.map { $0.name.lowercased() })
    let usual = [HTTPRequest.Header("Content-Type", "application/json")] + headers
    return usual.filter { !names.contains($0.name.lowercased()) } + given
  }
}
