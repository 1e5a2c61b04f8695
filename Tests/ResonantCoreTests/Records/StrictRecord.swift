// SPDX-License-Identifier: MIT
// Properties are named as the file's keys are.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation

/// The file format once more, written down apart from the program's own types: every field with its type.
enum StrictRecord: Decodable {
  case header(StrictHeader)
  case preamble(StrictPreamble)
  case turn(StrictTurn)
  case event(StrictEvent)
  case end(StrictEnd)

  private struct Kind: Decodable { var type: String }

  init(from decoder: any Decoder) throws {
    switch try Kind(from: decoder).type {
    case "header": self = .header(try StrictHeader(from: decoder))
    case "preamble": self = .preamble(try StrictPreamble(from: decoder))
    case "turn": self = .turn(try StrictTurn(from: decoder))
    case "event": self = .event(try StrictEvent(from: decoder))
    case "end": self = .end(try StrictEnd(from: decoder))
    case let other: throw UnknownKind(type: other)
    }
  }

  /// The lines of a file, which must all end with a line feed.
  static func lines(of data: Data) throws -> [StrictRecord] {
    guard data.isEmpty || data.last == 0x0A else { throw NoLineFeed() }
    return try data.split(separator: 0x0A).map { try JSONDecoder().decode(StrictRecord.self, from: $0) }
  }

  struct UnknownKind: Error { var type: String }
  struct NoLineFeed: Error {}
}

struct StrictHeader: Decodable {
  struct Participant: Decodable {
    var name, model, endpoint: String
    var api: API
    var system_prompt: String?
    var payload: [String: Anything]
    var header_names: [String]
    var header_refs: [String: String]?
    var human: Bool
  }
  struct Parent: Decodable, Equatable {
    var id: String
    var turn: Int
  }
  struct Trial: Decodable {
    var experiment: String
    var condition: [String: Anything]
    var `repeat`: Int
  }
  enum API: String, Decodable { case openai, anthropic, ollama }
  enum Mode: String, Decodable { case chat, party }

  var type, format: String
  var version: Int
  var id: String
  var created: StrictTime
  var program: String
  var mode: Mode
  var seed: UInt64?
  var participants: [Participant]
  var settings: [String: Anything]
  var topic: String?
  var parent: Parent?
  var trial: Trial?
}

struct StrictPreamble: Decodable {
  enum Role: String, Decodable { case system, user, assistant }
  var owner: String
  var index: Int
  var role: Role
  var content: String
  var name: String?
  var extra: [String: Anything]?
}

struct StrictUsage: Decodable, Equatable {
  var prompt_tokens, completion_tokens: Int
  var estimated: Bool?
}

struct StrictTurn: Decodable {
  enum Outcome: String, Decodable {
    case opening, finished, truncated, interrupted, incomplete, passed, human, injected
  }
  struct Call: Decodable, Equatable {
    var id: String?
    var name, arguments: String
  }
  var n: Int
  var speaker, model: String
  var served_model: String?
  var text: String
  var heard, thinking: String?
  var chars: Int
  var outcome: Outcome
  var started: StrictTime
  var first_token_ms: Int?
  var ms: Int
  var usage: StrictUsage?
  var finish_reason: String?
  var tool_calls: [Call]?
  var retries: Int
}

struct StrictEvent: Decodable {
  var kind: String
  var t: StrictTime
}

struct StrictEnd: Decodable {
  enum Reason: String, Decodable {
    case max_turns, stop_phrase, loop, silence, budget, exhausted, quit, interrupted, error
  }
  var reason: Reason
  var turns, chars: Int
  var usage: StrictUsage
  var ms: Int
  var error: String?
}

/// RFC 3339 in UTC with milliseconds and nothing else.
struct StrictTime: Decodable, Equatable {
  var text: String

  init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
    guard text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil else {
      throw NoTime(text: text)
    }
  }

  struct NoTime: Error { var text: String }
}

/// Any JSON value, unread.
struct Anything: Decodable {
  init(from decoder: any Decoder) throws {}
}
