// SPDX-License-Identifier: MIT

/// The number of turns that a trial was last allowed, and is allowed now; nil for no limit.
struct TurnLimitChange {
  private let before: Int?
  private let now: Int?
  /// Whether the present limit makes no difference to the trial as it is.
  let isImmaterial: Bool

  init(since header: Transcript.Header, _ report: TrialReport, of conversation: ResolvedConversation) {
    let first = header.settings["max_turns"]?.int
    // A trial that has gone on beyond its first limit has had a later one.
    before = report.reason == .maxTurns ? first.map { max($0, report.turns) } : first
    now = conversation.settings.maxTurns
    let endedOtherwise = report.state == .done && report.reason != .maxTurns
    isImmaterial = before == now || endedOtherwise && report.turns <= now ?? .max
  }

  /// Whether the trial may have more turns now.
  var isRise: Bool { before ?? .max < now ?? .max }

  /// `max_turns was 12 and is now 14`.
  var description: String {
    ResolvedConversation.change("max_turns", before.map(JSONValue.int), now.map(JSONValue.int))
  }
}

extension TrialReport {
  /// The report of a trial that only a former limit has ended, as one that is to go on.
  func extended(to maxTurns: Int?) -> TrialReport {
    guard state == .done, reason == .maxTurns, turns < maxTurns ?? .max else { return self }
    var report = self
    (report.state, report.reason) = (.unfinished, nil)
    return report
  }
}
