// SPDX-License-Identifier: MIT

/// Participants speak in the order in which they are listed.
struct RoundRobinSelection: SpeakerSelection {
  func next(after transcript: Transcript, among participants: [Participant]) -> Int {
    participants.lastSpeaker(in: transcript).map { ($0 + 1) % participants.count } ?? 0
  }
}
