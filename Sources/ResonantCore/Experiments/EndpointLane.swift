// SPDX-License-Identifier: MIT

/// The current limits on requests to one endpoint: a value without clock or waiting, used by `RequestLimits`.
///
/// `allowed` starts at `limit`, is halved when the endpoint is overloaded, and rises by one after each full
/// round of successes (additive increase, multiplicative decrease: Chiu and Jain, 1989). Times are durations
/// since any fixed moment.
struct EndpointLane {
  /// The longest pause that a single `Retry-After` can cause.
  static let longestHold = Duration.seconds(120)

  /// The largest number of requests in flight.
  let limit: Int
  /// The shortest time between the starts of two requests.
  let interval: Duration
  /// The largest number of requests in flight for now, from 1 to `limit`.
  private(set) var allowed: Int
  private(set) var inFlight = 0
  /// How often `allowed` was halved, so that further refusals from the same burst don't halve again.
  private(set) var halvings = 0
  private var successes = 0
  /// The number of requests refused because of overload.
  private(set) var refusals = 0
  /// No request starts before this time, because the endpoint asked for a pause.
  private(set) var heldUntil = Duration.zero
  private var nextStart = Duration.zero
  /// The running trials that only use this endpoint, and so will return to it.
  var activeTrials = 0
  /// The position of the lane's last start in the order of all starts.
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
      guard started == halvings else { return }
      halvings += 1
      allowed = max(1, allowed / 2)
    case .failed: break
    }
  }
}

/// The requests that wait for a lane, in order of arrival. Joining, leaving and serving take constant time.
struct WaitingLine {
  typealias Waiter = CheckedContinuation<Int, any Error>

  private var waiters: [Int: Waiter] = [:]
  private var first = 0
  private var next = 0

  var isEmpty: Bool { waiters.isEmpty }
  var count: Int { waiters.count }

  /// A number to join with, ascending in order of arrival.
  mutating func ticket() -> Int {
    defer { next += 1 }
    return next
  }

  mutating func join(_ ticket: Int, _ waiter: Waiter) {
    waiters[ticket] = waiter
    first = min(first, ticket)
  }

  mutating func leave(_ ticket: Int) -> Waiter? { waiters.removeValue(forKey: ticket) }

  /// Removes and returns the request that has waited longest; nil when none waits.
  mutating func serve() -> Waiter? {
    guard !waiters.isEmpty else { return nil }
    while first < next {
      defer { first += 1 }
      if let waiter = waiters.removeValue(forKey: first) { return waiter }
    }
    return nil
  }
}
