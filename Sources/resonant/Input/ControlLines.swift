// SPDX-License-Identifier: MIT

import Dispatch
import ResonantCore
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads what a user types, or a script supplies, on standard input, and hands it over line by line. Whoever
/// runs a room:
///
///     let lines = ControlLines(
///       terminal: environment["TERM"], onLine: { room.take($0) }, onEnd: { room.inputEnded() })
///     lines.start()                    // when signals are watched, before anything is said
///     lines.show(prompt: "held> ")     // at any time, from any thread
///     await console.flush()            // the output, and Diagnostics
///     lines.stop()                     // on every way out of `run`; before `exit`
///
/// A process that ends by `_exit` calls `InputLine.restoreTerminal` before, as `Interruption` does.
///
/// A line that ends with `\` is handed over together with the next one. `onLine` and `onEnd` are called one
/// after the other on a thread of their own; `onEnd` once, after the last line. `onLine` may wait before it
/// returns, which holds back the reading of endless input from a pipe.
///
/// On a terminal, the last row is an `InputLine` until the input ends; a line that is entered vanishes from it,
/// and whoever takes the line shows it. Where no row can be set apart (`hasInputLine`), the terminal itself
/// edits and shows the lines.
final class ControlLines: Sendable {
  /// Whether a person types the lines, so that they are to be obeyed at once.
  let isLive: Bool

  private let input: Int32
  private let inputLine: InputLine?
  private let onLine: @Sendable (String) -> Void
  private let onEnd: @Sendable () -> Void
  private let isStopped = Mutex(false)
  private let signals = Mutex<SignalWatch?>(nil)
  private let queue = DispatchQueue(label: "resonant.control-lines")

  /// - Parameters:
  ///   - outputs: where this process writes what may be on the same terminal.
  ///   - terminal: the environment's TERM.
  init(
    input: Int32 = STDIN_FILENO, outputs: [Int32] = [STDERR_FILENO, STDOUT_FILENO], terminal: String?,
    onLine: @escaping @Sendable (String) -> Void, onEnd: @escaping @Sendable () -> Void
  ) {
    self.input = input
    isLive = isatty(input) == 1
    inputLine = Terminal(input: input, outputs: outputs, name: terminal).map { InputLine($0, prompt: "> ") }
    self.onLine = onLine
    self.onEnd = onEnd
  }

  /// Whether a row of the terminal is set apart for input. If none is, the prompt is not shown.
  var hasInputLine: Bool { inputLine != nil }

  /// What stands before the line that is typed.
  func show(prompt: String) { inputLine?.show(prompt: prompt) }

  func start() {
    if let inputLine {
      let watch = SignalWatch([SIGWINCH, SIGTSTP, SIGCONT]) { signal in
        switch signal {
        case SIGTSTP: inputLine.suspend()
        case SIGCONT: inputLine.open()
        default: inputLine.redraw()
        }
      }
      signals.withLock { $0 = watch }
      inputLine.open()
    }
    queue.async { [self] in read() }
  }

  /// Hands over no more lines, and gives the terminal back.
  func stop() {
    let isFirst = isStopped.withLock { isStopped in
      defer { isStopped = true }
      return !isStopped
    }
    guard isFirst else { return }
    signals.withLock { $0 = nil }
    inputLine?.close()
  }

  private func read() {
    if isLive { Terminal.allowStopping() }
    var splitter = LineSplitter()
    var joiner = LineJoiner()
    while !isStopped.withLock({ $0 }) {
      if let inputLine, inputLine.awaitsSequence, !isReadable(input, within: Self.sequencePause) {
        inputLine.endSequence()
      }
      var events: [InputEvent]
      switch readSome(input) {
      case .bytes(let bytes): events = inputLine?.feed(bytes) ?? splitter.feed(bytes)
      case .end: events = splitter.finish()
      case .failure(let reason):
        // A terminal that has been hung up fails with EIO.
        if reason != EIO {
          Diagnostics.error("standard input can't be read: \(String(cString: strerror(reason)))")
        }
        events = splitter.finish()
      }
      guard obey(joiner.feed(events)) else { return }
    }
  }

  /// Milliseconds after which an ESC is the key of that name: a terminal sends a sequence at once.
  private static let sequencePause: Int32 = 50

  /// Returns false at the end of the input.
  private func obey(_ events: [InputEvent]) -> Bool {
    for event in events {
      guard !isStopped.withLock({ $0 }) else { return false }
      switch event {
      case .line(let line): onLine(line)
      case .tooLong:
        Diagnostics.error(
          "a line of standard input has more than \(LineSplitter.limit.grouped) bytes; the rest is ignored")
      case .end:
        // What is typed from here on is for the shell.
        stop()
        onEnd()
        return false
      }
    }
    return true
  }
}
