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
    switch Attractors.settled(transcript.turns.filter { $0.outcome != .passed }.map { $0.heard ?? $0.text }) {
    case .verbatim: .loop
    case .minimal: .silence
    case nil: nil
    }
  }
}
