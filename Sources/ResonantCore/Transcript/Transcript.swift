// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Everything that is known of a conversation: what its file holds, and all that exports, resume, fork and
/// analysis are made from.
public struct Transcript: Sendable, Equatable {
  public enum Mode: String, Sendable { case chat, party }

  /// What the counts, numbers and milliseconds of a conversation are within: up to 35 years, and so little that sums
  /// over millions stay far from the end of `Int`.
  static let counts = 0...(1 << 40)

  /// A participant as the header names it; holds no secret.
  public struct Participant: Sendable, Equatable {
    public var name: String
    public var model: String
    /// URL without query and user info.
    public var endpoint: String
    /// The wire format of requests, by the name that options have for it.
    public var api: String
    public var systemPrompt: String?
    /// The extra body fields, secrets masked.
    public var payload: JSONObject
    public var headerNames: [String]
    /// Header values that are only a reference to an environment variable, by header name.
    public var headerReferences: JSONObject
    public var human: Bool

    public init(
      name: String, model: String, endpoint: String, api: String, systemPrompt: String? = nil,
      payload: JSONObject = [:], headerNames: [String] = [], headerReferences: JSONObject = [:],
      human: Bool = false
    ) {
      self.name = name
      self.model = model
      self.endpoint = endpoint
      self.api = api
      self.systemPrompt = systemPrompt
      self.payload = payload
      self.headerNames = headerNames
      self.headerReferences = headerReferences
      self.human = human
    }
  }

  /// Which conversation this one branched from, and after which turn.
  public struct Parent: Sendable, Equatable {
    public var id: String
    public var turn: Int
    public init(id: String, turn: Int) {
      self.id = id
      self.turn = turn
    }
  }

  /// Which trial of an experiment this is.
  public struct Trial: Sendable, Equatable {
    public var experiment: String
    public var condition: JSONObject
    /// From 1.
    public var `repeat`: Int
    public init(experiment: String, condition: JSONObject, repeat: Int) {
      self.experiment = experiment
      self.condition = condition
      self.repeat = `repeat`
    }
  }

  /// The facts of a conversation that are known before it begins.
  public struct Header: Sendable, Equatable {
    public var id: String
    public var created: Date
    /// Name and version of the program that wrote it.
    public var program: String
    public var mode: Mode
    public var seed: UInt64?
    public var participants: [Participant]
    /// Every setting that shapes the conversation, keyed like the options of a plan.
    public var settings: JSONObject
    public var topic: String?
    public var parent: Parent?
    public var trial: Trial?

    public init(
      id: String, created: Date, program: String, mode: Mode = .chat, seed: UInt64? = nil,
      participants: [Participant], settings: JSONObject = [:]
    ) {
      self.id = id
      self.created = created
      self.program = program
      self.mode = mode
      self.seed = seed
      self.participants = participants
      self.settings = settings
    }
  }

  /// A message that one participant alone was given before the conversation.
  public struct Preamble: Sendable, Equatable {
    public var owner: String
    /// From 1, for each owner apart.
    public var index: Int
    public var role: Role
    public var content: String
    public var extra: JSONObject
    public init(owner: String, index: Int, role: Role, content: String, extra: JSONObject = [:]) {
      self.owner = owner
      self.index = index
      self.role = role
      self.content = content
      self.extra = extra
    }
  }

  /// Something that happened beside the turns.
  public struct Event: Sendable, Equatable {
    public var kind: String
    public var time: Date
    /// The number of the last turn before it; 0 before the first.
    public var after: Int
    public var fields: JSONObject
    public init(kind: String, time: Date, after: Int, fields: JSONObject = [:]) {
      self.kind = kind
      self.time = time
      self.after = after
      self.fields = fields
    }
  }

  /// How and with what sums a conversation ended.
  public struct End: Sendable, Equatable {
    public var reason: StopReason
    public var turns: Int
    /// Code points of all turns.
    public var characters: Int
    public var usage: Usage
    public var milliseconds: Int
    public var error: String?
    public init(
      reason: StopReason, turns: Int, characters: Int, usage: Usage, milliseconds: Int, error: String? = nil
    ) {
      self.reason = reason
      self.turns = turns
      self.characters = characters
      self.usage = usage
      self.milliseconds = milliseconds
      self.error = error
    }
  }

  public var header: Header
  public var preambles: [Preamble]
  /// In order of their numbers, one for each number; a cut turn may be the last.
  public var turns: [Turn]
  public var events: [Event]
  /// What the turns have used that stand no longer: those that were cut and asked again, or forgotten.
  public private(set) var forgotten = Usage.zero
  /// Nil while the conversation goes on, or when it was killed.
  public var end: End?

  public init(
    header: Header, preambles: [Preamble] = [], turns: [Turn] = [], events: [Event] = [], end: End? = nil
  ) {
    self.header = header
    self.preambles = preambles
    self.turns = turns
    self.events = events
    self.end = end
  }
}

extension Transcript {
  /// What has been used in all, also by turns that stand no longer.
  public var spent: Usage { turns.reduce(forgotten) { $0 + ($1.usage ?? .zero) } }

  /// Forgets the turns above a number, 0 for all. What happened since then happened before those that will follow.
  mutating func forgetTurns(above number: Int) {
    while let last = turns.last, last.number > number { forget(turns.removeLast()) }
    for index in events.indices { events[index].after = min(events[index].after, number) }
  }

  /// Takes up a turn in its place; the one of the same number goes, and what happened after that happened
  /// before the new one.
  mutating func add(_ turn: Turn) {
    let place = turns.lastIndex { $0.number <= turn.number }
    guard let place else { return turns.insert(turn, at: 0) }
    guard turns[place].number == turn.number else { return turns.insert(turn, at: place + 1) }
    forget(turns[place])
    turns[place] = turn
    for index in events.indices.reversed() {
      guard events[index].after == turn.number else { break }
      events[index].after = turn.number - 1
    }
  }

  private mutating func forget(_ turn: Turn) { forgotten = forgotten + (turn.usage ?? .zero) }
}
