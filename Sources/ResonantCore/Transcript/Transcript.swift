// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Everything known about a conversation: the content of its file, and the source for exports, resume, fork
/// and analysis.
public struct Transcript: Sendable, Equatable {
  public enum Mode: String, Sendable { case chat, party }

  /// The range of counts, numbers and milliseconds in a conversation: up to 35 years, and small enough that
  /// sums over millions stay far below `Int.max`.
  static let counts = 0...(1 << 40)

  /// Stands for a time that is not known, as in files of other tools.
  public static let unknownTime = Date(timeIntervalSince1970: 0)

  /// A participant as recorded in the header; contains no secret.
  public struct Participant: Sendable, Equatable {
    public var name: String
    public var model: String
    /// URL without query and user info.
    public var endpoint: String
    /// The wire format of requests, under its name in options.
    public var api: String
    public var systemPrompt: String?
    /// The extra body fields, with secrets masked.
    public var payload: JSONObject
    public var headerNames: [String]
    /// Header values that are just a reference to an environment variable, by header name.
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

  /// The conversation that this one was forked from, and the last turn it shares with it.
  public struct Parent: Sendable, Hashable {
    public var id: String
    public var turn: Int
    public init(id: String, turn: Int) {
      self.id = id
      self.turn = turn
    }
  }

  /// Whether the participant of this name is a person.
  public func isPerson(_ name: String) -> Bool {
    header.participants.contains { $0.name == name && $0.human }
  }

  /// Which trial of an experiment this is.
  public struct Trial: Sendable, Equatable {
    public var experiment: String
    public var condition: JSONObject
    /// From 1.
    public var `repeat`: Int
    /// Nil if it begins by itself.
    public var fork: Fork?
    public init(experiment: String, condition: JSONObject, repeat: Int, fork: Fork? = nil) {
      self.experiment = experiment
      self.condition = condition
      self.repeat = `repeat`
      self.fork = fork
    }

    /// Which fork of the trial it is, and what was injected. The header repeats that, so that a changed plan can be
    /// told from the beginning of a file.
    public struct Fork: Sendable, Equatable {
      /// From 1.
      public var number: Int
      /// Nil for a fork that goes on undisturbed.
      public var injection: Injection?
      public init(number: Int, injection: Injection?) {
        self.number = number
        self.injection = injection
      }

      public var place: ForkNumber { ForkNumber(number, injection == nil ? .control : .disturbed) }
    }
  }

  /// A message in the name of a participant, which nobody was asked for.
  public struct Injection: Sendable, Equatable {
    public var text: String
    public var speaker: String
    public init(_ text: String, as speaker: String) {
      self.text = text
      self.speaker = speaker
    }
  }

  /// What is known about a conversation before it begins.
  public struct Header: Sendable, Equatable {
    public var id: String
    public var created: Date
    /// Name and version of the program that wrote the file.
    public var program: String
    public var mode: Mode
    public var seed: UInt64?
    public var participants: [Participant]
    /// Every setting that shapes the conversation, under the keys of a plan's options.
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

  /// Holds the header outside of the transcript, which is passed to everybody at every turn: a copy would otherwise
  /// take 200 bytes more, and a dozen references.
  private final class Kept: Sendable, Equatable {
    let header: Header
    init(_ header: Header) { self.header = header }
    static func == (one: Kept, other: Kept) -> Bool { one.header == other.header }
  }

  /// A message that only one participant is given, before the conversation.
  public struct Preamble: Sendable, Equatable {
    public var owner: String
    /// From 1, separately for each owner.
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

  /// Something that happened besides the turns.
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

  /// How a conversation ended, and its totals.
  public struct End: Sendable, Equatable {
    public var reason: StopReason
    /// Whole turns: not one that was cut and is asked for again when the conversation goes on.
    public var turns: Int
    /// Code points of these turns.
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

