// SPDX-License-Identifier: MIT

import ResonantCore

/// Shows the progress of a batch on standard error: on a terminal as a status line, otherwise as a line from
/// time to time.
struct BatchDisplay {
  private let progress: BatchProgress
  private let estimate: BatchEstimate
  private let limits: RequestLimits
  private let start = ContinuousClock.now

  private static let terminalInterval = Duration.milliseconds(200)
  private static let lineInterval = Duration.seconds(10)

  /// - Parameter requests: the largest number of requests that the batch can make.
  init(_ progress: BatchProgress, _ limits: RequestLimits, requests: Int) {
    self.progress = progress
    self.limits = limits
    estimate = BatchEstimate(trials: progress.snapshot.trials.left, requests: requests)
  }

  /// Runs until the task is cancelled.
  func run() async {
    let isTerminal = Diagnostics.style.isTerminal
    let interval = isTerminal ? Self.terminalInterval : Self.lineInterval
    var told = (failures: 0, retries: 0)
    while (try? await Task.sleep(for: interval)) != nil {
      let news = progress.snapshot
      for failure in news.failures[told.failures...] { Diagnostics.warning("a trial has failed: \(failure)") }
      for reason in news.retries[told.retries...] {
        Diagnostics.warning("a request is made again: \(reason)")
      }
      told = (news.failures.count, news.retries.count)
      let line = line + throttling
      if isTerminal { Diagnostics.show(status: line) } else { Diagnostics.line(line) }
    }
    if isTerminal { Diagnostics.show(status: "") }
  }

  /// `12 done, 4 running, 0 failed, 64 left; 12 min to go, 3.2 turns/s, 410 tokens/s`: the least important
  /// parts come last, where a narrow terminal cuts them off.
  private var line: String {
    let now = progress.snapshot
    let trials = now.trials
    let elapsed = max(0.001, (ContinuousClock.now - start) / .seconds(1))
    let counts =
      "\(trials.done) done, \(trials.running) running, \(trials.failed) failed, \(trials.left) left"
    guard let left = estimate.seconds(trials, turns: now.turns, after: elapsed) else { return counts }
    let turns = Double(Int(Double(now.turns) / elapsed * 10)) / 10
    let tokens = Int(Double(now.completionTokens) / elapsed)
    return "\(counts); \(Self.time(left)) to go, \(turns) turns/s, \(tokens) tokens/s"
  }

  /// The endpoints that are overloaded or asked for a pause, since the batch would otherwise seem to stand
  /// still.
  private var throttling: String {
    limits.throttled.compactMap { endpoint in
      var news: [String] = []
      if endpoint.wait > .zero {
        news.append("waiting \(Self.time((endpoint.wait / .seconds(1)).rounded(.up)))")
      }
      if let count = endpoint.reducedTo { news.append("\(count) at once") }
      guard !news.isEmpty else { return nil }
      return "; \(news.joined(separator: ", ")), \(endpoint.refusals) turned away: \(endpoint.endpoint)"
    }.joined()
  }

  private static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<60: "\(Int(seconds)) s"
    case ..<7200: "\(Int(seconds / 60)) min"
    default: "\(Int(min(seconds, 1e9) / 3600)) h"
    }
  }
}

/// Estimates the remaining time of a batch from its progress so far.
struct BatchEstimate {
  /// The number of trials to do at the start.
  let trials: Int
  /// The number of requests if no trial ends early.
  let requests: Int

  /// The remaining time in seconds; nil before the first turn.
  ///
  /// - Parameters:
  ///   - turns: the number of turns since the start.
  ///   - elapsed: seconds since the start.
  func seconds(_ now: BatchStatus.Counts, turns: Int, after elapsed: Double) -> Double? {
    guard turns > 0 else { return nil }
    let (left, running) = (Double(max(0, now.left)), Double(now.running))
    let over = max(0, Double(trials) - left - running)
    guard left + running > 0 else { return 0 }
    // On average, running trials are half done.
    let (open, begun) = (left + running / 2, over + running / 2)
    // Short trials finish first, so the average duration is reliable only once as many have finished as are
    // running.
    if over >= max(1, running) { return elapsed * open / begun }
    // Until then, assume that no trial ends early.
    let possible =
      Double(requests) * (left + running) / Double(max(1, trials))
      - Double(turns) * (running / 2) / max(0.5, begun)
    return max(0, possible) / Double(turns) * elapsed
  }
}
