// SPDX-License-Identifier: MIT

import ResonantCore
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Standard error: one line per message, and on a terminal a status line below them.
enum Diagnostics {
  static let style = TerminalStyle(usesColor: false, isTerminal: isatty(STDERR_FILENO) == 1)

  private static let console = Console(descriptor: STDERR_FILENO)
  /// The text of the status line; empty when there is none.
  private static let status = Mutex("")
  /// Returns to the start of the line and clears it.
  private static let clearing = "\r\u{1B}[K"

  /// Where the documentation says more about what has failed, in order.
  private static let topics = Mutex<[HelpTopic]>([])

  static func noteHelp(_ topic: HelpTopic) {
    topics.withLock { if !$0.contains(topic) { $0.append(topic) } }
  }

  /// Tells once, at the end of a failed run, where to read more.
  static func tellHelp() {
    for topic in topics.withLock({ $0 }) {
      line("more: \(Host.installed(HelpTopic.page) ?? HelpTopic.page)#\(topic.rawValue)")
    }
  }

  static func error(_ message: String) { line("resonant: \(message)") }

  static func note(_ message: String) { line("resonant: \(message)") }

  static func warning(_ message: String) { line("resonant: warning: \(message)") }

  static func line(_ text: String) {
    status.withLock { status in
      let bytes = style.safe(Array(text.utf8)) + [0x0A]
      console.write(status.isEmpty ? bytes : Array(clearing.utf8) + bytes + Array(fitting(status).utf8))
    }
  }

  /// Replaces the status line of a terminal; an empty text removes it.
  static func show(status text: String) {
    status.withLock { status in
      status = text
      console.write(clearing + fitting(text))
    }
  }

  /// Returns when everything is written or the reader is gone.
  static func flush() async { await console.flush() }

  /// The part of the text that fits on one line; a wrapped status line could not be replaced.
  private static func fitting(_ text: String) -> String {
    TextWidth.prefix(of: text, columns: max(1, columns - 1)).text
  }

  /// The current width of the terminal, which may change at any time.
  private static var columns: Int { Terminal.size(of: STDERR_FILENO)?.columns ?? 80 }
}
