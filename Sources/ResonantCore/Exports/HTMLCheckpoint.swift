// SPDX-License-Identifier: MIT

import Synchronization

/// Updates a conversation's page in the background while the conversation goes on. States that arrive faster
/// than pages can be written are skipped, except for the last one.
public final class HTMLCheckpoint: Sendable {
  private struct State {
    var next: Transcript?
    var worker: Task<Void, Never>?
  }

  /// How long pandoc may still take once the run is cut, which is about the time for the last messages.
  private static let patience = Duration.milliseconds(400)

  private let state = Mutex(State())
  private let writer: PageWriter

  /// - Parameters:
  ///   - path: the file, which is always replaced as a whole.
  ///   - warn: called once, with a sentence, when the file cannot be written.
  public init(path: String, renderer: PageRenderer, warn: @escaping @Sendable (String) -> Void) {
    writer = PageWriter(path: path, renderer: renderer, warn: warn)
  }

  /// Requests an update of the page; returns at once.
  public func update(_ transcript: Transcript) {
    state.withLock { state in
      state.next = transcript
      if state.worker == nil { state.worker = Task { await self.drain() } }
    }
  }

  /// Waits until the last state is on disk. Cancelling the task interrupts pandoc; texts that it has not
  /// rendered by then are shown as plain text. Returns a sentence about what is wrong with the file; nil when
  /// it is complete.
  public func finish() async -> String? {
    await withTaskCancellationHandler {
      while let worker = state.withLock({ $0.worker }) { await worker.value }
    } onCancel: {
      guard let worker = state.withLock({ $0.worker }) else { return }
      Task {
        try? await Task.sleep(for: Self.patience)
        worker.cancel()
      }
    }
    return await writer.problem
  }

  private func drain() async {
    while let transcript = takeNext() { await writer.write(transcript) }
  }

  private func takeNext() -> Transcript? {
    state.withLock { state in
      defer { state.next = nil }
      if state.next == nil { state.worker = nil }
      return state.next
    }
  }
}

/// Writes the file of one page.
private actor PageWriter {
  private let path: String
  private let renderer: PageRenderer
  private let warn: @Sendable (String) -> Void
  private var page = HTMLPage()
  private var isFirst = true
  private var hasWarned = false
  /// Why the last page could not be written.
  private(set) var problem: String?

  init(path: String, renderer: PageRenderer, warn: @escaping @Sendable (String) -> Void) {
    self.path = path
    self.renderer = renderer
    self.warn = warn
  }

  func write(_ transcript: Transcript) async {
    if isFirst { WholeFile.removeRemains(beside: path) }
    isFirst = false
    let missing = page.missing(in: transcript)
    page.add(await renderer.render(missing), for: missing)
    do {
      try WholeFile.write(page.render(transcript), to: path)
      problem = nil
    } catch {
      problem = "cannot write the page \(path): \(error)"
      if !hasWarned { warn("cannot write the page \(path), the conversation goes on: \(error)") }
      hasWarned = true
    }
  }
}
