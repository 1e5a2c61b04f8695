// SPDX-License-Identifier: MIT

import ResonantCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Shows on standard error how a batch gets on: one line that changes on a terminal, else a line now and then.
struct BatchDisplay {
  private let progress: BatchProgress
  /// At most so many will be made.
  private let requests: Int
  private let start = ContinuousClock.now
  private let isTerminal = isatty(STDERR_FILENO) == 1

  private static let terminalInterval = Duration.milliseconds(200)
  private static let lineInterval = Duration.seconds(10)

  init(_ progress: BatchProgress, requests: Int) {
    self.progress = progress
    self.requests = requests
  }

  /// Runs until the task is cancelled.
  func run() async {
    let interval = isTerminal ? Self.terminalInterval : Self.lineInterval
    while (try? await Task.sleep(for: interval)) != nil {
      if isTerminal { put("\r\(line)\u{1B}[K") } else { Diagnostics.line(line) }
    }
    if isTerminal { put("\r\u{1B}[K") }
  }

  /// `12 done, 4 running, 0 failed, 64 left; 3.2 turns/s, 410 tokens/s, 12 min to go`
  private var line: String {
    let now = progress.snapshot
    let trials = now.trials
    let elapsed = max(0.001, Self.seconds(ContinuousClock.now - start))
    let rate = Double(now.turns) / elapsed
    let counts =
      "\(trials.done) done, \(trials.running) running, \(trials.failed) failed, \(trials.left) left"
    let tokens = Int(Double(now.completionTokens) / elapsed)
    let speed = "\(Double(Int(rate * 10)) / 10) turns/s, \(tokens) tokens/s"
    guard rate > 0 else { return counts }
    return "\(counts); \(speed), \(Self.time(Double(max(0, requests - now.turns)) / rate)) to go"
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }

  private static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<60: "\(Int(seconds)) s"
    case ..<7200: "\(Int(seconds / 60)) min"
    default: "\(Int(min(seconds, 1e9) / 3600)) h"
    }
  }

  private func put(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
