// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

/// A room with a person at the keyboard: standard input is a terminal, the outputs are pipes or the terminal.
final class LiveParlour: Sendable {
  let program: Program
  let terminal: PseudoTerminal

  init(_ parlour: Parlour, _ flags: String..., showsOnTerminal: Bool = false) async throws {
    terminal = try PseudoTerminal(rows: 24, columns: 80)
    let outputs = showsOnTerminal ? #"> "$KEYBOARD" 2>&1"# : ""
    let path = String(cString: try #require(ttyname(terminal.descriptor)))
    program = await Program(
      "/bin/bash",
      ["-c", "exec \"$@\" < \"$KEYBOARD\" \(outputs)", "bash", try ResonantBinary.executable()]
        + ["party", "--topic", "T"] + Parlour.common + flags,
      environment: [
        "PATH": ResonantBinary.path, "HOME": parlour.directory.path, "TMPDIR": parlour.directory.path,
        "LANG": "C.UTF-8", "TERM": "xterm", "KEYBOARD": path,
      ], directory: parlour.directory.path)
  }

  func type(_ line: String = "") { terminal.type(line + "\n") }

  /// Types a line and waits for what it says on standard error.
  func type(_ line: String, until answer: String) async throws {
    type(line)
    try await program.waitForErrors(containing: answer)
  }

  /// Types a line again and again until this is among the answers.
  func ask(_ line: String, until answer: String) async throws {
    for attempt in 1...2_000 where !program.errors.contains(answer) {
      type(line)
      try await type("/mark\(attempt)", until: "/mark\(attempt), only")
    }
    #expect(program.errors.contains(answer))
  }

  /// Ctrl-D on an empty line.
  func endInput() { terminal.type("\u{04}") }

  func quit() async throws -> FinishedProgram {
    type("/quit")
    return try await program.finish()
  }
}
