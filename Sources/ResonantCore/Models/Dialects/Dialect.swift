// SPDX-License-Identifier: MIT

import HTTPTransport

/// How a request is written in one wire format: what it has beyond the common form. Does no I/O.
protocol Dialect: Sendable {
  /// Headers that a request needs unless the user gave them.
  var headers: [HTTPRequest.Header] { get }
  /// Adds to the common form of a body what this format has of its own.
  func complete(_ body: inout RequestBody)

  // What its hints about errors name (see `Remedies.swift`).

  /// What makes room for a longer conversation.
  var largerContext: String { get }
  /// How a model gets there that is missing.
  func fetchingModel(_ model: String) -> String?
  /// An example of the header that holds the key.
  var keyHeader: String { get }
  /// Keys of the payload that limit the tokens of a reply, the usual one first.
  var replyLimits: [String] { get }
  /// What lets a reply have more tokens.
  func moreTokens(_ payload: JSONObject) -> String
  /// Words that errors use for keys of the payload.
  var parameterWords: [String: String] { get }
}

extension Dialect {
  var headers: [HTTPRequest.Header] { [] }
  var largerContext: String { "a model or server with a larger context" }
  func fetchingModel(_ model: String) -> String? { nil }
  var keyHeader: String { #""Authorization": "Bearer ${NAME}""# }
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

extension API {
  /// - Parameter asksForUsage: whether the endpoint knows `stream_options`.
  func dialect(asksForUsage: Bool) -> any Dialect {
    switch self {
    case .openai: OpenAIChat(asksForUsage: asksForUsage)
    case .anthropic: AnthropicMessages()
    case .ollama: OllamaChat()
    }
  }
}
