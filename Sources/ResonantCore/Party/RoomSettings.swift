// SPDX-License-Identifier: MIT

/// What distinguishes a room from a chat, apart from its participants.
public struct RoomSettings: Sendable, Equatable {
  /// What the room talks about; every participant is told at the start.
  public var topic = ""
  /// Whether the models introduce themselves to each other before the first turn.
  public var introductions = true
  /// Whether models may set triggers and the moderator may let them interrupt each other.
  public var interrupts = true
  /// The score, from 1 to 10, from which an interrupt is accepted.
  public var interruptThreshold = 8
  /// Most triggers that a model may have set; 0 for no triggers.
  public var maxTriggers = 5
  /// Most words that a message should have; nil for no limit.
  public var wordLimit: Int?

  public init() {}
}
