// SPDX-License-Identifier: MIT

/// How much may be asked of one endpoint now: a value without clock or waiting, for `RequestLimits`.
///
/// It starts at its limit, is halved when the endpoint is overloaded and climbs back by one for each full round
/// of successes (additive increase, multiplicative decrease: Chiu and Jain, 1989). Times are durations since any
/// fixed moment.
struct EndpointLane {
  /// Most time that an endpoint's wish to be left alone is heeded at once.
  static let longestHold = Duration.seconds(120)

  /// Most requests in flight, ever.
  let limit: Int
  /// Least time between two starts.
  let interval: Duration
  /// Most requests in flight now, from 1 to `limit`.
  private(set) var allowed: Int
  private(set) var inFlight = 0
  /// Rises with each halving, so that the other requests of the same burst don't halve again.
  private(set) var generation = 0
  private var successes = 0
  /// Requests turned away because it was overloaded.
  private(set) var refusals = 0
  /// No request starts before: the endpoint said so, or the pace does.
  private(set) var heldUntil = Duration.zero
  private var nextStart = Duration.zero
  /// Trials under way that ask this endpoint alone, and so will come back to it.
  var activeTrials = 0
  /// The place of its last start in the order of all starts.
  private(set) var lastStart = 0
  var waiting = WaitingLine()

  init(limit: Int, requestsPerMinute: Double?) {
    self.limit = max(1, limit)
    allowed = self.limit
    interval = requestsPerMinute.map { .seconds(60 / $0) } ?? .zero
  }

  var hasRoom: Bool { inFlight < allowed }

  /// The earliest moment at which a request may start.
  var opening: Duration { max(heldUntil, nextStart) }

  mutating func start(at now: Duration, number: Int) {
    inFlight += 1
    lastStart = number
    nextStart = now + interval
  }

  mutating func finish(_ outcome: RequestOutcome, startedIn started: Int, at now: Duration) {
    inFlight -= 1
    switch outcome {
    case .succeeded:
      successes += 1
      guard successes >= allowed else { return }
      successes = 0
      allowed = min(limit, allowed + 1)
    case .overloaded(let retryAfter):
      refusals += 1
      if let retryAfter { heldUntil = max(heldUntil, now + min(retryAfter, Self.longestHold)) }
      successes = 0
      guard started == generation else { return }
      generation += 1
      allowed = max(1, allowed / 2)
    case .failed: break
    }
  }
}

/// Who waits for a lane, first come first served. Joining, leaving and being served take constant time, however
/// many wait.
struct WaitingLine {
  typealias Waiter = CheckedContinuation<Int, any Error>

  private var waiters: [Int: Waiter] = [:]
  private var first = 0
  private var next = 0

  var isEmpty: Bool { waiters.isEmpty }
  var count: Int { waiters.count }

  /// A number to join with, in the order of arrival.
  mutating func ticket() -> Int {
    defer { next += 1 }
    return next
  }

  mutating func join(_ ticket: Int, _ waiter: Waiter) {
    waiters[ticket] = waiter
    first = min(first, ticket)
  }

  mutating func leave(_ ticket: Int) -> Waiter? { waiters.removeValue(forKey: ticket) }

  /// The one who has waited longest; nil when nobody waits.
  mutating func serve() -> Waiter? {
    guard !waiters.isEmpty else { return nil }
    while first < next {
      defer { first += 1 }
      if let waiter = waiters.removeValue(forKey: first) { return waiter }
    }
    return nil
  }
}
