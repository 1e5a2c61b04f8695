// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// What is wrong with flags and files is found before anything is sent.
struct UsageTests {
  /// Flags, and what the message must name.
  static let mistakes: [(flags: [String], named: [String])] = [
    (["--headers", "{"], ["--headers"]), (["--headers", "[]"], ["--headers"]),
    (["--alice-headers", #"{"a":null}"#], ["--alice-headers", "a"]),
    (["--headers", #"{"a":"b\r\nc: d"}"#], ["--headers", "a"]),
    (["--headers", #"{"a\r\n":"b"}"#], ["--headers"]), (["--payload", "nonsense"], ["--payload"]),
    (["--bob-payload", "[1]"], ["--bob-payload"]),
    (["--payload", "@missing.json"], ["--payload", "missing.json"]),
    (["--alice-preamble", "missing.json"], ["--alice-preamble", "missing.json"]),
    (["--bob-preamble", "object.json"], ["--bob-preamble", "object.json"]),
    (["--bob-preamble", "role.json"], ["role.json", "message 1", "role"]),
    (["--bob-preamble", "content.json"], ["content.json", "message 0", "null"]),
    (["--max-turns", "0"], ["--max-turns"]), (["--max-turns", "-1"], ["--max-turns"]),
    (["--max-turns", "many"], ["--max-turns"]), (["--max-chars", "0"], ["--max-chars"]),
    (["--max-chars=-2"], ["--max-chars"]), (["--opening", ""], ["--opening"]),
    (["--opening", "a", "--opening-file", "text.txt"], ["--opening"]),
    (["--system-prompt-file", "missing.txt"], ["--system-prompt-file", "missing.txt"]),
    (["--alice-name", "Bob"], ["Bob"]), (["--order", "sideways"], ["--order"]),
    (["--pandoc-path", "text.txt"], ["--pandoc-path", "text.txt"]), (["--no-such-flag"], ["--no-such-flag"]),
    (["--participant", "{}"], ["--participant"]), (["--name", "taken"], ["--name", "taken"]),
    (["--template", "missing.jsonl"], ["--template", "missing.jsonl"]),
  ]

  @Test(arguments: mistakes)
  func aMistakeIsNamedAndNothingIsSent(flags: [String], named: [String]) async throws {
    let arena = try await Arena()
    try arena.directory.write(#"{"role":"user","content":"x"}"#, to: "object.json")
    try arena.directory.write(
      #"[{"role":"user","content":"x"},{"role":"wizard","content":"x"}]"#, to: "role.json")
    try arena.directory.write(#"[{"role":"user","content":null}]"#, to: "content.json")
    try arena.directory.write("text", to: "text.txt")
    try arena.directory.write("{}\n", to: "taken.jsonl")
    let before = arena.directory.files
    let ended = try await arena.chat(flags)
    #expect(ended.exitCode == 2, "\(ended)")
    for name in named { #expect(ended.errors.contains(name), "\(ended)") }
    #expect(ended.stdout.isEmpty, "\(ended)")
    #expect(arena.server.connections == 0)
    #expect(arena.directory.files == before)
  }

  @Test(arguments: [
    (["bacth", "plan.yaml"], "there is no command 'bacth'; did you mean batch?"),
    (["quux"], "there is no command 'quux'; there are chat, party, batch, "),
  ])
  func aMistypedCommandIsNotTakenForFlags(words: [String], message: String) async throws {
    let ended = try await ResonantBinary.run(words, in: try TemporaryDirectory())
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains(message), "\(ended)")
  }

  @Test(arguments: [
    (["--max-t", "3"], "resonant: unknown option '--max-t'; did you mean --max-turns?\n"),
    (["chat", "--first", "3"], "resonant: unknown option '--first'; did you mean --first-byte-timeout?\n"),
    (["--modle", "x"], "resonant: unknown option '--modle'; did you mean --model?\n"),
    (["--turns", "5"], "resonant: unknown option '--turns'; did you mean --max-turns?\n"),
    (
      ["--temperature", "1"],
      "resonant: unknown option '--temperature'; did you mean --payload '{\"temperature\": 1}'?\n"
    ),
    (
      ["--bob-top-p=0.5"],
      "resonant: unknown option '--bob-top-p'; did you mean --bob-payload '{\"top_p\": 0.5}'?\n"
    ),
    (["batch", "--temperature", "1"], "resonant: unknown option '--temperature'\n"),
    (
      ["export", "a", "--to", "md"],
      "resonant: the value 'md' is invalid for '--to <format>'; did you mean markdown?\n"
    ),
    (
      ["analyze", "a", "--format", "xlsx"],
      "resonant: the value 'xlsx' is invalid for '--format <format>'; there are table, json, tsv\n"
    ),
    (["--max-turns", "many"], "resonant: the value 'many' is invalid for '--max-turns <n>'\n"),
    (["resume"], "resonant: missing expected argument '<transcript>'\n"),
  ])
  func errorsOfFlagsReadLikeAllOthers(words: [String], message: String) async throws {
    let ended = try await ResonantBinary.run(words, in: try TemporaryDirectory())
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.hasPrefix(message), "\(ended)")
  }

  @Test(arguments: [
    ["--model", "m"], ["--endpoint", "http://127.0.0.1:9/v1"],
    ["--alice-endpoint", "http://127.0.0.1:9/v1", "--model", "m"],
    ["--endpoint", "http://127.0.0.1:9/v1", "--bob-model", "m"],
    ["--endpoint", "gopher://x/", "--model", "m"], ["--endpoint", "builtin:", "--model", "hal"],
  ])
  func bothSidesNeedAnEndpointAndAModel(flags: [String]) async throws {
    let directory = try TemporaryDirectory()
    let ended = try await ResonantBinary.run(flags, in: directory)
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(!ended.errors.isEmpty)
    #expect(directory.files.isEmpty)
  }

  @Test func helpAndVersionSucceed() async throws {
    let directory = try TemporaryDirectory()
    for arguments in [["--help"], ["chat", "--help"], ["--version"], ["help", "chat"]] {
      let ended = try await ResonantBinary.run(arguments, in: directory)
      #expect(ended.exitCode == 0, "\(ended)")
      #expect(!ended.stdout.isEmpty && ended.stderr.isEmpty, "\(ended)")
    }
  }

  @Test func theVersionIsNamedLikeInTranscripts() async throws {
    let ended = try await ResonantBinary.run(["--version"], in: try TemporaryDirectory())
    #expect(ended.output == "\(Version.program)\n", "\(ended)")
  }

  @Test func aValueMayFollowAnEqualsSignAndTheLastOneWins() async throws {
    let arena = try await Arena(.openAI("x"))
    let ended = try await arena.chat("--max-turns", "9", "--max-turns=2", "--opening=-hi")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.map { $0.spoken } == [["user: -hi"]])
  }

  @Test func longTextsComeFromFilesExactly() async throws {
    let arena = try await Arena(.openAI("x"))
    try arena.directory.write("line one\n\tline \"two\"\n", to: "opening.txt")
    try arena.directory.write("S\n", to: "system.txt")
    let ended = try await arena.chat(
      "--max-turns", "2", "--opening-file", "opening.txt", "--bob-system-prompt-file", "system.txt")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(
      arena.server.requests.first?.messages == ["system: S\n", "user: line one\n\tline \"two\"\n"])
  }
}
