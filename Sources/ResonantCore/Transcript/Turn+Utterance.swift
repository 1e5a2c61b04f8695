// SPDX-License-Identifier: MIT

extension Turn {
  /// Whether something was said in the turn, that is, it was not passed.
  var isHeard: Bool { outcome != .passed }
  /// The text as the other participants received it.
  var heardText: String { heard ?? text }

  /// What readers of a room, and the speaker, see of the turn: a dash marks an interruption.
  public var utterance: String { marked(text) }
  /// What the other participants see of it.
  var utteranceForOthers: String { marked(heardText) }

  /// What follows the text of a turn that was interrupted; empty for any other turn.
  public var interruptionMark: String { interruptionMark(after: text) }

  private func marked(_ text: String) -> String {
    outcome == .passed ? "(passed)" : text + interruptionMark(after: text)
  }

  private func interruptionMark(after text: String) -> String {
    outcome != .interrupted ? "" : text.isEmpty ? "(interrupted)" : "—"
  }
}

extension Transcript {
  /// The turns in which something was said.
  var heardTurns: [Turn] { turns.filter(\.isHeard) }
}
