// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import ResonantCore

struct RequestLimitsTests {
  private let clock = ManualClock()

  private func limits(
    _ concurrency: Int, _ lanes: [(String, RequestLimits.Lane)]
  ) -> RequestLimits {
    RequestLimits(concurrency: concurrency, lanes: .init(uniqueKeysWithValues: lanes), clock: clock)
  }

  /// Requests that come in one after the other, and what they were let in with.
  private final class Crowd: Sendable {
    private let entered = Mutex<[(name: Int, permit: RequestPermit)]>([])
    private let refused = Mutex(0)
    var count: Int { entered.withLock { $0.count } }
    var names: [Int] { entered.withLock { $0.map(\.name) } }
    var refusals: Int { refused.withLock { $0 } }

    func join(_ gate: EndpointGate, name: Int = 0) -> Task<Void, Never> {
      Task {
        do {
          let permit = try await gate.enter()
          entered.withLock { $0.append((name, permit)) }
        } catch {
          refused.withLock { $0 += 1 }
        }
      }
    }

    /// Takes the one who has been in longest.
    func pop() throws -> RequestPermit {
      try #require(entered.withLock { $0.isEmpty ? nil : $0.removeFirst().permit })
    }
  }

  private func settle(_ reached: () -> Bool) async {
    let deadline = ContinuousClock.now + .seconds(10)
    while !reached(), ContinuousClock.now < deadline { await Task.yield() }
    // What should not happen gets its chance as well.
    for _ in 0..<50 { await Task.yield() }
  }

  private func crowd(_ count: Int, at gate: EndpointGate, letIn: Int) async -> Crowd {
    let crowd = Crowd()
    for _ in 0..<count { _ = crowd.join(gate) }
    await settle { crowd.count >= letIn }
    return crowd
  }

