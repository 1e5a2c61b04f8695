// SPDX-License-Identifier: MIT

/// The attempts for one reply.
final class ReplyCourse {
  let request: ModelRequest
  let live: LiveReply
  private let policy: RetryPolicy
  private var course = RetryPolicy.Course()
  /// The place of an attempt that is under way.
  var pass: RequestPass?
  /// Of the last attempt.
  var result: Result<Completion, AttemptFailure> = .success(Completion())
  /// The last attempt failed only because it asked for token counts.
  var mayDropUsage = false
  /// Before the next attempt.
  var pause = Duration.zero

  init(_ request: ModelRequest, into live: LiveReply, _ policy: RetryPolicy) {
    self.request = request
    self.live = live
    self.policy = policy
  }

  /// Attempts that failed.
  var attempts: Int { course.attempts }

  /// Whether there is another attempt, after `pause`.
  func goesOn(after failure: AttemptFailure, random: Double) -> Bool {
    let decision = live.hasArrived ? .giveUp : policy.decide(failure, after: course, random: random)
    course.attempts += 1
    course.note(decision)
    guard case .retry(let wait, _) = decision else { return false }
    pause = wait
    return true
  }
}
