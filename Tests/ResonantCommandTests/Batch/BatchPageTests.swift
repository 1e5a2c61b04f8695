// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Signals while `--html` writes pages, with a pandoc that hangs.
struct BatchPageTests {
  private static let pandoc = """
    #!/bin/sh
    cd "$(dirname "$0")/.."
    n=1
    until mkdir started-$n 2> /dev/null; do n=$((n + 1)); done
    echo $$ > started-$n/pid
    sleep 1000

    """
  /// Pages that are written together.
  private static let atOnce = 4

  private let lab: Laboratory

  init() throws {
    lab = try Laboratory()
    try lab.plan("base: {endpoint: 'builtin:', model: eliza, max_turns: 2}\nrepeats: 9\n")
    try lab.directory.write(Self.pandoc, to: "bin/pandoc", executable: true)
  }

  /// Begins, and waits until as many pages are under way as may be.
  private func start() async throws -> Program {
    let path = lab.directory.path("bin") + ":" + ResonantBinary.path
    let program = try await lab.start("--html", environment: ["PATH": path])
    for number in 1...Self.atOnce {
      try await lab.directory.waitForFile("started-\(number)/pid", toContain: "\n")
    }
    return program
  }

  private var pages: [String] { lab.directory.files.filter { $0.hasSuffix(".html") } }

  private func links() throws -> Int { try lab.directory.read("x/index.html").ranges(of: "<a href=").count }

  @Test(arguments: [(SIGTERM, 143), (SIGHUP, 143), (SIGINT, 130)])
  func aSignalCutsThePagesUnderWayAndEndsPandoc(signal: Int32, code: Int) async throws {
    let program = try await start()
    try await program.send(signal)
    let ended = try await program.finish(within: Hanging.deadline)
    #expect(ended.exitCode == code, "\(ended)")
    #expect(!ended.errors.contains("pandoc") && !ended.errors.contains("in flight"), "\(ended)")
    #expect(pages == ["x/index.html"])
    #expect(try links() == 0)
    #expect(!lab.directory.exists("started-\(Self.atOnce + 1)"))
    for number in 1...Self.atOnce {
      let text = try lab.directory.read("started-\(number)/pid").dropLast()
      #expect(kill(try #require(pid_t(text)), 0) == -1)
    }
    #expect(try lab.summary().count == 9)
    let again = try await lab.batch("--html", environment: ["PATH": "/nowhere"])
    #expect(again.exitCode == 0, "\(again)")
    #expect(try links() == 9)
    for page in pages where page.hasPrefix("x/trials/") {
      #expect(try lab.directory.read("x/index.html").contains("href=\"./\(page.dropFirst(2))\""))
    }
  }

  @Test func pagesThatAreBehindAreToldOf() async throws {
    let first = try await lab.batch("--html", environment: ["PATH": "/nowhere"])
    #expect(first.exitCode == 0, "\(first)")
    let same = try await lab.batch()
    #expect(!same.output.contains("pages"), "\(same)")
    try lab.plan("base: {endpoint: 'builtin:', model: eliza, max_turns: 2}\nrepeats: 10\n")
    let more = try await lab.batch()
    #expect(
      more.output.contains("The pages show an earlier state: --html brings them up to date\n"), "\(more)")
  }
}
