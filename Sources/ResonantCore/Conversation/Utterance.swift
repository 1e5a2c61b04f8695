// SPDX-License-Identifier: MIT

/// What one turn adds to what the models see: the text as its speaker keeps it and as everybody else hears it,
/// each escaped once for all requests that carry it.
struct Utterance: Sendable {
  /// Index of the speaker among the participants.
  var speaker: Int
  var said: SharedText
  var heard: SharedText

  /// - Parameter name: put before what the others hear, `[name]: `, where more than two speak.
  init(speaker: Int, said: String, heard: String?, name: String?) {
    self.speaker = speaker
    self.said = SharedText(said)
    if heard == nil, name == nil {
      self.heard = self.said
    } else {
      self.heard = SharedText((name.map { "[\($0)]: " } ?? "") + (heard ?? said))
    }
  }
}
