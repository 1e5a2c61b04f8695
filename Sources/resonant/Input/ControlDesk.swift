// SPDX-License-Identifier: MIT

import ResonantCore
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The person in front of a room: hands the lines of standard input to the room's control, and shows its answers
/// on standard error.
final class ControlDesk: Sendable {
  let control: RoomControl
  private let lines: ControlLines
  private let hasStarted = Atomic(false)

  /// Lines that may wait for a room; more are not read until it has taken some.
  private static let mostWaiting = 1_000
  /// In microseconds.
  private static let patience: useconds_t = 20_000

  /// - Parameters:
  ///   - isHeld: whether the room waits for the person before the first turn.
  ///   - bio: the person's introduction; nil to ask for it.
  ///   - isQuiet: whether a script is not told what lines are awaited.
  init(isHeld: Bool, bio: String? = nil, isQuiet: Bool, environment: [String: String]) {
    let isLive = isatty(STDIN_FILENO) == 1
    let control = RoomControl(
      isLive ? .live : .scripted, isHeld: isHeld, bio: bio, asks: isLive || !isQuiet,
      answer: Diagnostics.line)
    lines = ControlLines(
      terminal: environment["TERM"],
      onLine: { line in
        control.take(line: line)
        while control.waitingLines > Self.mostWaiting { usleep(Self.patience) }
      },
      onEnd: { control.endInput() })
    self.control = control
    control.follow { [lines] in lines.show(prompt: $0) }
  }

  /// Harmless when the lines are being read already.
  func start() {
    if !hasStarted.exchange(true, ordering: .relaxed) { lines.start() }
  }

  func stop() { lines.stop() }

  /// The first line, for a room without a topic; nil if there is none.
  func topic() async -> String? {
    // Nothing has begun that would have to be ended in good order.
    let watch = SignalWatch { signal in
      InputLine.restoreTerminal()
      _exit(SignalWatch.exitCode(for: signal))
    }
    defer { withExtendedLifetime(watch) {} }
    return await control.topic()
  }
}
