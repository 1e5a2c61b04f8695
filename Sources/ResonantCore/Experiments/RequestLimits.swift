// SPDX-License-Identifier: MIT

import OrderedCollections
import Synchronization

/// Keeps the requests of many conversations within the limits of the endpoints: a number in flight in total
/// and for each endpoint, a rate of starts per minute, and pauses that an endpoint asks for.
///
/// A waiting request occupies no place, and each endpoint has its own queue, so a slow or paused endpoint
/// does not delay others. A free place goes to the endpoint with the fewest requests in flight and, among
/// equals, to the one served least recently. An endpoint may exceed its equal share only as long as places
/// remain for those trials of other endpoints that are between two turns.
public final class RequestLimits: Sendable {
  /// A plan's limits for one endpoint.
  public struct Lane: Sendable, Equatable {
    /// The largest number of requests in flight; nil for the overall limit.
    public var limit: Int?
    public var requestsPerMinute: Double?

    public init(limit: Int? = nil, requestsPerMinute: Double? = nil) {
      self.limit = limit
      self.requestsPerMinute = requestsPerMinute
    }
  }

  struct State {
    var lanes: [EndpointLane]
    var inFlight = 0
    /// The number of starts so far.
    var starts = 0
    var isClosed = false
    /// The time at which the next lane opens, and the task that waits for it.
    var alarm: (at: Duration, task: Task<Void, Never>)?
  }

  typealias Served = (waiter: WaitingLine.Waiter, halvings: Int)

  let state: Mutex<State>
  private let concurrency: Int
  private let indices: [String: Int]
  /// The time since this value was created.
  private let now: @Sendable () -> Duration
  private let sleep: @Sendable (_ until: Duration) async throws -> Void

  /// - Parameters:
  ///   - concurrency: the largest number of requests in flight over all endpoints, at least 1.
  ///   - lanes: every endpoint that will be used, by its displayed URL.
  public init<C: Clock>(
    concurrency: Int, lanes: OrderedDictionary<String, Lane>, clock: C = ContinuousClock()
  ) where C.Duration == Duration {
    let concurrency = max(1, concurrency)
    self.concurrency = concurrency
    indices = Dictionary(uniqueKeysWithValues: lanes.keys.enumerated().map { ($0.element, $0.offset) })
    state = Mutex(
      State(
        lanes: lanes.values.map {
          EndpointLane(
            limit: min($0.limit ?? concurrency, concurrency), requestsPerMinute: $0.requestsPerMinute)
        }))
    let start = clock.now
    now = { start.duration(to: clock.now) }
    sleep = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
  }

  /// The gate for requests to an endpoint; nil for an endpoint that is not among the lanes.
  public func gate(for endpoint: String) -> EndpointGate? {
    indices[endpoint].map { EndpointGate(limits: self, lane: $0) }
  }

  /// An endpoint that has refused requests.
  public struct Throttling: Sendable, Equatable {
    public var endpoint: String
    /// The number of requests refused so far because of overload.
    public var refusals: Int
    /// The reduced limit on requests in flight; nil when the limit is not reduced.
    public var reducedTo: Int?
    /// The remaining pause that the endpoint asked for, at least zero.
    public var wait: Duration
  }

  /// The endpoints that have refused requests.
  public var throttled: [Throttling] {
    let now = now()
    let lanes = state.withLock { $0.lanes }
    return indices.sorted { $0.value < $1.value }.compactMap { endpoint, index in
      let lane = lanes[index]
      guard lane.refusals > 0 else { return nil }
      return Throttling(
        endpoint: endpoint, refusals: lane.refusals,
        reducedTo: lane.allowed < lane.limit ? lane.allowed : nil, wait: max(.zero, lane.heldUntil - now))
    }
  }

  /// Admits no further request: waiting and later ones get a `CancellationError`. Requests in flight go on.
  public func close() {
    let (waiters, alarm) = state.withLock { state in
      state.isClosed = true
      defer { state.alarm = nil }
      return (Self.empty(&state.lanes), state.alarm?.task)
    }
    alarm?.cancel()
    for waiter in waiters { waiter.resume(throwing: CancellationError()) }
  }

  private static func empty(_ lanes: inout [EndpointLane]) -> [WaitingLine.Waiter] {
    var waiters: [WaitingLine.Waiter] = []
    for index in lanes.indices {
      while let waiter = lanes[index].waiting.serve() { waiters.append(waiter) }
    }
    return waiters
  }

