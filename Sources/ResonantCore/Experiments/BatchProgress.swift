// SPDX-License-Identifier: MIT

import Synchronization

/// How a batch is getting on, counted as it runs. Shared by its conversations and whoever shows it.
public final class BatchProgress: Sendable {
  /// The counts at one moment.
  public struct Snapshot: Sendable, Equatable {
    /// Trials of the shard.
    public var trials = BatchStatus.Counts()
    /// Turns generated in this run.
    public var turns = 0
    /// Tokens of replies in this run.
    public var completionTokens = 0
    /// Tokens of all trials of the directory, also of earlier runs.
    public var tokens = 0
    /// Why trials have failed in this run: the first few reasons, each once.
    public var failures: [String] = []
    /// Why requests were made again, likewise.
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

  /// Takes a trial that was begun, or that another process has finished meanwhile, to its new state.
  func end(_ trial: TrialReport.State) {
    state.withLock {
      $0.trials.running -= 1
      $0.trials.add(trial)
    }
  }

  /// Notes why a trial has failed, for whoever watches: an endpoint that is not there would use up all trials in silence.
  func note(failure: String) { state.withLock { Self.add(failure, to: &$0.failures) } }

  /// Notes why a request is made again: an endpoint may want to be waited for in vain.
  func note(retry reason: String) { state.withLock { Self.add(reason, to: &$0.retries) } }

  private static func add(_ reason: String, to reasons: inout [String]) {
    if reasons.count < mostReasons, !reasons.contains(reason) { reasons.append(reason) }
  }

  private static let mostReasons = 3

  /// Corrects the tokens of all trials by what other processes have used meanwhile.
  func count(tokens: Int) { state.withLock { $0.tokens = max($0.tokens, tokens) } }

  /// Counts a turn; returns the tokens of all trials so far.
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

/// Ends a batch early but in good order: no turn begins any more, those in flight come to their end. To cut these
/// as well, cancel the task that runs the batch.
public final class BatchControl: Sendable {
  public enum Reason: Sendable {
    case signal, budget
    /// Other processes have begun trials with other options.
    case contradiction
  }

  private let state = Mutex<Reason?>(nil)
  let draining = Drain()
  private let limits: RequestLimits

  public init(_ limits: RequestLimits) { self.limits = limits }

  /// Why no turn begins any more; nil while the batch goes on.
  public var reason: Reason? { state.withLock { $0 } }
  var isDraining: Bool { draining.isUnderWay }

  public func drain(_ reason: Reason) {
    state.withLock { $0 = $0 ?? reason }
    draining.begin()
    limits.close()
  }
}
