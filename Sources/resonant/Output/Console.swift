// SPDX-License-Identifier: MIT

import Dispatch
import ResonantCore
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Writes standard output or standard error on a separate thread, so that a blocked terminal never delays a
/// transfer or the transcript. Each wake-up writes everything that is pending with one `write(2)`.
final class Console: Sendable {
  /// Converts the part of a reply that is new since the last call into bytes for the terminal.
  typealias Rendering = @Sendable (_ text: [UInt8], _ thinking: [UInt8]) -> [UInt8]

  private struct State {
    var pending: [UInt8] = []
    var followed: Followed?
    var isScheduled = false
    var isClosed = false
    /// Whether something else than a closed pipe kept the output from being written.
    var hasFailed = false
  }

  private struct Followed {
    var reply: LiveReply
    var rendering: Rendering
    var textOffset = 0
    var thinkingOffset = 0
  }

  private let state = Mutex(State())
  private let queue = SharedOutput.current?.queue ?? DispatchQueue(label: "resonant.console")
  private let descriptor: Int32
  /// How text from outside is shown on standard output.
  static let style = TerminalStyle(usesColor: false, isTerminal: isatty(STDOUT_FILENO) == 1)

  /// Called once when the reader is gone.
  private let onClose: @Sendable () -> Void

  init(descriptor: Int32 = STDOUT_FILENO, onClose: @escaping @Sendable () -> Void = {}) {
    self.descriptor = descriptor
    self.onClose = onClose
  }

  /// Whether the reader is gone.
  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// With which code the program ends if not everything could be written: 141 if the reader is gone, 1 if there is no
  /// space left or the like; nil if all was written.
  var exitCode: Int32? { state.withLock { $0.isClosed ? ($0.hasFailed ? 1 : 141) : nil } }

  func write(_ text: String) { write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) {
    schedule { $0.pending += bytes }
  }

  /// Starts to show `reply` as it arrives, after everything written so far.
  func follow(_ reply: LiveReply, rendering: @escaping Rendering) {
    state.withLock { $0.followed = Followed(reply: reply, rendering: rendering) }
    reply.follow { [weak self] in self?.schedule { _ in } }
  }

  /// Writes the rest of the followed reply and stops following it.
  func unfollow() {
    schedule { state in
      Self.collect(&state)
      state.followed = nil
    }
  }

  /// Returns when everything is written or the reader is gone.
  func flush() async {
    await withCheckedContinuation { continuation in
      queue.async {
        self.drain()
        continuation.resume()
      }
    }
  }

  private func schedule(_ change: (inout State) -> Void) {
    let isFirst = state.withLock { state in
      change(&state)
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    if isFirst { queue.async { self.drain() } }
  }

  private static func collect(_ state: inout State) {
    guard var followed = state.followed else { return }
    let (text, thinking) = followed.reply.tail(text: followed.textOffset, thinking: followed.thinkingOffset)
    guard !text.isEmpty || !thinking.isEmpty else { return }
    followed.textOffset += text.count
    followed.thinkingOffset += thinking.count
    state.followed = followed
    state.pending += followed.rendering(text, thinking)
  }

  private func drain() {
    let bytes = state.withLock { state -> [UInt8] in
      state.isScheduled = false
      Self.collect(&state)
      defer { state.pending = [] }
      return state.isClosed ? [] : state.pending
    }
    guard !bytes.isEmpty, !writeAll(bytes) else { return }
    state.withLock { $0.isClosed = true }
    onClose()
  }

  /// False when the reader is gone.
  private func writeAll(_ bytes: [UInt8]) -> Bool {
    let reason = InputLine.write(bytes, to: descriptor)
    // A failure to write to standard error can't be reported anywhere.
    if reason != 0, reason != EPIPE, reason != EBADF, descriptor != STDERR_FILENO {
      Diagnostics.error("standard output can't be written: \(String(cString: strerror(reason)))")
      state.withLock { $0.hasFailed = true }
    }
    return reason == 0
  }
}
