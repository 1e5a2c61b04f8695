// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// `fork` with the builtin models, of chats, rooms and trials.
struct ForkOfflineTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write(#"["a1","a2","a3","a4","a5"]"#, to: "ada.json")
    try directory.write(#"["b1","b2","b3","b4","b5"]"#, to: "bea.json")
    try directory.write(#"["c1","c2","c3","c4","c5"]"#, to: "cleo.json")
    try directory.write(
      """
      {providers: [{url: 'builtin:', models: ['script:ada.json', 'script:bea.json', 'script:cleo.json']}],
       human_speaker: false, intros: true}
      """, to: "room.json5")
  }

  private func run(_ arguments: String...) async throws -> FinishedProgram {
    try await ResonantBinary.run(arguments, in: directory, environment: ["PATH": "/nowhere"])
  }

  private func said(_ name: String) throws -> [String] { try transcript(name).said }

  private func transcript(_ name: String) throws -> WrittenTranscript {
    try WrittenTranscript(try directory.read(name))
  }

  @Test func theSameSeedGoesOnInTheSameWayAndAnotherInAnother() async throws {
    _ = try await run(
      "--endpoint", "builtin:", "--alice-model", "eliza", "--bob-model", "parry", "--max-turns", "12",
      "--name",
      "p", "--no-html")
    _ = try await run("fork", "p.jsonl", "--at", "4", "--name", "same", "--no-html")
    #expect(try said("same.jsonl") == said("p.jsonl"))
    _ = try await run("fork", "p.jsonl", "--at", "4", "--name", "other", "--no-html", "--repeats", "2")
    #expect(try Set([said("p.jsonl"), said("other-1.jsonl"), said("other-2.jsonl")]).count == 3)
    _ = try await run("fork", "p.jsonl", "--at", "4", "--name", "again", "--no-html", "--repeats", "2")
    #expect(try said("again-2.jsonl") == said("other-2.jsonl"))
  }

  @Test func aRoundGoesOnAfterTheOneWhoseMessageWasInjected() async throws {
    let further = #"{"name":"Cleo","model":"script:cleo.json"}"#
    _ = try await run(
      "--endpoint", "builtin:", "--alice-model", "script:ada.json", "--bob-model", "script:bea.json",
      "--participant", further, "--no-opening", "--max-turns", "4", "--name", "p", "--no-html")
    let ended = try await run(
      "fork", "p.jsonl", "--at", "2", "--inject", "Stones?", "--as", "Alice", "--max-turns", "6", "--name",
      "f",
      "--no-html")
    #expect(ended.exitCode == 0, "\(ended)")
    // An injected message uses up no line of the script.
    #expect(
      try said("f.jsonl") == ["Alice: a1", "Bob: b1", "Alice: Stones?", "Bob: b2", "Cleo: c1", "Alice: a2"])
    #expect(ended.output.contains("Turn 3 · Alice · script:ada.json\n") && ended.output.contains("Stones?"))
    #expect(ended.output.contains("[7 characters, injected]"), "\(ended)")
  }

  @Test func aRoomGoesOnWithItsIntroductionsAndScripts() async throws {
    let party = try await run(
      "party", "room.json5", "--topic", "Tea", "--go", "--order", "round-robin", "--max-turns", "5", "--name",
      "p", "--no-html")
    #expect(party.exitCode == 0, "\(party)")
    let before = try directory.read("p.jsonl")
    let ended = try await run(
      "fork", "p.jsonl", "--at", "2", "--inject", "Stones?", "--as", "ada", "--go", "--name", "f", "--no-html"
    )
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try said("f.jsonl") == ["ada: a2", "bea: b2", "ada: Stones?", "bea: b3", "cleo: c2"])
    let fork = try transcript("f.jsonl")
    #expect(fork.all("event").compactMap { $0["kind"]?.string } == ["bio", "bio", "bio", "inject"])
    #expect(fork.header?["topic"] == "Tea")
    #expect(try directory.read("f.moderation.log").contains("Turn 3: ada\nStones?\n[injected, 1 word]"))
    #expect(try directory.read("p.jsonl") == before)
    let many = try await run("fork", "p.jsonl", "--at", "4", "--repeats", "2", "--name", "m", "--no-html")
    #expect(many.exitCode == 0, "\(many)")
    #expect(try said("m-2.jsonl").last == "bea: b3")
    let files = directory.files
    for flags in [["--repeats", "2", "--moderation-log", "l"], ["--moderation-log", "f.moderation.log"]] {
      let refused = try await ResonantBinary.run(["fork", "p.jsonl", "--at", "4"] + flags, in: directory)
      #expect(refused.exitCode == 2 && refused.errors.contains("moderation"), "\(refused)")
      #expect(directory.files == files)
    }
  }

  @Test func aRoomWithoutAnEndOrWithAPersonIsForkedOnce() async throws {
    _ = try await run("party", "room.json5", "--topic", "Tea", "--name", "p", "--no-html")
    let endless = try await run("fork", "p.jsonl", "--at", "0", "--repeats", "2")
    #expect(endless.exitCode == 2 && endless.errors.contains("--repeats: needs --max-turns"), "\(endless)")
    try directory.write(
      "{providers: [{url: 'builtin:', models: ['eliza', 'parry']}], intros: false}", to: "person.json5")
    _ = try await run("party", "person.json5", "--topic", "Tea", "--name", "q", "--no-html")
    let person = try await run("fork", "q.jsonl", "--at", "0", "--repeats", "2", "--max-turns", "3")
    #expect(person.exitCode == 2 && person.errors.contains("a person takes part"), "\(person)")
  }

  @Test func aTrialsTranscriptBranchesIntoAConversationOfItsOwn() async throws {
    try directory.write(
      "name: x\nbase: {endpoint: 'builtin:', model: eliza, max_turns: 4}\n", to: "plan.yaml")
    try directory.write(
      "name: y\nbase: {party: room.json5, topic: Tea, max_turns: 4}\n", to: "rooms.yaml")
    for (plan, config) in [("plan.yaml", []), ("rooms.yaml", ["--party", "room.json5"])] {
      #expect(try await run("batch", plan).exitCode == 0)
      let run = plan == "plan.yaml" ? "x" : "y"
      let trial = try #require(directory.files.first { $0.hasPrefix("\(run)/trials/") })
      let before = try directory.read(trial)
      let ended = try await ResonantBinary.run(
        ["fork", trial, "--at", "3", "--max-turns", "5", "--name", run, "--no-html"] + config, in: directory)
      #expect(ended.exitCode == 0, "\(ended)")
      #expect(try directory.read(trial) == before)
      let fork = try transcript("\(run).jsonl")
      #expect(fork.turns.count == 5 && fork.header?["trial"] == nil && fork.header?["parent"]?["turn"] == 3)
    }
    let resumed = try await run("resume", "x.jsonl", "--max-turns", "6", "--no-html")
    #expect(resumed.exitCode == 0, "\(resumed)")
    #expect(try said("x.jsonl").count == 6)
  }
}
