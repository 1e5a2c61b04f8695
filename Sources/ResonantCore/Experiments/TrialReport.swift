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
  /// Its transcript can't be read: only somebody who mends or deletes it can have it held again.
  private(set) var isDamaged = false

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

extension TrialReport {
  /// For a transcript that can't be read.
  static func unreadable(_ id: String, _ error: InvalidValue) -> TrialReport {
    var report = TrialReport(id: id, condition: [:], repeat: 0, state: .failed)
    report.damage("\(error)")
    return report
  }

  /// Fails for what a transcript's file holds.
  mutating func damage(_ message: String) {
    isDamaged = true
    fail("\(message); mend or delete the file to hold the trial again")
  }

  mutating func fail(_ message: String) {
    state = .failed
    reason = .error
    error = message
  }

  /// Takes over how a conversation ended, and its sums.
  mutating func take(_ end: Transcript.End) {
    takeReason(of: end)
    turns = end.turns
    characters = end.characters
    usage = end.usage
    milliseconds = end.milliseconds
  }

  private mutating func takeReason(of end: Transcript.End) {
    reason = end.reason
    error = end.error
    state = end.reason.isFinal ? .done : end.reason == .error ? .failed : .unfinished
  }

  /// Takes over what there is of a conversation, without a turn that was cut and will be asked again.
  mutating func take(_ transcript: Transcript) {
    if let end = transcript.end {
      if end.reason.isFinal { return take(end) }
      takeReason(of: end)
    }
    let turns = transcript.turns.filter { !$0.outcome.isCut }
    self.turns = turns.count
    characters = turns.reduce(0) { $0 + $1.characters }
    usage = transcript.spent
    milliseconds = turns.duration(pause: transcript.header.settings["delay"]?.seconds ?? .zero)
  }
}
