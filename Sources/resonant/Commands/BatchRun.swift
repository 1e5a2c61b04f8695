// SPDX-License-Identifier: MIT

import ResonantCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A batch run in this terminal: shows its progress, ends it in good order on a signal, and reports the
/// result.
struct BatchRun {
  private let batch: Batch
  private let runner: BatchRunner
  private let renderer: PageRenderer
  private let pages: BatchPages?
  /// Seconds that turns in flight have to finish after the first Ctrl-C.
  private let grace: Seconds

  /// The largest number of distinct errors shown at the end.
  private static let mostErrors = 5

  /// Prepares the run directory. Throws `ConfigurationError` when the batch can't begin.
  init(_ batch: Batch, host: Host, writesPages: Bool, grace: Seconds) throws {
    self.batch = batch
    self.grace = grace
    let plan = batch.plan
    renderer = host.pages(plan.conversations.first?.output.pandocPath)
    pages = writesPages ? BatchPages(batch.directory, of: plan.experiment, renderer: renderer) : nil
    do {
      runner = try BatchRunner(
        batch, runner: TrialRunner(pages: renderer, warn: Diagnostics.warning),
        network: host.network(isVerbose: false),
        dependencies: .init(now: { host.now }, newID: { host.randomID() }, records: host.records))
      try OpenFiles.allow(
        runner.mostOpenFiles, mayBeLower: plan.experiment.limits.concurrency > 1)
      try batch.prepare()
    } catch {
      throw ConfigurationError(nil, error.description)
    }
  }

  /// Returns the exit code.
  func run() async -> Int32 {
    let interruption = Interruption(renderer)
    let task = Task { await work(interruption) }
    interruption.arm { task.cancel() }
    let watch = SignalWatch { signal in take(signal, interruption) }
    defer { withExtendedLifetime(watch) {} }
    let (outcome, writing) = await task.value
    await report(outcome, writing)
    await Diagnostics.flush()
    return interruption.exitCode ?? (outcome.isComplete ? 0 : 1)
  }

  /// The first Ctrl-C lets turns in flight finish, for up to `grace`; any other signal cuts them.
  private func take(_ signal: Int32, _ interruption: Interruption) {
    runner.control.drain(.signal)
    guard signal == SIGINT, grace.value > 0,
      interruption.drain(exitCode: SignalWatch.exitCode(for: signal), for: grace.value)
    else { return interruption.take(signal) }
    Diagnostics.line(
      "resonant: letting the turns in flight finish, for up to \(grace) s; once more to cut them")
  }

  /// Holds the conversations, then writes the pages, unless a signal ends the run. Cancelling the task cuts
  /// either step short.
  private func work(_ interruption: Interruption) async -> (outcome: BatchOutcome, BatchPages.Writing?) {
    let display = BatchDisplay(runner.progress, runner.limits, requests: batch.forecast.cost.requests)
    let showing = Task { await display.run() }
    var outcome = await runner.run()
    showing.cancel()
    await showing.value
    // Pages can be generated again at any time, so nothing can be lost from here on.
    interruption.noteSaved()
    guard let pages, interruption.exitCode == nil else { return (outcome, nil) }
    let writing = await pages.write()
    outcome.problems += writing.problems
    return (outcome, writing)
  }

  private func report(_ outcome: BatchOutcome, _ writing: BatchPages.Writing?) async {
    if outcome.reason == .budget, outcome.counts.left > 0 {
      Diagnostics.error("the token budget of the plan is used up; raise limits.budget_tokens to go on")
    }
    if !outcome.held.isEmpty {
      let some = outcome.held.prefix(5).joined(separator: ", ") + (outcome.held.count > 5 ? ", …" : "")
      Diagnostics.error("other processes are at work on \(outcome.held.count) trials: \(some)")
    }
    for problem in outcome.problems { Diagnostics.error(problem) }
    if let finding = writing?.finding {
      for sentence in finding.sentences { Diagnostics.line(sentence) }
    }
    let console = Console()
    console.write(Console.style.safe(Self.sentences(on: outcome.status)))
    for endpoint in runner.limits.throttled {
      let count = "\(endpoint.refusals.grouped) \(endpoint.refusals == 1 ? "request" : "requests")"
      console.write(
        Console.style.safe("\(endpoint.endpoint) turned \(count) away (429, 503 or the like)\n"))
    }
    console.write(hint(outcome))
    if outcome.hasSummary { console.write("Summary: \(batch.directory.path)/summary.csv\n") }
    if let writing {
      if writing.hasIndex { console.write("Pages: \(batch.directory.index)\n") }
      if writing.missing > 0 {
        console.write(
          "\(writing.missing.grouped) pages are missing: the same command writes them when it comes to its end\n"
        )
      }
    } else if pages != nil {
      console.write("No pages were written: the same command writes them when it comes to its end\n")
    } else if runner.progress.snapshot.turns > 0, batch.directory.hasIndex {
      console.write("The pages show an earlier state: --html brings them up to date\n")
    }
    // A person may not know what comes next; a script does.
    if outcome.isFinished, isatty(STDOUT_FILENO) == 1 {
      console.write("Next: resonant analyze \(SlurmScript.quoted(batch.directory.path))\n")
    }
    await console.flush()
  }

  /// The result of this shard, and how to continue.
  private func hint(_ outcome: BatchOutcome) -> String {
    let counts = outcome.counts
    var lines: [String] = []
    if batch.shard != .whole {
      let count = counts.done + counts.running + counts.failed + counts.left
      lines.append("Shard \(batch.shard): \(counts.done.grouped) of \(count.grouped) done")
    }
    if counts.left > outcome.waiting, outcome.reason != .budget {
      lines.append("The same command goes on with what is left")
    }
    if outcome.retryable > 0 {
      let forks = outcome.waiting == 0 ? "" : ", and begins the forks of that"
      lines.append("--retry-failed tries again what has failed\(forks)")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// A summary of all trials of the plan; its length does not depend on their number.
  static func sentences(on status: BatchStatus) -> String {
    let total = status.total
    let count = total.done + total.running + total.failed + total.left
    var lines = [
      "Trials: \(count.grouped), \(total.done.grouped) done, \(total.running.grouped) running,"
        + " \(total.failed.grouped) failed, \(total.left.grouped) left"
    ]
    lines += status.errors.prefix(mostErrors).map { "\($0.count.grouped) failed: \($0.message)" }
    let others = status.errors.count - mostErrors
    if others > 0 { lines.append("… and \(others.grouped) other \(others == 1 ? "error" : "errors")") }
    lines += status.notes
    if status.conditions.count > 1 || others > 0 {
      lines.append("--status shows each condition\(others > 0 ? " and every error" : "")")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
