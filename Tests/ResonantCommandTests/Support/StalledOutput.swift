// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

/// An output that takes nothing, as when nobody reads a pipe or a terminal is stopped.
final class StalledOutput {
  enum Kind: CaseIterable { case pipe, terminal }

  /// To be opened for writing.
  private let path: String
  private let reader: Int32

  init(_ kind: Kind, in directory: TemporaryDirectory) throws {
    switch kind {
    case .pipe:
      path = directory.path("stalled")
      try #require(mkfifo(path, 0o600) == 0)
      reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    case .terminal:
      (reader, path) = try PseudoTerminal.open()
    }
    try #require(reader >= 0)
    let writer = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    try #require(writer >= 0)
    // A terminal passes on what it was given, which makes room again, until that is full as well.
    var room = pollfd(fd: writer, events: Int16(POLLOUT), revents: 0)
    repeat {
      for piece in [[UInt8](repeating: 0x2E, count: 1 << 10), [0x2E]] {
        while write(writer, piece, piece.count) > 0 {}
      }
    } while poll(&room, 1, 200) > 0
    close(writer)
  }

  deinit { close(reader) }

  /// Starts the program with this output, for its errors too. Returns a shell that prints `status` and the exit code
  /// when the program has ended, and the program's id.
  func start(
    _ arguments: [String], in directory: TemporaryDirectory
  ) async throws -> (shell: Program, pid: pid_t) {
    let command = """
      "$@" > "$OUTPUT" 2>&1 &
      echo "pid $!"
      wait $!
      echo "status $?"
      """
    let shell = await Program(
      "/bin/bash", ["-c", command, "bash", try ResonantBinary.executable()] + arguments,
      environment: [
        "PATH": ResonantBinary.path, "HOME": directory.path, "TMPDIR": directory.path, "OUTPUT": path,
      ], directory: directory.path)
    try await shell.waitForOutput(containing: "\n")
    return (shell, try #require(pid_t(shell.output.filter(\.isNumber))))
  }
}
