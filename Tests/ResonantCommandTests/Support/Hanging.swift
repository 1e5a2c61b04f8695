// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

/// A pandoc that hangs while a signal comes, and what must be over soon all the same.
enum Hanging {
  /// Seconds from a signal to the end on a busy machine; 2 are promised.
  static let deadline = 10.0

  /// A pandoc that heeds no signal, as little as the process that it starts.
  private static let pandoc = """
    #!/bin/sh
    trap '' HUP INT TERM
    cd "$(dirname "$0")"
    sleep 1000 &
    echo $! > child
    echo $$ > parent
    sleep 1000

    """

  /// Puts it into the directory; returns the search path on which it is pandoc.
  static func pandoc(in directory: TemporaryDirectory) throws -> String {
    try directory.write(pandoc, to: "bin/pandoc", executable: true)
    return directory.path("bin") + ":" + ResonantBinary.path
  }

  static func waitForPandoc(in directory: TemporaryDirectory) async throws {
    try await directory.waitForFile("bin/parent", toContain: "\n")
  }

  /// Nothing is left of it, and none of its files.
  static func expectNoPandoc(in directory: TemporaryDirectory) async throws {
    for name in ["parent", "child"] {
      let pid = try #require(pid_t(directory.read("bin/\(name)").filter(\.isNumber)))
      try await waitForEnd(of: pid)
    }
    #expect(!directory.files.contains { $0.hasSuffix("filter.lua") })
  }

  /// Whoever adopts a process that was killed takes a moment to bury it.
  private static func waitForEnd(of pid: pid_t) async throws {
    let deadline = ContinuousClock.now + .seconds(Deadline.usual)
    while kill(pid, 0) == 0, !isZombie(pid) {
      guard ContinuousClock.now < deadline else {
        Issue.record("process \(pid) is still there")
        return
      }
      await withCheckedContinuation { continuation in
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.02) { continuation.resume() }
      }
    }
  }

  private static func isZombie(_ pid: pid_t) -> Bool {
    (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8))?.contains(") Z") == true
  }
}
