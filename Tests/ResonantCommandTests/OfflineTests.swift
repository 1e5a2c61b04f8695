// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// The models that ship in the program, and the commands that work on transcripts.
struct OfflineTests {
  private func talk(
    _ directory: TemporaryDirectory, _ name: String, seed: Int
  ) async throws -> WrittenTranscript {
    let ended = try await ResonantBinary.run(
      [
        "--endpoint", "builtin:", "--alice-model", "eliza", "--bob-model", "parry", "--max-turns", "8",
        "--seed",
        "\(seed)", "--name", name,
      ], in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    return try WrittenTranscript(directory.read(name + ".jsonl"))
  }

  @Test func builtinModelsTalkTheSameUnderTheSameSeed() async throws {
    let directory = try TemporaryDirectory()
    let one = try await talk(directory, "one", seed: 3)
    let two = try await talk(directory, "two", seed: 3)
    #expect(one.said.count == 8)
    #expect(one.said == two.said)
    #expect(directory.files == ["one.html", "one.jsonl", "two.html", "two.jsonl"])
  }

  @Test func aScriptThatIsUsedUpEndsTheConversation() async throws {
    let directory = try TemporaryDirectory()
    try directory.write(#"["first", "second"]"#, to: "lines.json")
    let ended = try await ResonantBinary.run(
      ["--endpoint", "builtin:", "--alice-model", "echo", "--bob-model", "script:lines.json", "--name", "t"],
      in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try WrittenTranscript(directory.read("t.jsonl"))
    #expect(written.said == ["Alice: Hello!", "Bob: first", "Alice: first", "Bob: second", "Alice: second"])
    #expect(written.end?["reason"] == "exhausted")
  }

  @Test func aScriptThinksAndCallsTools() async throws {
    let directory = try TemporaryDirectory()
    let line =
      #"{"text":"Hello, Alice.","thinking":"Who is it?","tools":[{"name":"vote","arguments":{"for":"Al"}}]}"#
    try directory.write(line, to: "lines.jsonl")
    let common = ["--endpoint", "builtin:", "--alice-model", "echo"]
    let ended = try await ResonantBinary.run(
      common + ["--bob-model", "script:lines.jsonl", "--name", "t"], in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    let turn = try #require(try WrittenTranscript(directory.read("t.jsonl")).turns.dropFirst().first)
    #expect(turn["text"] == "Hello, Alice.")
    #expect(turn["thinking"] == "Who is it?")
    let call = try #require(turn["tool_calls"]?.array?.first)
    #expect(call["name"] == "vote")
    #expect(call["arguments"] == #"{"for":"Al"}"#)
    let again = try await ResonantBinary.run(
      common + ["--bob-model", "replay:t.jsonl", "--name", "u"], in: directory)
    #expect(again.exitCode == 0, "\(again)")
    let replayed = try #require(try WrittenTranscript(directory.read("u.jsonl")).turns.dropFirst().first)
    for key in ["text", "thinking", "tool_calls"] { #expect(replayed[key] == turn[key]) }
  }

  @Test func aBadItemOfAScriptIsNamed() async throws {
    let directory = try TemporaryDirectory()
    try directory.write(#"["one", {"text": "two", "tool": []}]"#, to: "lines.json")
    let ended = try await ResonantBinary.run(
      ["--endpoint", "builtin:", "--model", "script:lines.json", "--name", "t"], in: directory)
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains(#"lines.json, item 2: there is no key "tool""#), "\(ended)")
    #expect(directory.files == ["lines.json"])
  }

  @Test func aReplaySaysWhatWasSaid() async throws {
    let directory = try TemporaryDirectory()
    let first = try await talk(directory, "one", seed: 3)
    let ended = try await ResonantBinary.run(
      [
        "--endpoint", "builtin:", "--model", "replay:one.jsonl", "--opening", "Hello!", "--max-turns", "8",
        "--name", "t",
      ],
      in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try WrittenTranscript(directory.read("t.jsonl")).said == first.said)
  }

  @Test func resumeGoesOnInTheSameFileToTheNewTotal() async throws {
    let directory = try TemporaryDirectory()
    _ = try await talk(directory, "one", seed: 3)
    let before = try directory.read("one.jsonl")
    let nothing = try await ResonantBinary.run(["resume", "one.jsonl"], in: directory)
    #expect(nothing.exitCode == 0, "\(nothing)")
    let unsaved = try await ResonantBinary.run(
      ["resume", "one.jsonl", "--max-turns", "12", "--no-save"], in: directory)
    #expect(unsaved.exitCode == 2, "\(unsaved)")
    #expect(try directory.read("one.jsonl") == before)
    let ended = try await ResonantBinary.run(["resume", "one.jsonl", "--max-turns", "12"], in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try WrittenTranscript(directory.read("one.jsonl"))
    #expect(written.turns.compactMap { $0["n"]?.int } == Array(1...12))
    #expect(written.end?["turns"] == 12)
  }

  @Test func aTornLastLineIsCutOff() async throws {
    let directory = try TemporaryDirectory()
    _ = try await talk(directory, "one", seed: 3)
    let lines = try directory.read("one.jsonl").split(separator: "\n")
    let turns = lines.filter { $0.contains("\"type\":\"turn\"") || $0.contains("\"type\":\"header\"") }
    try directory.write(
      turns.prefix(5).joined(separator: "\n") + "\n" + turns[5].prefix(40), to: "torn.jsonl")
    let ended = try await ResonantBinary.run(["resume", "torn.jsonl"], in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors.contains("torn.jsonl"), "\(ended)")
    let written = try WrittenTranscript(directory.read("torn.jsonl"))
    #expect(written.turns.compactMap { $0["n"]?.int } == Array(1...8))
  }

  @Test(arguments: ["html", "markdown", "text", "json"])
  func aTranscriptIsExported(format: String) async throws {
    let directory = try TemporaryDirectory()
    let written = try await talk(directory, "one", seed: 3)
    let ended = try await ResonantBinary.run(["export", "one.jsonl", "--to", format], in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    let last = try #require(written.turns.last?["text"]?.string)
    let word = try #require(last.split { !$0.isLetter }.max { $0.count < $1.count })
    #expect(ended.output.contains(word), "\(ended)")
    if format == "json" { _ = try DecodedJSON.parse(ended.output) }
  }

  @Test(arguments: ["html", "markdown", "text", "json"])
  func afterARewindTheNotesOfForgottenTurnsAreGone(format: String) async throws {
    let directory = try TemporaryDirectory()
    let whole = try await talk(directory, "one", seed: 3)
    func note(_ text: String) -> String {
      #"{"type":"event","kind":"note","t":"2026-01-01T00:00:00Z","text":"\#(text)"}"#
    }
    func turn(_ number: Int, _ text: String) -> String {
      #"{"type":"turn","n":\#(number),"speaker":"Bob","model":"m","text":"\#(text)","chars":4,"outcome":"finished","#
        + #""started":"2026-01-01T00:00:00Z","ms":1,"retries":0}"#
    }
    let rewind = #"{"type":"event","kind":"rewind","t":"2026-01-01T00:00:00Z","to":1}"#
    let header = try #require(whole.header).jsonText
    try directory.write(
      [
        header, turn(1, "said-1"), turn(2, "gone-2"), note("then-1"), turn(3, "gone-3"), note("then-2"),
        rewind,
        note("then-3"), turn(2, "said-2"), note("then-4"), turn(3, "said-3"), "",
      ].joined(separator: "\n"), to: "two.jsonl")
    let ended = try await ResonantBinary.run(["export", "two.jsonl", "--to", format], in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    if format == "json" {
      let events = try DecodedJSON.parse(ended.output)["events"]?.array ?? []
      #expect(
        events.map { $0["text"]?.string ?? "rewind" } == ["rewind", "then-3", "then-4"])
      #expect(events.map { $0["after"]?.int } == [1, 1, 2])
      return
    }
    let body = ended.output.split(separator: "<nav>").joined()
    let words = body.matches(of: /(said|then|gone)-\d|Rewound/).map { String($0.output.0) }
    #expect(
      words == ["said-1", "Rewound", "then-3", "said-2", "then-4", "said-3"], "\(words)")
  }

  @Test(arguments: ["one.jsonl", "two.jsonl", "link.txt"])
  func anExportReplacesNoTranscript(target: String) async throws {
    let directory = try TemporaryDirectory()
    for (name, seed) in [("one", 3), ("two", 4)] { _ = try await talk(directory, name, seed: seed) }
    try FileManager.default.createSymbolicLink(
      atPath: directory.path("link.txt"), withDestinationPath: "two.jsonl")
    let before = try directory.read(target)
    let ended = try await ResonantBinary.run(
      ["export", "one.jsonl", "--to", "text", "--out", target], in: directory)
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains("\(target) is a transcript and is not overwritten"), "\(ended)")
    #expect(try directory.read(target) == before)
    let other = try await ResonantBinary.run(
      ["export", "one.jsonl", "--to", "text", "--out", "one.txt"], in: directory)
    #expect(other.exitCode == 0, "\(other)")
  }

  @Test func checkTellsWhatIsThere() async throws {
    let server = try await ScriptedServer { request in
      request.path.hasSuffix("/models")
        ? .json(["data": [["id": "m"]]]) : .openAI("x")
    }
    let directory = try TemporaryDirectory()
    let good = try await ResonantBinary.run(
      ["check", "--endpoint", server.url("/v1"), "--model", "m"], in: directory)
    #expect(good.exitCode == 0, "\(good)")
    #expect(good.output.contains(server.url("/v1")))
    let bad = try await ResonantBinary.run(
      ["check", "--endpoint", "http://127.0.0.1:9/v1", "--model", "m"], in: directory)
    #expect(bad.exitCode == 1, "\(bad)")
  }

  /// A server of one path: what `check` says of an endpoint, and with which exit code.
  @Test(arguments: [
    ("/chat", "/other", 405, "unknown: URL/chat answers HTTP 405, but its path tells of no list", 0),
    ("/chat", "/v1/models", 404, "; write URL/v1 instead, where there are models\n", 1),
    ("/chat", "/v1/models", 405, "; write URL/v1 instead, where there are models\n", 0),
    ("/v1", "/other", 404, "unknown: URL/v1/chat/completions answers, but has no list of models\n", 0),
    ("/api/chat", "/v1/models", 404, "unknown: URL/api/chat answers, but has no list of models\n", 0),
  ])
  func checkTellsWhatItDoesNotKnow(
    path: String, list: String, status: Int, sentence: String, code: Int
  ) async throws {
    let server = try await ScriptedServer { request in
      request.path == list ? .json(["data": [["id": "m"]]]) : .error(status, "Not Found")
    }
    let ended = try await ResonantBinary.run(
      ["check", "--endpoint", server.url(path), "--model", "m"], in: try TemporaryDirectory())
    #expect(ended.exitCode == code, "\(ended)")
    #expect(ended.output.contains(sentence.replacing("URL", with: server.url(""))), "\(ended)")
    #expect(ended.output.hasPrefix(code == 0 ? "unknown: " : "failed: "), "\(ended)")
    #expect(server.requests.allSatisfy { $0.method == "GET" })
  }

  @Test func aBaseWithoutItsVersionIsHintedAt() async throws {
    let directory = try TemporaryDirectory()
    let server = try await ScriptedServer { request in
      request.path == "/v1/models" ? .json(["data": [["id": "m"]]]) : .error(404, "Not Found")
    }
    try directory.write(
      "{ providers: [{ url: \"\(server.url(""))\", models: [\"m\", \"n\"] }], human_speaker: false, intros: false }",
      to: "config.json5")
    let checked = try await ResonantBinary.run(["check", "config.json5"], in: directory)
    let hint = "; write \(server.url("/v1")) instead, where there are models\n"
    #expect(checked.exitCode == 1 && checked.output.contains(hint), "\(checked)")
    let held = try await ResonantBinary.run(
      ["party", "--topic", "T", "--go", "--max-turns", "1", "--no-save"], in: directory)
    #expect(held.exitCode == 1 && held.errors.contains(hint), "\(held)")
    #expect(server.requests.count { $0.path == "/v1/models" && $0.method == "GET" } == 2 + 1)
  }

  @Test func checkAsksForEachModelOfAPlanOnce() async throws {
    let server = try await ScriptedServer { _ in .json(["models": [["name": "m:latest"], ["name": "n:1"]]]) }
    let directory = try TemporaryDirectory()
    try directory.write(
      """
      base: {endpoint: '\(server.url("/api/chat"))', model: m}
      matrix:
        bob_model: [m, 'n:1']
        opening: [Hi, Ho]
      include: [{endpoint: 'builtin:', model: eliza}]

      """, to: "plan.yaml")
    let good = try await ResonantBinary.run(["check", "plan.yaml"], in: directory)
    #expect(good.exitCode == 0, "\(good)")
    let lines = good.output.split(separator: "\n").dropLast()
    #expect(lines.map { $0.split(separator: " ").last } == ["m", "n:1", "eliza"], "\(good)")
    #expect(server.requests.map(\.target) == ["/api/tags", "/api/tags"])

    try directory.write("base: {endpoint: '\(server.url("/api/chat"))', model: gone}\n", to: "bad.yaml")
    let bad = try await ResonantBinary.run(["check", "bad.yaml"], in: directory)
    #expect(bad.exitCode == 1, "\(bad)")
    #expect(bad.output.hasPrefix("failed: "), "\(bad)")
    for arguments in [["none.yaml"], ["plan.yaml", "--model", "m"]] {
      let wrong = try await ResonantBinary.run(["check"] + arguments, in: directory)
      #expect(wrong.exitCode == 2, "\(wrong)")
    }
    #expect(server.requests.count == 3)
  }
}
