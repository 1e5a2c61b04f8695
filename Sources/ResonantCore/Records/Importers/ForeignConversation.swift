// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What another tool's file tells of a conversation.
struct ForeignConversation {
  /// The one that the file gives it, if it does.
  var id: String?
  var created: Date?
  /// Facts under names that are no options, by which conversations can be told apart.
  var settings: JSONObject = [:]
  /// Why it ended, if the file tells.
  var end: StopReason?
  private(set) var participants: OrderedDictionary<String, Transcript.Participant> = [:]
  private(set) var turns: [Turn] = []
  private var preambles: [Transcript.Preamble] = []

  /// Adds a participant, or what is known about one that was added before.
  mutating func describe(_ name: String, model: String? = nil, systemPrompt: String? = nil) {
    var participant =
      participants[name] ?? Transcript.Participant(name: name, model: "", endpoint: "", api: "")
    if participant.model.isEmpty, let model { participant.model = model }
    if let systemPrompt, !systemPrompt.isEmpty { participant.systemPrompt = systemPrompt }
    participants[name] = participant
  }

  mutating func setPayload(_ payload: JSONObject, of name: String) {
    describe(name)
    participants[name]?.payload = payload
  }

  /// Adds the message of a user that only this participant was given.
  mutating func precede(_ name: String, with message: String) {
    describe(name)
    preambles.append(Transcript.Preamble(owner: name, index: 1, role: .user, content: message))
  }

  /// Adds a turn; its speaker becomes a participant.
  mutating func say(_ text: String, by name: String, calling calls: [ToolCall] = []) {
    describe(name)
    var turn = Turn(
      number: turns.count + 1, speaker: name, model: "", text: text, outcome: .finished,
      started: Transcript.unknownTime)
    turn.toolCalls = calls
    turns.append(turn)
  }

  /// The conversation as a chat of this program.
  func transcript(id: String, from format: ForeignFormat) -> Transcript {
    var settings = settings
    // A branch after turn 0 begins as this one did, not with the opening that is usual here.
    settings["no_opening"] = true
    settings["form"] = .string(format.rawValue)
    let names = VisibleName.replacements(for: Array(participants.keys))
    let header = Transcript.Header(
      id: self.id ?? id, created: created ?? Transcript.unknownTime, program: Version.program,
      participants: participants.values.map { participant in
        var participant = participant
        participant.name = names[participant.name] ?? participant.name
        return participant
      }, settings: settings)
    let turns = turns.map { turn in
      var turn = turn
      turn.model = participants[turn.speaker]?.model ?? ""
      turn.speaker = names[turn.speaker] ?? turn.speaker
      return turn
    }
    let preambles = preambles.map { preamble in
      var preamble = preamble
      preamble.owner = names[preamble.owner] ?? preamble.owner
      return preamble
    }
    var transcript = Transcript(header: header, preambles: preambles, turns: turns)
    transcript.end = end.map { reason in
      Transcript.End(
        reason: reason, turns: turns.count, characters: turns.reduce(0) { $0 + $1.characters }, usage: .zero,
        milliseconds: 0)
    }
    return transcript
  }
}
