// SPDX-License-Identifier: MIT

extension ConversationSettings {
  /// Why a conversation would stop after its current turns; nil if another turn is due.
  public func reasonToStop(_ transcript: Transcript) -> StopReason? {
    if let last = transcript.turns.last, last.outcome == .finished || last.outcome == .truncated {
      if stopPhrases.contains(where: { last.text.contains($0) }) { return .stopPhrase }
      if stopOnLoop, let reason = Self.settledReason(transcript) { return reason }
    }
    if let maxTurns, transcript.turns.count >= maxTurns { return .maxTurns }
    if let budgetTokens, transcript.spent.total >= budgetTokens { return .budget }
    return nil
  }

  private static func settledReason(_ transcript: Transcript) -> StopReason? {
    // After a message that was injected to disturb it, a conversation has to settle anew.
    let injected =
      transcript.turns.last { $0.outcome == .injected }?.number ?? transcript.turnInPlaceOfMessage
    let turns = transcript.turns.filter { $0.number > injected ?? 0 && $0.isHeard }
    return switch Attractors.settled(turns.map(\.heardText)) {
    case .verbatim: .loop
    case .minimal: .silence
    case nil: nil
    }
  }
}

extension Transcript {
  /// The number of the turn that an undisturbed fork of a trial has where other forks have the message; nil in any
  /// other conversation. It counts from there on like these, lest it ends at once by the state that it was forked
  /// in.
  fileprivate var turnInPlaceOfMessage: Int? {
    header.trial?.fork?.place.arm == .control ? header.parent.map { $0.turn + 1 } : nil
  }
}
