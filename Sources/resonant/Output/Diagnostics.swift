// SPDX-License-Identifier: MIT

import ResonantCore
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Standard error: one line for each thing that the user should know, and on a terminal a status line below them.
enum Diagnostics {
  static let style = TerminalStyle(usesColor: false, isTerminal: isatty(STDERR_FILENO) == 1)

  private static let console = Console(descriptor: STDERR_FILENO)
  /// What the status line says; empty when there is none.
  private static let status = Mutex("")
  /// Back to the start of the line, and nothing behind it.
  private static let clearing = "\r\u{1B}[K"

  static func error(_ message: String) { line("resonant: \(message)") }

  static func warning(_ message: String) { line("resonant: warning: \(message)") }

  static func line(_ text: String) {
    status.withLock { status in
      let bytes = style.safe(Array(text.utf8)) + [0x0A]
      console.write(status.isEmpty ? bytes : Array(clearing.utf8) + bytes + Array(fitting(status).utf8))
    }
  }

  /// Replaces the status line of a terminal; empty text takes it away.
  static func show(status text: String) {
    status.withLock { status in
      status = text
      console.write(clearing + fitting(text))
    }
  }

  /// Returns when everything is written or nobody reads any more.
  static func flush() async { await console.flush() }

  /// As much as has place on one line; one that wraps could not be replaced.
  private static func fitting(_ text: String) -> String { String(text.prefix(max(1, columns - 1))) }

  /// The width of the terminal now: its user may change it.
  private static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
