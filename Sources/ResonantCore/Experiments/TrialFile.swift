// SPDX-License-Identifier: MIT

/// The transcript of a trial in a run directory.
struct TrialFile: Sendable, Equatable {
  var report: TrialReport
  /// Header and preambles.
  var head: Transcript
  /// Whether the file contains replies. Continuing it with other options would then mix conditions.
  var hasReplies: Bool

  init?(id: String, path: String) throws(InvalidValue) {
    let edges = try TranscriptEdges(contentsOf: path)
    guard let head = edges.head, let trial = head.header.trial else { return nil }
    self.head = head
    report = TrialReport(
      id: id, condition: trial.condition, repeat: trial.repeat, fork: trial.fork?.place, state: .unfinished)
    if case .end(let end) = edges.last, end.reason.isFinal {
      report.take(end)
      // A fork begins with the turns that it shares, and an injected one.
      let given = head.header.parent.map { $0.turn + (trial.fork?.place.arm == .control ? 0 : 1) }
      hasReplies = end.turns > (given ?? (head.header.settings["no_opening"] == true ? 0 : 1))
    } else {
      let transcript: Transcript
      do {
        transcript = try Transcript.read(contentsOf: path).transcript
      } catch {
        throw InvalidValue(error.description)
      }
      report.take(transcript)
      hasReplies = transcript.hasReplies
    }
    if report.state != .done, TrialLock.isTaken(path) { report.state = .running }
  }
}

extension Transcript {
  /// Whether any turn was generated, here and not for a parent, and not cut.
  var hasReplies: Bool { ownTurns.contains { $0.outcome.isGenerated && !$0.outcome.isCut } }
}
