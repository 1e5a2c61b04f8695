// SPDX-License-Identifier: MIT

/// How the next speaker is chosen.
public enum SpeakerOrder: String, Sendable, CaseIterable {
  case roundRobin = "round-robin"
  /// Uniform over all but the last speaker.
  case random
  /// These three ask models by tools, which come with the group conversation.
  case chain, vote, moderator
}

/// What a turn that fails does to its conversation.
public enum FailureAction: Sendable, Equatable {
  /// The conversation ends with the error.
  case end
  /// The error is recorded and the next turn is asked for.
  case goOn
}

/// What shapes a conversation beside its participants.
public struct ConversationSettings: Sendable, Equatable {
  /// Most turns, the opening included.
  public var maxTurns = 30
  /// Most code points of one reply.
  public var maxChars = 10_000
  /// What the first participant says unasked; nil to have it generate the first turn.
  public var opening: String? = "Hello!"
  public var order = SpeakerOrder.roundRobin
  public var onFailure = FailureAction.end
  /// Others see replies without thinking spans.
  public var filterThinking = false
  public var stream = true
  public var stopPhrases: [String] = []
  public var stopOnLoop = false
  /// No turn starts once so many tokens are used; nil for no limit.
  public var budgetTokens: Int?
  /// Pause between turns.
  public var delay = Duration.zero
  public var seed: UInt64 = 0

  public init() {}
}

/// Where a conversation's files go.
public struct OutputSettings: Sendable, Equatable {
  public var directory = "."
  /// Base name of the files; nil to make one up from the models and six hexadecimal digits.
  public var name: String?
  public var html = true
  /// False: no file at all.
  public var save = true
  /// Show reasoning that comes in fields of its own.
  public var showThinking = false
  /// Nil to look for `pandoc` on the path.
  public var pandocPath: String?

  public init() {}
}
