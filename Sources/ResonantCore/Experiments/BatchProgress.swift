// SPDX-License-Identifier: MIT

import Synchronization

/// The progress of a running batch, shared by its conversations and its display.
public final class BatchProgress: Sendable {
  /// The counts at one moment.
  public struct Snapshot: Sendable, Equatable {
    /// The trials of the shard.
    public var trials = BatchStatus.Counts()
    /// The turns generated in this run.
    public var turns = 0
    /// The completion tokens of this run.
    public var completionTokens = 0
    /// The tokens of all trials of the directory, including earlier runs.
    public var tokens = 0
    /// The first few distinct reasons why trials failed in this run.
    public var failures: [String] = []
    /// The first few distinct reasons why requests were retried in this run.
    public var retries: [String] = []
  }

  private let state: Mutex<Snapshot>

  init(_ start: Snapshot) { state = Mutex(start) }

  public var snapshot: Snapshot { state.withLock { $0 } }

  func begin() {
    state.withLock {
      $0.trials.left -= 1
      $0.trials.running += 1
    }
  }

  /// Counts the new state of a trial that was begun here, or that another process has finished in the
  /// meantime.
  func end(_ trial: TrialReport.State) {
    state.withLock {
      $0.trials.running -= 1
      $0.trials.add(trial)
    }
  }

  /// Leaves out forks that might have come, because their trial can't be forked.
  func leaveOut(_ forks: Int) { state.withLock { $0.trials.left -= forks } }

  /// Notes why a trial failed, for the display: an unreachable endpoint could otherwise fail all trials
  /// unnoticed.
  func note(failure: String) { state.withLock { Self.add(failure, to: &$0.failures) } }

  /// Notes why a request is retried, for the display: the endpoint may never recover.
  func note(retry reason: String) { state.withLock { Self.add(reason, to: &$0.retries) } }

  private static func add(_ reason: String, to reasons: inout [String]) {
    if reasons.count < mostReasons, !reasons.contains(reason) { reasons.append(reason) }
  }

  private static let mostReasons = 3

  /// Raises the tokens of all trials to a count that includes the use by other processes.
  func count(tokens: Int) { state.withLock { $0.tokens = max($0.tokens, tokens) } }

  /// Counts a turn. Returns the tokens of all trials so far.
  func add(_ turn: Turn) -> Int {
    state.withLock {
      guard turn.outcome != .opening else { return $0.tokens }
      $0.turns += 1
      $0.completionTokens += turn.usage?.completionTokens ?? 0
      $0.tokens += turn.usage?.total ?? 0
      return $0.tokens
    }
  }
}

/// Ends a batch early but in good order: no further turn starts, and turns in flight finish. To cut these as
/// well, cancel the task that runs the batch.
public final class BatchControl: Sendable {
  public enum Reason: Sendable {
    case signal, budget
    /// Other processes have started trials with other options.
    case contradiction
  }

  private let state = Mutex<Reason?>(nil)
  let draining = Drain()
  private let limits: RequestLimits

  public init(_ limits: RequestLimits) { self.limits = limits }

  /// Why no further turn starts; nil while the batch goes on.
  public var reason: Reason? { state.withLock { $0 } }
  var isDraining: Bool { draining.isUnderWay }

  public func drain(_ reason: Reason) {
    state.withLock { $0 = $0 ?? reason }
    draining.begin()
    limits.close()
  }
}
