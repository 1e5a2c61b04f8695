// SPDX-License-Identifier: MIT

import OrderedCollections

/// The present state of a room, as its transcript tells it. Nothing else of a room has to survive, so a resumed
/// or rewound room goes on as if nothing had happened.
struct RoomState: Sendable, Equatable {
  /// A wish for the next speaker, in ascending order of weight.
  struct Wish: Sendable, Equatable {
    enum Author: Int, Sendable { case tool, interrupt, person }

    var speaker: String
    var author: Author
  }

  private(set) var triggers: [String: [String]] = [:]
  private(set) var bios: OrderedDictionary<String, String> = [:]
  /// Participants who were asked for an introduction, with or without success.
  private(set) var introduced: Set<String> = []
  private(set) var wordLimit: Int?
  /// The word limit was lifted, and no model has been told yet.
  private(set) var wordLimitIsLifted = false
  private(set) var wish: Wish?
  /// The wish that the last turn itself gave rise to; a rewind to that turn leaves no other.
  private var wishOfTurn: Wish?
  /// Turns in a row in which nobody spoke, and failed turns in a row by participant; a hold starts them anew.
  private(set) var failures = 0
  private(set) var failuresByName: [String: Int] = [:]
  /// Replies that each participant has given so far, also those that left no turn.
  private(set) var replies: [String: Int] = [:]

  init(_ transcript: Transcript, wordLimit: Int? = nil) {
    self.wordLimit = wordLimit
    for moment in transcript.timeline {
      switch moment {
      case .preamble: break
      case .turn(let turn): take(turn)
      case .event(let event): take(event)
      }
    }
  }

  private mutating func take(_ turn: Turn) {
    (wish, wishOfTurn) = (nil, nil)
    guard turn.speaker != RoomPerson.name else { return }
    wordLimitIsLifted = false
    // An error follows, which counts the reply and the failure.
    guard turn.outcome != .incomplete else { return }
    if turn.outcome != .injected { replies[turn.speaker, default: 0] += 1 }
    failures = 0
    failuresByName[turn.speaker] = nil
  }

  private mutating func take(_ event: Transcript.Event) {
    let speaker = event.fields["speaker"]?.string ?? ""
    switch event.kind {
    case "bio":
      introduced.insert(speaker)
      bios[speaker] = event.fields["text"]?.string
      replies[speaker, default: 0] += 1
    case "error": fail(event, by: speaker)
    case "silent": attempt(by: speaker)
    case "triggers": triggers[speaker] = (event.fields["triggers"]?.array ?? []).compactMap(\.string)
    case "words": setWordLimit(event.fields["limit"]?.int)
    case "hold": (failures, failuresByName) = (0, [:])
    case "rewind":
      (failures, failuresByName) = (0, [:])
      wish = wishOfTurn
    case "tool": wish(event.requestedSpeaker.map { Wish(speaker: $0, author: .tool) }, from: event)
    case "interrupt":
      // A person passes the mic to whoever is next.
      let by = event.fields["by"]?.string.flatMap { $0 == RoomPerson.name ? nil : $0 }
      wish(by.map { Wish(speaker: $0, author: .interrupt) }, from: event)
    case "next": choose(event.fields["speaker"]?.string)
    case "selection":
      for name in (event.fields["asked"]?.array ?? []).compactMap(\.string) { replies[name, default: 0] += 1 }
      // A wish that cannot be granted is over.
      if event.fields["dropped"]?.bool == true { wish = nil }
    default: break
    }
  }

  private mutating func fail(_ event: Transcript.Event, by name: String) {
    if event.fields["during"]?.string == "bio" {
      introduced.insert(name)
      replies[name, default: 0] += 1
    } else if event.isFailure {
      attempt(by: name)
      failuresByName[name, default: 0] += 1
    }
  }

  private mutating func attempt(by name: String) {
    replies[name, default: 0] += 1
    failures += 1
    // The wish was granted with this attempt.
    wish = nil
  }

  private mutating func setWordLimit(_ limit: Int?) {
    wordLimitIsLifted = limit == nil && (wordLimit != nil || wordLimitIsLifted)
    wordLimit = limit
  }

  private mutating func wish(_ wish: Wish?, from event: Transcript.Event) {
    guard let wish, event.fields["dropped"]?.bool != true, event.fields["problem"] == nil else { return }
    if (self.wish?.author.rawValue ?? 0) <= wish.author.rawValue { self.wish = wish }
    wishOfTurn = wish
  }

  private mutating func choose(_ name: String?) { wish = name.map { Wish(speaker: $0, author: .person) } }
}
