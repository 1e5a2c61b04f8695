// SPDX-License-Identifier: MIT

/// How the next speaker is chosen.
public enum SpeakerOrder: String, Sendable, CaseIterable {
  case roundRobin = "round-robin"
  /// Uniform over all but the last speaker.
  case random
  /// Not available yet: these three ask models through tools, as part of the group conversation.
  case chain, vote, moderator
}

/// What happens to a conversation when a turn fails.
public enum FailureAction: Sendable, Equatable {
  /// The conversation ends with the error.
  case end
  /// The error is recorded and the next turn is asked for.
  case goOn
}

/// The settings of a conversation, apart from its participants.
public struct ConversationSettings: Sendable, Equatable {
  /// Maximum number of turns, including the opening; nil for no limit.
  public var maxTurns: Int? = 30
  /// Maximum number of code points in a reply.
  public var maxChars = 10_000
  /// The first participant's opening message; nil if it generates the first turn.
  public var opening: String? = Prompts.defaultOpening
  public var order = SpeakerOrder.roundRobin
  public var onFailure = FailureAction.end
  /// Remove thinking spans from what the others see.
  public var filterThinking = false
  public var stream = true
  public var stopPhrases: [String] = []
  public var stopOnLoop = false
  /// No turn starts once this many tokens are used; nil for no limit.
  public var budgetTokens: Int?
  /// Pause between turns.
  public var delay = Duration.zero
  public var seed: UInt64 = 0

  public init() {}
}

/// Where a conversation's files go.
public struct OutputSettings: Sendable, Equatable {
  public var directory = "."
  /// Base name of the files; nil for one made from the models and six hexadecimal digits.
  public var name: String?
  public var html = true
  /// False to write no files at all.
  public var save = true
  /// Show reasoning that comes in separate fields.
  public var showThinking = false
  /// Nil to look for `pandoc` on the path.
  public var pandocPath: String?

  public init() {}
}
