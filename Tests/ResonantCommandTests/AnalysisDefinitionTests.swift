// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

/// Compares `resonant analyze` with `Tests/Analysis/check.py`, which was written from the definitions alone, on
/// generated conversations of every kind, on the edges of the definitions, and on files of other tools.
@Suite(.enabled(if: Tool.path("python3") != nil || Tool.isCI, "python3 is not installed"))
struct AnalysisDefinitionTests {
  @Test func theScriptMeasuresTheSame() async throws {
    let python = try #require(Tool.path("python3"))
    let compare = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Analysis/compare").path(percentEncoded: false)
    let directory = try TemporaryDirectory()
    let ended = try await Program(
      python, [compare, try ResonantBinary.executable(), "60", "1"], environment: [:],
      directory: directory.path
    ).finish(within: 600)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.hasSuffix("\n0 differences\n"), "\(ended)")
  }
}
