// SPDX-License-Identifier: MIT

import OrderedCollections

/// What a run directory knows of one trial.
public struct TrialReport: Sendable, Equatable {
  public enum State: String, Sendable {
    /// Some process is at work on it.
    case running
    /// It was begun and is to go on.
    case unfinished
    case failed
    case done
  }

  public var id: String
  public var condition: JSONObject
  /// From 1.
  public var `repeat`: Int
  public var state: State
  /// Nil for a conversation that has not ended.
  public var reason: StopReason?
  public var turns: Int
  /// Code points of all turns.
  public var characters: Int
  public var usage: Usage
  public var milliseconds: Int
  public var error: String?

  public init(
    id: String, condition: JSONObject, repeat: Int, state: State, turns: Int = 0, usage: Usage = .zero
  ) {
    self.id = id
    self.condition = condition
    self.repeat = `repeat`
    self.state = state
    self.turns = turns
    characters = 0
    self.usage = usage
    milliseconds = 0
  }
}
