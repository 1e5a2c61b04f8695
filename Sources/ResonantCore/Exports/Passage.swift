// SPDX-License-Identifier: MIT

/// A part of a conversation as exports show it: events that belong to a turn are with it.
enum Passage {
  case preamble(Transcript.Preamble)
  case turn(ToldTurn)
  /// An event that has a sentence.
  case event(Transcript.Event)
}

/// A turn with what belongs to it.
struct ToldTurn: Sendable, Equatable {
  var turn: Turn
  /// What readers see of it.
  var text: String
  /// Why the speaker was chosen; nil where the order decided.
  var reason: String?
  /// What the speaker did besides speaking, a sentence each.
  var calls: [String] = []
  /// Whether a note of the moderator says that the turn was interrupted.
  var isInterruptionTold = false
}

extension Turn {
  /// What readers see: in a room a dash marks an interruption.
  func shown(in mode: Transcript.Mode) -> String {
    mode == .party || outcome == .passed ? utterance : text
  }
}

extension Transcript {
  /// The conversation in reading order, without the introductions and checks, which have places of their own.
  var passages: [Passage] {
    var passages: [Passage] = []
    var selection: Event?
    var place: Int?
    for moment in timeline {
      switch moment {
      case .preamble(let preamble): passages.append(.preamble(preamble))
      case .turn(let turn):
        var told = ToldTurn(turn: turn, text: turn.shown(in: header.mode))
        if selection?.speaker == turn.speaker { told.reason = selection?.reason }
        selection = nil
        place = passages.count
        passages.append(.turn(told))
      case .event(let event):
        if event.kind == "selection", !event.isDropped { selection = event }
        if event.isFailedTurn { selection = nil }
        if let place, case .turn(var told) = passages[place], told.take(event) {
          passages[place] = .turn(told)
        } else if event.kind != "bio", event.sentence != nil {
          passages.append(.event(event))
        }
      }
    }
    return passages
  }

  /// The introductions of a room, by participant in the order in which they came.
  var introductions: [Fact] {
    events.compactMap { event in
      guard event.kind == "bio", let speaker = event.speaker, let text = event.text("text") else {
        return nil
      }
      return Fact(label: speaker, value: text)
    }
  }
}

extension ToldTurn {
  /// Takes over an event after the turn; false if it does not belong to the turn.
  fileprivate mutating func take(_ event: Transcript.Event) -> Bool {
    switch event.kind {
    case "tool", "triggers":
      guard event.speaker == turn.speaker else { return false }
      if let sentence = event.sentence { calls.append(sentence) }
      return true
    case "interrupt":
      if !event.isDropped, event.text("whom") == turn.speaker { isInterruptionTold = true }
      return true
    default: return false
    }
  }
}

extension Transcript.Event {
  /// Whether somebody was asked for a turn and gave none, or a part of one.
  fileprivate var isFailedTurn: Bool { kind == "error" && fields["during"] == nil }
}
