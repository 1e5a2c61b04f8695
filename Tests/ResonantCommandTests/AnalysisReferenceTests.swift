// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Compares `resonant analyze` with `Tests/Analysis/reference.py`, which was written from the definitions alone,
/// on generated conversations of every kind.
@Suite(.enabled(if: Tool.path("python3") != nil || Tool.isCI, "python3 is not installed"))
struct AnalysisReferenceTests {
  private static let scripts = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Analysis").path(
      percentEncoded: false)

  private func python(
    _ script: String, _ arguments: String..., in directory: TemporaryDirectory
  ) async throws
    -> FinishedProgram
  {
    let python = try #require(Tool.path("python3"))
    let ended = try await Program(
      python, ["\(Self.scripts)/\(script)"] + arguments, environment: [:], directory: directory.path
    ).finish(within: 300)
    try #require(ended.exitCode == 0, "\(ended)")
    return ended
  }

  @Test(arguments: [1, 2])
  func bothMeasureTheSame(seed: Int) async throws {
    let directory = try TemporaryDirectory()
    _ = try await python("generate.py", "runs", "300", "\(seed)", in: directory)
    let expected = try await python("reference.py", "runs", in: directory)
    let ended = try await ResonantBinary.run(["analyze", "runs", "--format", "tsv"], in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    let (ours, theirs) = (ended.output.split(separator: "\n"), expected.output.split(separator: "\n"))
    #expect(ours.count == 301)
    for (our, their) in zip(ours, theirs) where our != their { Issue.record("\(our)\n\(their)") }
    #expect(ours.count == theirs.count)
  }

  @Test func theStatisticsAreTheSame() async throws {
    let directory = try TemporaryDirectory()
    _ = try await python("generate.py", "runs", "300", "3", in: directory)
    let expected = try DecodedJSON.parse(
      await python("reference.py", "--json", "runs", in: directory).stdout)
    let ended = try await ResonantBinary.run(["analyze", "runs", "--format", "json"], in: directory)
    let found = try DecodedJSON.parse(ended.stdout)
    for key in ["conversations", "conditions", "words", "forks"] {
      let (ours, theirs) = (found[key]?.array ?? [], expected[key]?.array ?? [])
      #expect(!ours.isEmpty && ours.count == theirs.count)
      for (our, their) in zip(ours, theirs) { expectEqual(our, their, at: key) }
    }
  }

  /// Compares what the reference has, numbers but for rounding errors.
  private func expectEqual(_ our: JSONValue?, _ their: JSONValue, at place: String) {
    switch (our, their) {
    case (.object(let ours), .object(let theirs)):
      for (key, value) in theirs {
        let own = key == "rate" ? ours["converged"]?[key] : ours[key]
        expectEqual(own, value, at: "\(place).\(key)")
      }
    case (.array(let ours), .array(let theirs)):
      #expect(ours.count == theirs.count, "\(place)")
      for (our, their) in zip(ours, theirs) { expectEqual(our, their, at: place) }
    case (.number, .number):
      #expect(abs((our?.double ?? .nan) - (their.double ?? .nan)) < 1e-9, "\(place)")
    default: #expect(our == their, "\(place)")
    }
  }
}
