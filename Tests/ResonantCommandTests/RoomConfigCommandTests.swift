// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// The config of a room, as `check` and `batch` read it.
struct RoomConfigCommandTests {
  private let directory: TemporaryDirectory
  private let server: ScriptedServer

  init() async throws {
    directory = try TemporaryDirectory()
    server = try await ScriptedServer { _ in .json(["data": [["id": "org/a"], ["id": "b"], ["id": "judge"]]])
    }
  }

  private func run(
    _ arguments: String..., environment: [String: String] = [:]
  ) async throws -> FinishedProgram {
    try await ResonantBinary.run(arguments, in: directory, environment: environment)
  }

  @Test func checkAsksForEachModelAndTheModerator() async throws {
    try directory.write(
      """
      // A room with a person in it
      {
        providers: [
          {url: '\(server.url("/api"))', token: 'open-1', models: ['org/a', 'b',]},
          {url: '\(server.url("/v1/messages"))', token: '${KEY}', models: ['gone'], comment: 1},
          {url: 'builtin:', models: ['script:lines/ada.json']},
        ],
        moderator: {url: '\(server.url("/mod"))', model: 'judge'},
      }
      """, to: "rooms/config.json")
    try directory.write("[\"hello\"]", to: "rooms/lines/ada.json")
    let ended = try await run("check", "rooms/config.json", environment: ["KEY": "open-2"])
    #expect(ended.exitCode == 1, "\(ended)")
    let lines = ended.output.split(separator: "\n").dropLast().map(String.init)
    #expect(lines.map { $0.hasPrefix("ok: ") } == [true, true, false, true, true], "\(ended)")
    #expect(lines[2].contains("gone") && lines[3].hasSuffix("script:rooms/lines/ada.json"), "\(ended)")
    #expect(server.requests.map(\.path) == ["/api/models", "/api/models", "/v1/models", "/mod/models"])
    let tokens = server.requests.map { $0.header("authorization") ?? $0.header("x-api-key") }
    #expect(tokens == ["Bearer open-1", "Bearer open-1", "open-2", nil])
    #expect(
      ended.errors.contains(
        "rooms/config.json: providers[1].comment (line 5): unknown key, which has no effect"), "\(ended)")
    #expect(!(ended.output + ended.errors).contains("open-"), "\(ended)")
  }

  /// Configs, as far as they differ from a good one, and what the message must name.
  static let mistakes: [(config: String, named: [String])] = [
    (
      "providers: [{url: 'URL', models: ['a', 'a']}]",
      ["providers[0].models[1] (line 2)", "providers[0].models[0]"]
    ),
    (
      "providers: [{url: 'URL', models: ['x/m']}, {url: 'URL', models: ['y/m']}]",
      ["providers[1].models[0]", "providers[0].models[0]", "named m"]
    ),
    ("providers: [{url: 'URL', models: ['b.2', 'b-2']}]", ["b.2", "b-2"]),
    ("providers: [{url: 'URL', models: ['x/human']}]", ["providers[0].models[0]", "human"]),
    ("providers: [{url: 'URL', models: ['moderator']}]", ["providers[0].models[0]", "moderator"]),
    ("providers: [{url: 'URL', token: '', models: ['a']}]", ["providers[0].token", "is empty"]),
    ("providers: [{url: 'URL', token: '${NOWHERE}', models: ['a']}]", ["providers[0].token", "NOWHERE"]),
    ("providers: [{url: 'URL', models: 'abc'}]", ["providers[0].models", "a list of names"]),
    ("providers: []", ["providers", "at least one model"]),
    ("providers: {}", ["providers", "a list of objects"]),
    ("providers: [{url: 'URL', models: ['a', 'b']}], moderator: {url: 'URL'}", ["moderator", "no model"]),
    ("providers: [{url: 'URL', models: ['a', 'b']}], moderator: 'x'", ["moderator", "an object"]),
    (
      "providers: [{url: 'URL', models: ['a', 'b']}], interrupt_threshold: 99",
      ["interrupt_threshold", "1 to 10"]
    ),
    ("providers: [{url: 'URL', models: ['a', 'b']}], max_triggers: -1", ["max_triggers", "at least 0"]),
    ("providers: [{url: 'URL', models: ['a', 'b']}], intros: 'false'", ["intros", "true or false"]),
    ("providers: [{url: 'URL', models: ['a']}], human_speaker: false", ["alone", "human_speaker"]),
    ("providers: [", ["(line 3)", "no JSON"]),
    ("providers: [{url: 'builtin:', models: ['hal']}]", ["no builtin model \"hal\""]),
  ]

  @Test(arguments: mistakes)
  func aMistakeIsNamedAndNothingIsSent(config: String, named: [String]) async throws {
    let text = config.replacing("URL", with: server.url("/v1"))
    try directory.write("// a room\n{\(text)\n", to: "open.json5")
    try directory.write("// a room\n{\(text)\n}\n", to: "room.json5")
    let file = config.hasSuffix("[") ? "open.json5" : "room.json5"
    let ended = try await run("check", file)
    #expect(ended.exitCode == 2, "\(ended)")
    for name in named { #expect(ended.errors.contains(name), "\(ended)") }
    #expect(ended.output.isEmpty && server.connections == 0, "\(ended)")
  }

  private func write(plan: String) throws {
    let url = server.url("/v1")
    try directory.write(
      "{providers: [{url: '\(url)', token: 'open-1', models: ['a', 'b']}], modrator: 1}",
      to: "rooms/tea.json5")
    try directory.write(
      "{providers: [{url: '\(url)', models: ['a', 'b', 'c']}], intros: false}", to: "rooms/milk.json5")
    try directory.write("name: x\n" + plan, to: "plan.yaml")
  }

  @Test func aPlanOfRoomsIsCounted() async throws {
    try write(
      plan: """
        base: {max_turns: 10}
        matrix:
          party: [rooms/tea.json5, rooms/milk.json5]
          topic: [Why?]
          order: [random, vote]
        repeats: 2

        """)
    let ended = try await run("batch", "plan.yaml", "--dry-run")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.contains("  2 to do  party=rooms/tea.json5,topic=Why?,order=random\n"), "\(ended)")
    #expect(ended.output.contains("trials      8\n"), "\(ended)")
    // Twice: introductions and turns of one config, those of the other, then the same with votes.
    #expect(ended.output.contains("requests    at most \(2 * (12 + 32 + 10 + 40))\n"), "\(ended)")
    #expect(ended.errors.contains("rooms/tea.json5: modrator (line 1): unknown key"), "\(ended)")
    #expect(ended.errors.contains("did you mean moderator?"), "\(ended)")
    let status = try await run("batch", "plan.yaml", "--status")
    #expect(status.output.contains("party=rooms/milk.json5,topic=Why?,order=vote"), "\(status)")
    #expect(!(ended.output + ended.errors + status.output).contains("open-1"))
    #expect(server.connections == 0)
  }

  @Test func aChangedConfigContradictsFinishedTrials() async throws {
    let config = { (more: String) in
      "{providers: [{url: 'builtin:', models: ['eliza', 'parry', 'script:lines.json']}], intros: false\(more)}"
    }
    try directory.write(config(""), to: "rooms/tea.json5")
    try directory.write(#"["a", "b", "c", "d"]"#, to: "rooms/lines.json")
    try directory.write(
      "name: x\nbase: {party: rooms/tea.json5, topic: Why?, max_turns: 4}\n", to: "plan.yaml")
    let first = try await run("batch", "plan.yaml")
    #expect(first.exitCode == 0, "\(first)")
    let trials = directory.files.filter { $0.hasPrefix("x/trials/") && $0.hasSuffix(".jsonl") }
    try #require(trials.count == 1)
    let trial = try WrittenTranscript(directory.read(trials[0]))
    #expect(trial.header?["mode"] == "party" && trial.header?["topic"] == "Why?")
    #expect(trial.header?["settings"]?["party"]?["human_speaker"] == false)
    #expect(trial.turns.count == 4)
    // The same plan under another path is no change.
    let again = try await run("batch", directory.path("plan.yaml"), "--dry-run")
    #expect(again.exitCode == 0 && again.output.contains("1 finished"), "\(again)")
    try directory.write(config(", max_triggers: 2"), to: "rooms/tea.json5")
    let changed = try await run("batch", "plan.yaml")
    #expect(changed.exitCode == 2, "\(changed)")
    #expect(changed.errors.contains("party.max_triggers was 5 and is now 2"), "\(changed)")
  }

  @Test(arguments: [
    ("base: {party: rooms/tea.json5, topic: Why?}", "max_turns"),
    ("base: {party: rooms/tea.json5, max_turns: 3}", "topic"),
    ("base: {party: rooms/tea.json5, topic: Why?, max_turns: 3, opening: Hi}", "base.opening (line 2)"),
    ("base: {party: rooms/tea.json5, topic: Why?, max_turns: 3, bob_model: m}", "base.bob_model (line 2)"),
    ("base: {party: rooms/tea.json5, topic: Why?, max_turns: 3, order: moderator}", "base.order (line 2)"),
    ("base: {party: rooms/none.json5, topic: Why?, max_turns: 3}", "rooms/none.json5"),
    ("base: {endpoint: 'builtin:', model: echo, topic: Why?}", "base.topic (line 2)"),
  ])
  func aPlanThatNoRoomCanFollowIsRefused(plan: String, named: String) async throws {
    try write(plan: plan + "\n")
    let ended = try await run("batch", "plan.yaml", "--dry-run")
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains(named), "\(ended)")
    #expect(ended.output.isEmpty && server.connections == 0, "\(ended)")
  }

  @Test(arguments: [
    (["--order", "moderator"], "--moderator"), (["--moderator", "{}"], "--moderator: has no endpoint"),
    (["--moderator", #"{"endpoint": "builtin:", "model": "echo"}"#], "--order moderator"),
    (["--order", "moderator", "--moderator", #"{"endpoint": "x", "model": "m"}"#], "--moderator endpoint"),
    (["--words", "5"], "--words"), (["--party", "c.json5"], "--party"),
  ])
  func aChatSaysWhatItsModeratorNeeds(flags: [String], named: String) async throws {
    let ended = try await ResonantBinary.run(
      ["--endpoint", "builtin:", "--model", "echo"] + flags, in: directory)
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains(named), "\(ended)")
    #expect(directory.files.isEmpty)
  }
}
