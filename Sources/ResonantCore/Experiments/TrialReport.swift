// SPDX-License-Identifier: MIT

import OrderedCollections

/// The state of one trial in a run directory.
public struct TrialReport: Sendable, Equatable {
  public enum State: String, Sendable {
    /// A process is running it.
    case running
    /// It was started and can be continued.
    case unfinished
    case failed
    case done
  }

  public var id: String
  public var condition: JSONObject
  /// From 1.
  public var `repeat`: Int
  /// Nil if it is no fork.
  public var fork: ForkNumber?
  public var state: State
  /// Nil if the conversation has not ended.
  public var reason: StopReason?
  public var turns: Int
  /// The code points of all turns.
  public var characters: Int
  public var usage: Usage
  public var milliseconds: Int
  public var error: String?
  /// Where a finished trial is forked; nil if that is not known, or the plan has no perturbation.
  var forkPoint: ForkPoint?
  /// The transcript can't be read. The trial can only run again after the user repairs or deletes the file.
  private(set) var isDamaged = false

  public init(
    id: String, condition: JSONObject, repeat: Int, fork: ForkNumber? = nil, state: State, turns: Int = 0,
    usage: Usage = .zero
  ) {
    self.id = id
    self.condition = condition
    self.repeat = `repeat`
    self.fork = fork
    self.state = state
    self.turns = turns
    characters = 0
    self.usage = usage
    milliseconds = 0
  }
}

extension TrialReport {
  /// The report of a transcript that can't be read.
  static func unreadable(_ id: String, _ error: InvalidValue) -> TrialReport {
    var report = TrialReport(id: id, condition: [:], repeat: 0, state: .failed)
    report.damage("\(error)")
    return report
  }

  /// Marks the trial as failed because of the content of its file.
  mutating func damage(_ message: String) {
    isDamaged = true
    fail("\(message); mend or delete the file to hold the trial again")
  }

  mutating func fail(_ message: String) {
    state = .failed
    reason = .error
    error = message
  }

  /// Copies the reason and the totals from the end of a conversation.
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

  /// Copies the state of a conversation, without a cut turn, which will be generated again.
  mutating func take(_ transcript: Transcript) {
    if let end = transcript.end {
      if end.reason.isFinal { return take(end) }
      takeReason(of: end)
    }
    let turns = transcript.wholeTurns
    self.turns = turns.count
    characters = turns.reduce(0) { $0 + $1.characters }
    usage = transcript.spent
    milliseconds = turns.duration(pause: transcript.header.settings["delay"]?.seconds ?? .zero)
  }
}