  /// Waits for a place; returns the number of halvings to pass to `leave`.
  func enter(_ lane: Int) async throws -> Int {
    let ticket = state.withLock { $0.lanes[lane].waiting.ticket() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiter in
        let refused = change { state in
          guard !state.isClosed, !Task.isCancelled else { return true }
          state.lanes[lane].waiting.join(ticket, waiter)
          return false
        }
        if refused { waiter.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      state.withLock { $0.lanes[lane].waiting.leave(ticket) }?.resume(throwing: CancellationError())
    }
  }

  func leave(_ lane: Int, _ outcome: RequestOutcome, halvings: Int) {
    let now = now()
    change { state in
      state.inFlight -= 1
      state.lanes[lane].finish(outcome, startedIn: halvings, at: now)
    }
  }

  func addActiveTrials(_ count: Int, to lane: Int) {
    change { $0.lanes[lane].activeTrials += count }
  }

  /// Changes the state, then admits the requests that may now start.
  @discardableResult
  private func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
    let now = now()
    let (value, served) = state.withLock { state in
      let value = body(&state)
      return (value, serve(&state, at: now))
    }
    for served in served { served.waiter.resume(returning: served.halvings) }
    return value
  }

  private func serve(_ state: inout State, at now: Duration) -> [Served] {
    var served: [Served] = []
    while state.inFlight < concurrency, let lane = nextLane(state, at: now),
      let waiter = state.lanes[lane].waiting.serve()
    {
      served.append((waiter, start(lane, &state, at: now)))
    }
    setAlarm(&state, at: now)
    return served
  }

  private func start(_ lane: Int, _ state: inout State, at now: Duration) -> Int {
    state.starts += 1
    state.lanes[lane].start(at: now, number: state.starts)
    state.inFlight += 1
    return state.lanes[lane].halvings
  }

  /// The lane that gets the next free place; nil when no waiting request may start.
  private func nextLane(_ state: State, at now: Duration) -> Int? {
    let waiting = state.lanes.indices.filter { !state.lanes[$0].waiting.isEmpty }
    guard !waiting.isEmpty else { return nil }
    let places = places(state, at: now)
    return waiting.filter(places.mayStart).min { left, right in
      let (left, right) = (state.lanes[left], state.lanes[right])
      return (left.inFlight, left.lastStart) < (right.inFlight, right.lastStart)
    }
  }

  /// The division of places among the lanes.
  private struct Places {
    let lanes: [EndpointLane]
    let now: Duration
    /// The equal share of each lane in use.
    let share: Int
    /// For each lane, the places reserved for its trials between two turns.
    let kept: [Int]
    let free: Int

    func mayStart(_ index: Int) -> Bool {
      let lane = lanes[index]
      return lane.hasRoom && lane.opening <= now && (lane.inFlight < share || free + kept[index] > 0)
    }
  }

  private func places(_ state: State, at now: Duration) -> Places {
    let busy = state.lanes.indices.count { index in
      let lane = state.lanes[index]
      return lane.activeTrials > 0 || lane.inFlight > 0 || !lane.waiting.isEmpty
    }
    let share = max(1, concurrency / max(1, busy))
    let kept = state.lanes.map { lane in
      lane.opening > now ? 0 : max(0, min(share, lane.activeTrials, lane.allowed) - lane.inFlight)
    }
    return Places(
      lanes: state.lanes, now: now, share: share, kept: kept,
      free: concurrency - state.inFlight - kept.reduce(0, +))
  }

  /// Checks the queues again when the next lane opens.
  private func setAlarm(_ state: inout State, at now: Duration) {
    let openings = state.lanes.filter { !$0.waiting.isEmpty && $0.hasRoom && $0.opening > now }.map(\.opening)
    guard let next = openings.min(), next < state.alarm?.at ?? .seconds(Int64.max / 2), !state.isClosed else {
      return
    }
    state.alarm?.task.cancel()
    state.alarm = (
      next,
      Task { [weak self, sleep] in
        guard (try? await sleep(next)) != nil else { return }
        self?.change { $0.alarm = nil }
      }
    )
  }
}

/// Admits the requests to one endpoint.
public struct EndpointGate: RequestGate {
  let limits: RequestLimits
  let lane: Int

  public func enter() async throws -> RequestPermit {
    RequestPermit(halvings: try await limits.enter(lane))
  }

  public func leave(_ permit: RequestPermit, _ outcome: RequestOutcome) {
    limits.leave(lane, outcome, halvings: permit.halvings)
  }

  /// Counts the start (1) or end (-1) of a trial that only uses this endpoint.
  public func addActiveTrials(_ count: Int) { limits.addActiveTrials(count, to: lane) }
}
