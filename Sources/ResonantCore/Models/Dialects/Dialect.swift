// SPDX-License-Identifier: MIT

import HTTPTransport
import OrderedCollections

/// Everything that distinguishes a wire format from the others. Does no I/O.
///
/// A new dialect needs its own file and an entry in `API.dialects`. Since replies are read in whichever
/// format they come, an extension of `ReplyEvent` reads them.
protocol Dialect: Sendable {
  /// The name in options and records.
  var name: String { get }

  // Requests

  /// Headers that a request needs unless the user sets them.
  var headers: [HTTPRequest.Header] { get }
  /// The header that carries the API key.
  var keyHeader: KeyHeader { get }
  /// A request's tools in this format. Requires the call of one if `required` names it, or of any if `byName` is
  /// false.
  func members(offering tools: [Tool], required: Tool?, byName: Bool) -> JSONObject
  /// The fields of a request, which have OpenAI's names, in this format. The payload wins.
  func members(for fields: JSONObject, beside payload: JSONObject) -> JSONObject
  /// Adds the parts of this format to the common body.
  func complete(_ body: inout RequestBody)
  /// The dialect for endpoints that reject requests for token counts.
  var withoutUsage: Self { get }
  /// The default position of system prompts.
  var systemPlacement: ModelRequest.SystemPlacement { get }
  /// The default treatment of neighbouring messages of the same role.
  var roles: RolePolicy { get }

  // Addresses

  /// The end of paths that requests are sent to. A URL with this ending speaks this dialect.
  var chatPath: String { get }
  /// The base path on an unknown host.
  var basePath: String { get }
  /// What is appended to the path of a base URL.
  func suffix(toBase path: String) -> String
  /// Replaces `chatPath` in the URL of the list of models.
  var listPath: String { get }
  /// The query, with its `?`, that asks for the whole list of models. Used if the URL has no query.
  var listQuery: String { get }
  /// Base URLs by preset name.
  var presets: KeyValuePairs<String, String> { get }
  /// Well-known hosts whose main format this is.
  var hosts: [KnownHost] { get }

  // Hints about errors (see `Remedies.swift`)

  /// Advice that makes room for a longer conversation.
  var largerContext: String { get }
  /// Advice on how to install a missing model.
  func fetchingModel(_ model: String) -> String?
  /// Keys of the payload that limit the tokens of a reply, the usual one first.
  var replyLimits: [String] { get }
  /// Advice that allows more tokens for a reply.
  func moreTokens(_ payload: JSONObject) -> String
  /// Words that errors use instead of a payload key.
  var parameterWords: [String: String] { get }
}

extension Dialect {
  var headers: [HTTPRequest.Header] { [] }
  var keyHeader: KeyHeader { .bearer }
  func members(for fields: JSONObject, beside payload: JSONObject) -> JSONObject {
    let isLimited = replyLimits.contains { payload[$0] != nil }
    return fields.filter { payload[$0.key] == nil && !(isLimited && replyLimits.contains($0.key)) }
  }
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

  /// The tools and fields that a request adds to the payload. If the payload has tools of its own, those of
  /// the request are not offered, and none is required.
  func additions(of request: ModelRequest, to payload: JSONObject) -> JSONObject {
    var additions = members(for: request.fields, beside: payload)
    guard !request.tools.isEmpty, payload["tools"] == nil else { return additions }
    let required = request.tools.first { $0.name == request.requiredTool }
    let offer = members(offering: request.tools, required: required, byName: request.namesRequiredTool)
    for (key, value) in offer where payload[key] == nil { additions[key] = value }
    return additions
  }

  /// All headers of a request: the user's, and ours with other names.
  func headers(besides given: [HTTPRequest.Header]) -> [HTTPRequest.Header] {
    let names = Set(given.map { $0.name.lowercased() })
    let usual = [HTTPRequest.Header("Content-Type", "application/json")] + headers
    return usual.filter { !names.contains($0.name.lowercased()) } + given
  }
}
