// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

/// The help fits a screen, and all of it is in docs/commands.md.
struct HelpTests {
  private static let commands = ["chat", "party", "batch", "analyze", "export", "resume", "fork", "check"]
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../..").standardizedFileURL.path(percentEncoded: false)
  /// Lines of 80 columns.
  private static let screen = 48

  private static func help(_ arguments: String...) async throws -> String {
    let ended = try await ResonantBinary.run(arguments, in: try TemporaryDirectory())
    #expect(ended.exitCode == 0 && ended.stderr.isEmpty, "\(ended)")
    return ended.output
  }

  private static func flags(in help: String) -> Set<Substring> {
    Set(
      help.split(separator: "\n").filter { $0.hasPrefix("  --") }.map { $0.dropFirst(2).prefix { $0 != " " } }
    )
  }

  @Test(arguments: commands)
  func theHelpFitsAScreenAndHasAnExample(command: String) async throws {
    let short = try await Self.help(command, "--help")
    let lines = short.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.count <= Self.screen, "\(lines.count) lines:\n\(short)")
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(short)")
    #expect(lines.contains { $0.hasPrefix("  resonant ") }, "\(short)")
    #expect(!short.contains("(default: )"), "\(short)")
    #expect(try await Self.help("help", command) == short)
  }

  @Test(arguments: ["chat", "party", "resume", "fork", "check"])
  func theRestIsOneFlagAway(command: String) async throws {
    let short = try await Self.help(command, "--help")
    let all = Self.flags(in: try await Self.help(command, "--help-hidden")).subtracting(["--version"])
    #expect(Self.flags(in: short).isStrictSubset(of: all))
    #expect(
      short.hasSuffix("\n\nAll \(all.count) flags: resonant \(command) --help-hidden\n"),
      "\(short.suffix(80))")
    let completions = try await Self.help("--generate-completion-script", "bash")
    for flag in all { #expect(completions.contains(flag)) }
  }

  @Test func theReferenceIsUpToDate() async throws {
    let made = try await Program(
      "/bin/bash", ["\(Self.root)/scripts/reference", try ResonantBinary.executable()],
      environment: ["PATH": ResonantBinary.path, "LANG": "C.UTF-8"], directory: Self.root
    ).finish(within: 60)
    #expect(made.exitCode == 0, "\(made)")
    let kept = try String(contentsOfFile: "\(Self.root)/docs/commands.md", encoding: .utf8)
    let lines = { (text: String) in text.split(separator: "\n", omittingEmptySubsequences: false) }
    let difference = lines(made.output).difference(from: lines(kept))
    #expect(
      difference.isEmpty,
      "scripts/reference .build/debug/resonant > docs/commands.md brings it up to date: \(difference)")
  }
}
