// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Handles signals, by default those that end a run in good order. While an instance exists, they no longer
/// kill or stop the process.
final class SignalWatch: Sendable {
  private let watched: [Int32]
  private let sources: Mutex<[any DispatchSourceSignal]>

  /// - Parameter handler: called with each signal.
  init(
    _ watched: [Int32] = [SIGINT, SIGTERM, SIGHUP],
    _ handler: @escaping @Sendable (_ signal: Int32) -> Void
  ) {
    self.watched = watched
    sources = Mutex(
      watched.compactMap { number -> (any DispatchSourceSignal)? in
        let former = signal(number, SIG_IGN)
        // A program started with nohup is meant to outlive the terminal, and one started without job control
        // is not to be stopped.
        if number == SIGHUP || number == SIGTSTP, Self.isIgnoring(former) { return nil }
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
        source.setEventHandler { handler(number) }
        source.resume()
        return source
      })
  }

  deinit {
    sources.withLock { $0.forEach { $0.cancel() } }
    for number in watched { signal(number, SIG_DFL) }
  }

  private static func isIgnoring<Handler>(_ handler: Handler) -> Bool {
    withUnsafeBytes(of: handler) { handler in
      withUnsafeBytes(of: SIG_IGN) { $0.elementsEqual(handler) }
    }
  }

  /// The exit code that a shell reports for a process killed by this signal.
  static func exitCode(for signal: Int32) -> Int32 { signal == SIGINT ? 130 : 143 }
}
