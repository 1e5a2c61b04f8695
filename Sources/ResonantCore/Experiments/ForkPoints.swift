// SPDX-License-Identifier: MIT

import Synchronization

/// Where the finished trials of a plan are forked. Each transcript is read once at most, and not at all if it has a
/// fork, whose header tells.
final class ForkPoints: Sendable {
  private let directory: RunDirectory
  private let plan: Plan
  private let known = Mutex<[String: ForkPoint]>([:])

  init(_ directory: RunDirectory, of plan: Plan) {
    self.directory = directory
    self.plan = plan
  }

  /// Notes the turn after which the trial with this id has been forked.
  func note(_ turn: Int, of id: String) { known.withLock { $0[id] = .after(turn: turn) } }

  /// The place of a trial that has been looked at or forked.
  func known(_ id: String) -> ForkPoint? { known.withLock { $0[id] } }

  /// Nil for a trial that is not finished, or is a fork itself, and if the plan has no perturbation.
  func point(of trial: Trial, _ report: TrialReport) -> ForkPoint? {
    guard let perturbation = plan.experiment.perturbation, trial.fork == nil, report.state == .done else {
      return nil
    }
    if let point = known(trial.id) { return point }
    let maxTurns = plan.conversations[plan.place(of: trial)].settings.maxTurns
    var point = perturbation.point(turns: report.turns, maxTurns: maxTurns)
    if point == nil,
      let transcript = try? Transcript.read(contentsOf: directory.path(of: trial.id)).transcript
    {
      point = perturbation.point(in: transcript, maxTurns: maxTurns)
    }
    // The forks of a trial that can't be read fail, and so tell why.
    let found = point ?? .after(turn: 0)
    known.withLock { $0[trial.id] = found }
    return found
  }
}

extension Plan {
  /// Whether a trial has forks, or may yet have some, however long it becomes.
  func mayFork(_ trial: Trial, _ report: TrialReport?) -> Bool {
    guard let perturbation = experiment.perturbation else { return false }
    if case .nowhere? = report?.forkPoint { return false }
    let maxTurns = conversations[place(of: trial)].settings.maxTurns
    if case .nowhere? = perturbation.point(turns: .max, maxTurns: maxTurns) { return false }
    return true
  }
}

/// How many finished trials are not forked, and why.
struct UnforkedTrials: Sendable, Equatable, CustomStringConvertible {
  private var counts: [ForkPoint.Reason: Int] = [:]

  mutating func add(_ point: ForkPoint?) {
    if case .nowhere(let reason)? = point { counts[reason, default: 0] += 1 }
  }

  var isEmpty: Bool { counts.isEmpty }

  /// `3 without an onset, 1 too close to max_turns`.
  var description: String {
    ForkPoint.Reason.allCases.compactMap { reason in
      counts[reason].map { "\(Wording.grouped($0)) \(reason.rawValue)" }
    }
    .joined(separator: ", ")
  }
}
