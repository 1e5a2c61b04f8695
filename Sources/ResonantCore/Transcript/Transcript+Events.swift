// SPDX-License-Identifier: MIT

import OrderedCollections

extension Transcript.Event {
  /// The kinds of events of a room that vanish with the turn that they belong to.
  private static let kindsOfTurn: Set<String> = ["tool", "triggers", "interrupt", "note", "next", "error"]
  /// Those that are recorded before their turn, like everything that came too late for it.
  private static let kindsBeforeTurn: Set<String> = [
    "check", "selection", "silent", "hold", "retry", "rewind", "inject",
  ]

  /// Whether the event vanishes with the turns above a number.
  func belongs(above number: Int) -> Bool {
    if Self.kindsBeforeTurn.contains(kind) || fields["dropped"]?.bool == true { return after >= number }
    return after > number && Self.kindsOfTurn.contains(kind)
  }

  /// The tokens of the request behind the event, if there was one.
  var usage: Usage? {
    fields["usage"]?.object.map { usage in
      Usage(
        promptTokens: usage["prompt_tokens"]?.int ?? 0,
        completionTokens: usage["completion_tokens"]?.int ?? 0,
        estimated: usage["estimated"]?.bool ?? false)
    }
  }

  /// Whether this is a note of the moderator to all participants of a room; a note with a speaker is a warning
  /// about that one's endpoint.
  var isModeratorNote: Bool { kind == "note" && fields["speaker"] == nil }
}