  public var header: Header {
    get { kept.header }
    set { kept = Kept(newValue) }
  }
  private var kept: Kept
  public var preambles: [Preamble]
  /// In order of their numbers, with unique numbers; the last turn may be cut.
  public var turns: [Turn]
  public var events: [Event]
  /// Usage of discarded turns: those that were cut and asked for again, or forgotten.
  public private(set) var forgotten = Usage.zero
  /// Nil while the conversation goes on, or if it was killed.
  public var end: End?

  public init(
    header: Header, preambles: [Preamble] = [], turns: [Turn] = [], events: [Event] = [], end: End? = nil
  ) {
    kept = Kept(header)
    self.preambles = preambles
    self.turns = turns
    self.events = events
    self.end = end
  }
}

extension Transcript {
  /// Total usage of all requests, including those for discarded turns, and those besides the turns. What a
  /// branch has copied from its parent does not count.
  public var spent: Usage {
    let asked = ownTurns.reduce(forgotten) { $0 + ($1.usage ?? .zero) }
    return events.reduce(asked) { isCopied($1) ? $0 : $0 + ($1.usage ?? .zero) }
  }

  /// The turns without those that a branch has copied from its parent.
  var ownTurns: [Turn] { header.parent == nil ? turns : turns.filter { !isCopied($0) } }

  private func isCopied(_ turn: Turn) -> Bool { isCopied(turn.started) { turn.number <= $0 } }
  private func isCopied(_ event: Event) -> Bool { isCopied(event.time) { event.after < $0 } }

  /// Whether something that happened at this time was copied from the parent: a branch is younger than all of
  /// that, though possibly by less than the millisecond to which times are recorded.
  ///
  /// - Parameter isBefore: whether it stands before the turn at which the branch begins.
  private func isCopied(_ time: Date, _ isBefore: (Int) -> Bool) -> Bool {
    guard let parent = header.parent else { return false }
    return time < header.created || isBefore(parent.turn) && time < header.created.addingTimeInterval(0.001)
  }

  /// Whether the last turn was cut and is asked for again when the conversation is resumed. In a room, a turn
  /// that was interrupted by a listener, or whose stream failed, counts as said.
  public var endsWithCutTurn: Bool {
    guard let last = turns.last else { return false }
    guard header.mode == .party else { return last.outcome.isCut }
    let isHeard = { (event: Event) in
      event.kind == "interrupt" && event.after == last.number && event.fields["dropped"]?.bool != true
    }
    return last.outcome == .interrupted && !events.contains(where: isHeard)
  }

  /// The turns without one at the end that was cut and is asked for again.
  var wholeTurns: ArraySlice<Turn> { turns.dropLast(endsWithCutTurn ? 1 : 0) }

  /// Discards what is asked for again when the conversation goes on: a last turn that was cut, and any cut turns
  /// before it.
  mutating func forgetCutTurns() {
    while endsWithCutTurn, let last = turns.last { forgetTurns(above: last.number - 1) }
  }

  /// Goes back to the state after a turn, 0 for the start. What happened in the discarded turns is discarded
  /// as well, except for what holds for the room as a whole.
  mutating func rewind(to number: Int) {
    for event in events where event.belongs(above: number) && !isCopied(event) {
      forgotten = forgotten + (event.usage ?? .zero)
    }
    events.removeAll { $0.belongs(above: number) }
    forgetTurns(above: number)
  }

  /// Discards the turns above a number, 0 for all. Events after that turn move before the turns that will
  /// follow.
  mutating func forgetTurns(above number: Int) {
    while let last = turns.last, last.number > number { forget(turns.removeLast()) }
    for index in events.indices { events[index].after = min(events[index].after, number) }
  }

  /// Inserts a turn by its number, replacing a turn of the same number. Events after the replaced turn move
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

  private mutating func forget(_ turn: Turn) {
    if !isCopied(turn) { forgotten = forgotten + (turn.usage ?? .zero) }
  }
}
