// SPDX-License-Identifier: MIT

/// Why a conversation ended.
public enum StopReason: String, Sendable, CaseIterable {
  case maxTurns = "max_turns"
  case stopPhrase = "stop_phrase"
  case loop, silence, budget, exhausted, quit, interrupted, error
}

extension StopReason {
  /// Whether the conversation ran to its end, as opposed to an error or an interruption.
  public var isFinal: Bool { self != .error && self != .interrupted }
}
