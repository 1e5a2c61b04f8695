// SPDX-License-Identifier: MIT

/// An event in a conversation, in memory; the screen, the transcript file and the page are updated from
/// these.
public enum ConversationEvent: Sendable {
  /// What is known beforehand; for a resumed conversation this includes the turns so far.
  case began(Transcript)
  /// A participant is asked; its words appear in the attempt's live reply.
  case asked(turn: Int, speaker: Participant, attempt: Attempt)
  /// A turn is complete. The transcript is the state after it.
  case spoke(Turn, Transcript)
  case occurred(Transcript.Event)
  case ended(Transcript.End, Transcript)
}

/// An observer of a conversation. Called in order; the conversation waits for each.
public protocol ConversationObserver: Sendable {
  /// Throws only if the conversation cannot go on, for example because a file cannot be written.
  func observe(_ event: ConversationEvent) async throws
  /// Receives the events since the last call, in order; by default makes one call for each.
  func observe(_ events: [ConversationEvent]) async throws
}

extension ConversationObserver {
  public func observe(_ events: [ConversationEvent]) async throws {
    for event in events { try await observe(event) }
  }
}
