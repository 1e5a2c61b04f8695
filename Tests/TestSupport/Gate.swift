// SPDX-License-Identifier: MIT

/// A place in a script where things wait until the test says so.
public final class Gate: Sendable {
  private struct State: Sendable {
    var reached = false
    var open = false
  }

  private let state = Watched(State())

  public init() {}

  /// Lets everyone through, now and later.
  public func open() {
    state.update { $0.open = true }
  }

  /// Waits until somebody stands before the gate: all that comes before it in the script has happened.
  public func waitUntilReached() async throws {
    try await state.wait(for: "a script to reach its gate") { $0.reached }
  }

  /// Waits until the gate is open, or the task is cancelled.
  public func pass() async throws {
    state.update { $0.reached = true }
    try await state.wait(for: "a gate to be opened", within: .infinity) { $0.open }
  }
}
