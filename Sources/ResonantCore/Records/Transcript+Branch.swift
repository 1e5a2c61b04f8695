// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Transcript {
  /// The number of the last turn that was said to its end, which is as far as a branch can begin; 0 for none.
  public var lastBranchableTurn: Int {
    var whole = self
    whole.forgetCutTurns()
    return whole.turns.last?.number ?? 0
  }

  /// What a conversation that branches off after a turn begins with: the turns up to it, the events that belong
  /// to them, and the header with the settings that held at that time, which names this transcript as parent.
  public func branch(after number: Int) -> Transcript {
    var whole = self
    whole.forgetCutTurns()
    let turns = whole.turns.filter { $0.number <= number }
    let events = whole.events(upTo: number, endsIncomplete: turns.last?.outcome == .incomplete)
    var header = Transcript(header: header, events: events).latestHeader
    header.parent = Parent(id: header.id, turn: number)
    header.trial = nil
    // A higher limit that was given on resuming is recorded nowhere but in the turns.
    if let most = header.settings["max_turns"]?.int, whole.turns.count > most {
      header.settings["max_turns"] = .int(whole.turns.count)
    }
    return Transcript(
      header: header, preambles: preambles, turns: turns, events: events.map(\.withoutResumedFields))
  }

  /// The events up to a turn, without those that tell of the attempts to get the next one.
  ///
  /// - Parameter endsIncomplete: the turn failed in the middle, which an error after it tells.
  private func events(upTo number: Int, endsIncomplete: Bool) -> [Event] {
    var ownsError = endsIncomplete
    return events.filter { event in
      // The turns that were rewound are not copied, so there is nothing to rewind.
      guard event.after <= number, event.kind != "rewind" else { return false }
      guard event.after == number else { return true }
      if event.isFailure, ownsError {
        ownsError = false
        return true
      }
      return !event.precedesTurn
    }
  }

  /// Adds a message that nobody was asked for as the next turn, and the event that says so.
  public mutating func inject(_ text: String, by speaker: String, model: String, at time: Date) {
    let last = turns.last?.number ?? 0
    events.append(Event(kind: "inject", time: time, after: last, fields: ["n": .int(last + 1)]))
    turns.append(
      Turn(
        number: last + 1, speaker: speaker, model: model, text: text, outcome: .injected, started: time))
  }
}

extension Transcript.Event {
  /// Whether an event between two turns is about the second one: what was decided and tried until it came.
  fileprivate var precedesTurn: Bool {
    switch kind {
    case "retry", "silent", "hold", "next": true
    case "error": fields["during"]?.string != "bio"
    case "note": !isModeratorNote
    default: belongs(above: after)
    }
  }

  /// A `resume` with the sentences for people alone: the header of a branch says what holds in it.
  fileprivate var withoutResumedFields: Transcript.Event {
    guard kind == Transcript.resumption else { return self }
    var event = self
    for key in Transcript.resumedFields { event.fields[key] = nil }
    return event
  }
}
