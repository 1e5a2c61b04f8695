// SPDX-License-Identifier: MIT

/// Participants speak in the order in which they are listed.
struct RoundRobinSelection: SpeakerSelection {
  func next(in context: SelectionContext) -> SpeakerChoice {
    SpeakerChoice(index: context.lastSpeaker.map { ($0 + 1) % context.participants.count } ?? 0)
  }
}
