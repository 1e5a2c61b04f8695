// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// A server that answers a request only if it is as it should be, the advice that its refusal brings, and a second run
/// that follows the advice.
struct Refusal: CustomTestStringConvertible, Sendable {
  typealias Rule = @Sendable (RecordedRequest) -> Answer?

  let path: String
  /// The refusal of a request, nil where it is answered.
  let rule: Rule
  let first: [String]
  /// What is said, and what is advised.
  let said: [String]
  let second: [String]
  var unadvised = "no such advice"
  var files: [String: String] = [:]
  var environment: [String: String] = [:]

  static let openAI = "/v1/chat/completions"
  static let anthropic = "/v1/messages"
  static let ollama = "/api/chat"

  var testDescription: String { "\(path) \(said.joined(separator: " … "))" }

  /// An error as the API of that path words it.
  static func error(
    _ path: String, _ status: Int, _ message: String, type: String = "invalid_request_error"
  )
    -> Answer
  {
    switch path {
    case anthropic:
      .json(
        ["type": "error", "error": ["type": .string(type), "message": .string(message)]], status: status)
    case ollama: .json(["error": .string(message)], status: status)
    default:
      .json(
        ["error": ["message": .string(message), "type": .string(type), "param": .null, "code": .null]],
        status: status)
    }
  }

  /// A good reply, or one that ends for that reason without a text.
  static func reply(_ path: String, _ texts: String..., ending: String = "stop") -> Answer {
    let pieces = texts.map { ReplyPiece.text($0) }
    let end = Answer.Ending(reason: ending)
    return switch (path, pieces.first) {
    case (anthropic, let piece?): .anthropic(piece, ending: end)
    case (anthropic, nil): .anthropic(ending: end)
    case (ollama, let piece?): .ollama(piece, ending: end)
    case (ollama, nil): .ollama(ending: end)
    default: .openAI(pieces, ending: end)
    }
  }
}

extension RecordedRequest {
  /// The roles of the messages, in order.
  var roles: [String] { (json["messages"]?.array ?? []).map { $0["role"]?.string ?? "?" } }

  /// The roles as a template sees them, to which all dialects give the system prompt as the first message.
  var templateRoles: [String] { (json["system"] == nil ? [] : ["system"]) + roles }

  var userSays: Bool {
    (json["messages"]?.array ?? []).contains {
      $0["role"] == "user" && $0["content"]?.string?.isEmpty == false
    }
  }

  var characters: Int { messages.reduce(0) { $0 + $1.count } }
}
