// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// What is different when the output is a terminal, which `script` of util-linux makes.
@Suite(
  .enabled(if: Tool.path("script") != nil || Tool.isCI, "`script` is not installed: apt-get install bsdutils")
)
struct TerminalTests {
  private func onTerminal(
    _ arena: Arena, _ flags: String, environment: [String: String] = [:]
  ) async throws -> FinishedProgram {
    let script = try #require(Tool.path("script"))
    let command =
      "\(try ResonantBinary.executable()) --endpoint \(arena.server.url("/v1")) --model m \(flags)"
    var all = ["PATH": ResonantBinary.path, "HOME": arena.directory.path, "TERM": "xterm", "LANG": "C.UTF-8"]
    all.merge(environment) { $1 }
    return try await Program(
      script, ["-qec", command, "/dev/null"], environment: all, directory: arena.directory.path, input: nil
    ).finish()
  }

  @Test func rulesAndTablesKeepToANarrowTerminal() async throws {
    let arena = try await Arena(.openAI("世界 שלום"))
    let path = "a-directory-with-a-long-name/of-which-the-table-shows-both-ends"
    let chat =
      try ResonantBinary.executable() + " --endpoint \(arena.server.url("/v1")) --model m --alice-name 愛麗絲"
    let commands = [
      "stty cols 40", "\(chat) --max-turns 2 --no-html --out \(path) --name c", "stty cols 80",
      "\(try ResonantBinary.executable()) analyze \(path)",
    ]
    let ended = try await Program(
      try #require(Tool.path("script")), ["-qec", commands.joined(separator: "; "), "/dev/null"],
      environment: [
        "PATH": ResonantBinary.path, "HOME": arena.directory.path, "TERM": "xterm", "LANG": "C.UTF-8",
      ],
      directory: arena.directory.path, input: nil
    ).finish()
    #expect(ended.exitCode == 0, "\(ended)")
    let lines = ended.output.split { $0 == "\n" || $0 == "\r\n" }
    let rules = lines.filter { $0.hasPrefix("---") || $0.hasPrefix("===") }
    #expect(rules.count == 6 && rules.allSatisfy { $0.count == 40 }, "\(rules)")
    let rows = lines.filter { $0.contains(" minimal") && $0.contains("…") }
    #expect(!rows.isEmpty && rows.allSatisfy { $0.count <= 80 }, "\(ended)")
  }

  @Test func controlCharactersOfAModelAreMadeVisible() async throws {
    let text = "bell\u{07} title\u{1B}]0;owned\u{07} red\u{1B}[31m c1\u{9B}2J back\u{08} tab\tend"
    let arena = try await Arena(.openAI(text.asPiece))
    let ended = try await onTerminal(arena, "--max-turns 2 --color never")
    #expect(ended.exitCode == 0, "\(ended)")
    let shown = ended.output.unicodeScalars
    let raw = shown.filter {
      $0.value < 0x20 && !"\n\r\t".unicodeScalars.contains($0) || (0x7F...0x9F).contains($0.value)
    }
    #expect(raw.isEmpty, "\(raw.map(\.value))")
    #expect(ended.output.contains("]0;owned") && ended.output.contains("tab\tend"))
    #expect(try arena.transcript().said.last == "Bob: \(text)")
  }

  @Test(arguments: ["", " --format ndjson"])
  func whatTurnsCharactersAboutIsMadeVisible(format: String) async throws {
    let text = "a\u{202E}b\u{2066}c\u{2069}d\u{2028}e\u{2029}f שלום 👩‍👧 g\u{200F}"
    let arena = try await Arena(.openAI(text.asPiece))
    let ended = try await onTerminal(arena, "--max-turns 2 --color never" + format)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(
      ended.output.contains("a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e\u{FFFD}f שלום 👩‍👧 g\u{200F}"), "\(ended)")
    #expect(!ended.output.unicodeScalars.contains { "\u{202E}\u{2066}\u{2028}".unicodeScalars.contains($0) })
    #expect(try arena.transcript().said.last == "Bob: \(text)")
    let name = try arena.directory.only(".jsonl")
    let script = try #require(Tool.path("script"))
    let export = try await Program(
      script, ["-qec", "\(try ResonantBinary.executable()) export \(name) --to text", "/dev/null"],
      environment: ["PATH": ResonantBinary.path, "TERM": "xterm", "LANG": "C.UTF-8"],
      directory: arena.directory.path, input: nil
    ).finish()
    #expect(export.output.contains("a\u{FFFD}b"), "\(export)")
  }

  @Test(arguments: [([:], true), (["NO_COLOR": "1"], false)])
  func aTerminalHasColourUnlessItIsUnwanted(environment: [String: String], hasColour: Bool) async throws {
    let arena = try await Arena(.openAI("x"))
    let ended = try await onTerminal(arena, "--max-turns 2", environment: environment)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.contains("\u{1B}[") == hasColour, "\(ended)")
  }

  @Test func controlCharactersReachAFileAsTheyAre() async throws {
    let arena = try await Arena(.openAI("a\u{1B}[31mb\u{202E}c"))
    let ended = try await arena.chat("--max-turns", "2")
    #expect(ended.output.contains("a\u{1B}[31mb\u{202E}c"), "\(ended)")
  }
}
