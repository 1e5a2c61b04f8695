// SPDX-License-Identifier: MIT

extension Turn {
  /// What readers of a room, and the speaker, see of the turn: a dash marks an interruption.
  var utterance: String { marked(text) }
  /// What the other participants see of it.
  var utteranceForOthers: String { marked(heard ?? text) }

  private func marked(_ text: String) -> String {
    switch outcome {
    case .passed: "(passed)"
    case .interrupted: text.isEmpty ? "(interrupted)" : text + "—"
    default: text
    }
  }
}
