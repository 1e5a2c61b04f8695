// SPDX-License-Identifier: MIT

/// What happens in a conversation, in memory: the screen, the transcript's file and the page follow it.
public enum ConversationEvent: Sendable {
  /// Everything that is known beforehand; for a resumed conversation with the turns it already has.
  case began(Transcript)
  /// A participant is asked; its words appear in the attempt's live reply.
  case asked(turn: Int, speaker: Participant, attempt: Attempt)
  /// A turn is whole. The transcript is the state after it.
  case spoke(Turn, Transcript)
  case occurred(Transcript.Event)
  case ended(Transcript.End, Transcript)
}

/// Somebody who follows a conversation. Called in order; the conversation waits for each.
public protocol ConversationObserver: Sendable {
  /// Throws only where the conversation cannot go on without it, such as a file that can't be written.
  func observe(_ event: ConversationEvent) async throws
  /// What has happened since the last call, in order; by default one call for each.
  func observe(_ events: [ConversationEvent]) async throws
}

extension ConversationObserver {
  public func observe(_ events: [ConversationEvent]) async throws {
    for event in events { try await observe(event) }
  }
}
