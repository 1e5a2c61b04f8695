// SPDX-License-Identifier: MIT

import ResonantCore

/// A batch on this terminal: shows how it gets on, lets signals end it in good order, and says what became of it.
struct BatchRun {
  private let batch: Batch
  private let runner: BatchRunner
  private let pages: BatchPages?

  /// Prepares the run directory. Throws `ConfigurationError` when the batch can't begin.
  init(_ batch: Batch, host: Host, writesPages: Bool) throws {
    self.batch = batch
    let plan = batch.plan
    let renderer = host.pages(plan.conversations.first?.output.pandocPath)
    runner = BatchRunner(
      batch, runner: TrialRunner(pages: renderer, warn: Diagnostics.warning),
      network: host.network(isVerbose: false),
      surroundings: .init(now: { host.now }, newID: { host.randomID() }, records: host.records))
    pages = writesPages ? BatchPages(batch.directory, of: plan.experiment, renderer: renderer) : nil
    do {
      try runner.check()
      try OpenFiles.allow(
        runner.mostOpenFiles, mayBeLower: plan.experiment.limits.concurrency > 1)
      try batch.prepare()
    } catch {
      throw ConfigurationError(nil, error.description)
    }
  }

  /// Returns the exit code.
  func run() async -> Int32 {
    let signals = BatchSignals()
    let task = Task { await work(signals) }
    let watch = SignalWatch { [control = runner.control] signal, _ in
      signals.take(signal, drain: { control.drain(.signal) }, cut: { task.cancel() })
    }
    defer { withExtendedLifetime(watch) {} }
    let outcome = await task.value
    await report(outcome, hasPages: signals.isWritingPages)
    return signals.exitCode ?? (outcome.isComplete ? 0 : 1)
  }

  /// Holds the conversations, then writes the pages. Cancelling the task cuts either.
  private func work(_ signals: BatchSignals) async -> BatchOutcome {
    let display = BatchDisplay(runner.progress, requests: batch.forecast.cost.requests)
    let showing = Task { await display.run() }
    var outcome = await runner.run()
    showing.cancel()
    await showing.value
    if let pages, signals.beginPages() {
      outcome.problems += await pages.write(while: { signals.exitCode == nil })
    }
    return outcome
  }

  private func report(_ outcome: BatchOutcome, hasPages: Bool) async {
    if outcome.reason == .budget {
      Diagnostics.line(
        "resonant: the token budget of the plan is used up; raise limits.budget_tokens to go on")
    }
    if !outcome.held.isEmpty {
      let some = outcome.held.prefix(5).joined(separator: ", ") + (outcome.held.count > 5 ? ", …" : "")
      Diagnostics.line("resonant: other processes are at work on \(outcome.held.count) trials: \(some)")
    }
    for problem in outcome.problems { Diagnostics.error(problem) }
    let console = Console()
    console.write("\(outcome.status)Summary: \(batch.directory.path)/summary.csv\n")
    if hasPages { console.write("Pages: \(batch.directory.path)/index.html\n") }
    await console.flush()
  }
}