  @Test func noMoreAreInFlightThanTheLimitsAllow() async throws {
    let limits = limits(5, [("a", .init(limit: 2)), ("b", .init())])
    let first = await crowd(10, at: try #require(limits.gate(for: "a")), letIn: 2)
    #expect(first.count == 2)
    let second = await crowd(10, at: try #require(limits.gate(for: "b")), letIn: 3)
    #expect(second.count == 3)
    #expect(limits.gate(for: "c") == nil)
  }

  @Test func withFewerPlacesThanEndpointsEachHasItsTurn() async throws {
    let limits = limits(1, [("a", .init()), ("b", .init()), ("c", .init())])
    let gates = try ["a", "b", "c"].map { try #require(limits.gate(for: $0)) }
    let crowd = Crowd()
    for (index, gate) in gates.enumerated() {
      gate.addActiveTrials(3)
      for _ in 0..<3 { _ = crowd.join(gate, name: index) }
    }
    await settle { limits.state.withLock { $0.lanes.reduce(0) { $0 + $1.waiting.count } } == 8 }
    var order: [Int] = []
    for _ in 0..<9 {
      await settle { crowd.count == 1 }
      order += crowd.names
      let lane = try #require(crowd.names.first)
      gates[lane].leave(try crowd.pop(), .succeeded)
    }
    for start in [0, 3, 6] { #expect(Set(order[start..<start + 3]) == [0, 1, 2], "\(order)") }
  }

  @Test func whoTurnsRequestsAwayIsNamedHowOftenAndForHowLongItWantsToBeLeftAlone()
    async throws
  {
    let limits = limits(4, [("a", .init()), ("b", .init())])
    let gate = try #require(limits.gate(for: "b"))
    #expect(limits.throttled.isEmpty)
    let permits = [try await gate.enter(), try await gate.enter()]
    gate.leave(permits[0], .overloaded(retryAfter: .seconds(9)))
    gate.leave(permits[1], .overloaded(retryAfter: nil))
    clock.advance(by: .seconds(2))
    #expect(limits.throttled == [.init(endpoint: "b", refusals: 2, reducedTo: 2, wait: .seconds(7))])
    clock.advance(by: .seconds(8))
    for _ in 0..<5 { gate.leave(try await gate.enter(), .succeeded) }
    #expect(limits.throttled == [.init(endpoint: "b", refusals: 2, reducedTo: nil, wait: .zero)])
  }

  @Test func aPlaceThatIsLeftGoesToWhoHasWaitedLongest() async throws {
    let gate = try #require(limits(1, [("a", .init())]).gate(for: "a"))
    let crowd = Crowd()
    for name in 0..<4 {
      _ = crowd.join(gate, name: name)
      await settle { crowd.count == 1 }
    }
    var order: [Int] = []
    for _ in 0..<4 {
      await settle { crowd.count == 1 }
      order += crowd.names
      gate.leave(try crowd.pop(), .succeeded)
    }
    #expect(order == [0, 1, 2, 3])
  }

  @Test func anOverloadedEndpointIsHalvedOnceForABurstAndClimbsBackByOneARound() async throws {
    let gate = try #require(limits(8, [("a", .init())]).gate(for: "a"))
    let crowd = await crowd(100, at: gate, letIn: 8)
    for _ in 0..<8 { gate.leave(try crowd.pop(), .overloaded(retryAfter: nil)) }
    await settle { crowd.count == 4 }
    #expect(crowd.count == 4)
    for _ in 0..<4 { gate.leave(try crowd.pop(), .succeeded) }
    await settle { crowd.count == 5 }
    #expect(crowd.count == 5)
    for _ in 0..<4 { gate.leave(try crowd.pop(), .failed) }
    await settle { crowd.count == 5 }
    #expect(crowd.count == 5)
  }

  @Test func anEndpointAlwaysKeepsOnePlaceAndNeverGetsMoreThanItsLimit() async throws {
    let gate = try #require(limits(3, [("a", .init(limit: 2))]).gate(for: "a"))
    let crowd = await crowd(60, at: gate, letIn: 2)
    for _ in 0..<6 {
      gate.leave(try crowd.pop(), .overloaded(retryAfter: nil))
      await settle { crowd.count >= 1 }
    }
    #expect(crowd.count == 1)
    for _ in 0..<20 {
      gate.leave(try crowd.pop(), .succeeded)
      await settle { crowd.count >= 1 }
    }
    await settle { crowd.count == 2 }
    #expect(crowd.count == 2)
  }

  @Test func retryAfterHoldsThatEndpointUntilThenAndNoOther() async throws {
    let limits = limits(8, [("a", .init()), ("b", .init())])
    let held = try #require(limits.gate(for: "a"))
    held.leave(try await held.enter(), .overloaded(retryAfter: .seconds(20)))
    let waiting = await crowd(3, at: held, letIn: 0)
    let going = await crowd(4, at: try #require(limits.gate(for: "b")), letIn: 4)
    #expect(waiting.count == 0)
    #expect(going.count == 4)
    await settle { clock.sleepers == 1 }
    clock.advance(by: .seconds(19))
    await settle { clock.sleepers == 1 }
    #expect(waiting.count == 0)
    clock.advance(by: .seconds(1))
    await settle { waiting.count == 3 }
    #expect(waiting.count == 3)
  }

  @Test func requestsAMinuteAreSpreadEvenly() async throws {
    let gate = try #require(limits(8, [("a", .init(requestsPerMinute: 60))]).gate(for: "a"))
    let crowd = await crowd(4, at: gate, letIn: 1)
    #expect(crowd.count == 1)
    for expected in 2...4 {
      await settle { clock.sleepers == 1 }
      clock.advance(by: .seconds(1))
      await settle { crowd.count == expected }
      #expect(crowd.count == expected)
    }
  }

  @Test func aSlowEndpointLeavesTheOthersTrialsTheirShareOfThePlaces() async throws {
    let limits = limits(4, [("slow", .init()), ("fast", .init())])
    let slow = try #require(limits.gate(for: "slow"))
    let fast = try #require(limits.gate(for: "fast"))
    slow.addActiveTrials(8)
    fast.addActiveTrials(2)
    let waiting = await crowd(8, at: slow, letIn: 2)
    #expect(waiting.count == 2)
    for _ in 0..<10 {
      fast.leave(try await fast.enter(), .succeeded)
      #expect(waiting.count == 2)
    }
    fast.addActiveTrials(-2)
    await settle { waiting.count == 4 }
    #expect(waiting.count == 4)
  }

  @Test func whoIsCancelledLeavesTheLineAndTakesNoPlace() async throws {
    let gate = try #require(limits(1, [("a", .init())]).gate(for: "a"))
    let crowd = await crowd(1, at: gate, letIn: 1)
    let cancelled = crowd.join(gate, name: 1)
    _ = crowd.join(gate, name: 2)
    cancelled.cancel()
    await settle { crowd.refusals == 1 }
    #expect(crowd.refusals == 1)
    gate.leave(try crowd.pop(), .succeeded)
    await settle { crowd.count == 1 }
    #expect(crowd.names == [2])
  }

  @Test func closingSendsEverybodyAwayWhoWaitsOrComesLater() async throws {
    let limits = limits(2, [("a", .init())])
    let gate = try #require(limits.gate(for: "a"))
    let crowd = await crowd(6, at: gate, letIn: 2)
    limits.close()
    await settle { crowd.refusals == 4 }
    #expect(crowd.refusals == 4)
    await #expect(throws: CancellationError.self) { try await gate.enter() }
    gate.leave(try crowd.pop(), .succeeded)
  }

  @Test func thousandsCanWait() async throws {
    let gate = try #require(limits(1, [("a", .init())]).gate(for: "a"))
    let done = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<5_000 {
        group.addTask {
          guard let pass = try? await gate.enter() else { return 0 }
          gate.leave(pass, .succeeded)
          return 1
        }
      }
      return await group.reduce(0, +)
    }
    #expect(done == 5_000)
  }
}
