// SPDX-License-Identifier: MIT

import HTTPTransport

/// How a request is written in one wire format: what it has beyond the common form. Does no I/O.
protocol Dialect: Sendable {
  /// Headers that a request needs unless the user gave them.
  var headers: [HTTPRequest.Header] { get }
  /// Adds to the common form of a body what this format has of its own.
  func complete(_ body: inout RequestBody)
}

extension Dialect {
  var headers: [HTTPRequest.Header] { [] }

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
