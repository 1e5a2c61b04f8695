// SPDX-License-Identifier: MIT

import ResonantCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Standard error: one line for each thing that the user should know.
enum Diagnostics {
  static let style = TerminalStyle(usesColor: false, isTerminal: isatty(STDERR_FILENO) == 1)

  static func error(_ message: String) { line("resonant: \(message)") }

  static func warning(_ message: String) { line("resonant: warning: \(message)") }

  static func line(_ text: String) {
    let bytes = style.safe(Array(text.utf8)) + [0x0A]
    // Nobody is left to be told when this fails.
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
