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
  /// What all attempts came to; nil while there is to be another.
  private(set) var end: Result<Completion, ModelError>?
  /// The last attempt failed only because it asked for token counts.
  var mayDropUsage = false
  /// Before the next attempt.
  var pause = Duration.zero
  var hasPause: Bool { pause > .zero }

  init(_ request: ModelRequest, into live: LiveReply, _ policy: RetryPolicy) {
    self.request = request
    self.live = live
    self.policy = policy
  }

  /// Attempts that failed.
  var attempts: Int { course.attempts }

  /// There is to be no other attempt: what the last one gave is the reply, which is empty when it was cut.
  func succeed() {
    var completion = Completion()
    if case .success(let last) = result {
      completion = last
      completion.retries = attempts
    }
    end = .success(completion)
  }

  /// There is to be no other attempt, and no reply.
  func fail(_ error: ModelError) { end = .failure(error) }

  /// What the reply is complete with, once there is to be no other attempt.
  @inline(never)
  func completion() throws(ModelError) -> Completion { try end?.get() ?? Completion() }

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
