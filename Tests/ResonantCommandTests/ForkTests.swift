// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// `fork`: a conversation that begins with the turns of another one.
struct ForkTests {
  /// An arena with a conversation of four turns in `p.jsonl`, whose server answers with the number of the request.
  private func forest(_ flags: String...) async throws -> Arena {
    let arena = try await Arena { .openAI(.text("answer \($0.number)")) }
    let ended = try await arena.chat(["--max-turns", "4", "--name", "p", "--seed", "5", "--no-html"] + flags)
    #expect(ended.exitCode == 0, "\(ended)")
    return arena
  }

  private func transcript(_ name: String, in arena: Arena) throws -> WrittenTranscript {
    try WrittenTranscript(try arena.directory.read(name + ".jsonl"))
  }

  @Test func whatWasSaidIsCopiedAndNotAskedAgain() async throws {
    let preamble = #"[{"role":"user","content":"Only for Bob.","name":"x"}]"#
    let arena = try await Arena { .openAI(.text("answer \($0.number)")) }
    try arena.directory.write(preamble, to: "bob.json")
    _ = try await arena.chat("--max-turns", "4", "--name", "p", "--bob-preamble", "bob.json", "--no-html")
    let parent = try arena.directory.read("p.jsonl")
    let ended = try await arena.resonant("fork", "p.jsonl", "--at", "3", "--name", "f", "--max-turns", "5")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try arena.directory.read("p.jsonl") == parent)
    let asked = arena.server.requests.dropFirst(3).map(\.spoken)
    #expect(
      asked == [
        ["user: Only for Bob.", "user: Hello!", "assistant: answer 1", "user: answer 2"],
        ["assistant: Hello!", "user: answer 1", "assistant: answer 2", "user: answer 4"],
      ])
    let (before, fork) = (try WrittenTranscript(parent), try transcript("f", in: arena))
    #expect(Array(fork.records[1...4]) == Array(before.records[1...4]))
    #expect(fork.said.suffix(2) == ["Bob: answer 4", "Alice: answer 5"])
    #expect(fork.header?["parent"] == ["id": before.header?["id"] ?? .null, "turn": 3])
    #expect(fork.header?["id"] != before.header?["id"] && fork.header?["seed"] == before.header?["seed"])
    #expect(fork.header?["settings"]?["max_turns"] == 5)
    #expect(fork.end?["turns"] == 5)
    #expect(ended.output.contains("Goes on after turn 3"), "\(ended)")
    #expect(try arena.directory.read("f.html").contains("Branched from"))
  }

  @Test func anInjectedMessageIsHeardByTheNextSpeaker() async throws {
    let arena = try await forest()
    let ended = try await arena.resonant(
      "fork", "p.jsonl", "--at", "3", "--inject", "Stones?", "--as", "Alice", "--name", "f", "--max-turns",
      "6",
      "--format", "ndjson")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(
      arena.server.requests.dropFirst(3).map(\.spoken) == [
        ["user: Hello!", "assistant: answer 1", "user: answer 2", "user: Stones?"],
        [
          "assistant: Hello!", "user: answer 1", "assistant: answer 2", "assistant: Stones?",
          "user: answer 4",
        ],
      ])
    let fork = try transcript("f", in: arena)
    #expect(fork.outcomes.suffix(3) == ["injected", "finished", "finished"])
    #expect(fork.said.suffix(3) == ["Alice: Stones?", "Bob: answer 4", "Alice: answer 5"])
    let place = try #require(fork.records.firstIndex { $0["kind"] == "inject" })
    #expect(fork.records[place]["n"] == 4 && fork.records[place + 1]["n"] == 4)
    let shown = try DecodedJSON.lines(ended.output).filter { $0["type"] != "delta" }
    #expect(shown == fork.records)
    // A fork of the fork names its direct parent; what belongs to the injection stays behind.
    let second = try await arena.resonant("fork", "f.jsonl", "--at", "3", "--name", "g", "--max-turns", "4")
    #expect(second.exitCode == 0, "\(second)")
    let grandchild = try transcript("g", in: arena)
    #expect(grandchild.header?["parent"]?["id"] == fork.header?["id"])
    #expect(grandchild.all("event").isEmpty && grandchild.said.last == "Bob: answer 6")
  }

  @Test func turnZeroBeginsAnewAndAnInjectionThereIsTheFirstTurn() async throws {
    let arena = try await forest()
    _ = try await arena.resonant(
      "fork", "p.jsonl", "--at", "0", "--opening", "Good day.", "--max-turns", "2", "--name", "f")
    #expect(arena.server.requests.last?.spoken == ["user: Good day."])
    #expect(try transcript("f", in: arena).outcomes == ["opening", "finished"])
    _ = try await arena.resonant(
      "fork", "p.jsonl", "--at", "0", "--inject", "Me first.", "--as", "Bob", "--max-turns", "2", "--name",
      "g")
    #expect(arena.server.requests.last?.spoken == ["user: Me first."])
    #expect(try transcript("g", in: arena).said == ["Bob: Me first.", "Alice: answer 5"])
  }

  @Test func flagsOverrideWhatTheTranscriptSays() async throws {
    let arena = try await forest("--payload", #"{"top_k":1}"#)
    try arena.directory.write(#"[{"role":"user","content":"Psst."}]"#, to: "psst.json")
    let ended = try await arena.resonant(
      "fork", "p.jsonl", "--at", "3", "--bob-model", "other", "--bob-preamble", "psst.json", "--opening", "x",
      "--system-prompt", "", "--max-turns", "4", "--no-html")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors.contains("the conversation has begun; --opening can't change that"), "\(ended)")
    let request = try #require(arena.server.requests.last?.json)
    #expect(request["model"] == "other" && request["top_k"] == 1)
    #expect(arena.server.requests.last?.messages.first == "user: Psst.")
    let name = try #require(arena.directory.files.first { $0 != "p.jsonl" && $0.hasSuffix(".jsonl") })
    #expect(name.wholeMatch(of: /resonant-chat-m-other-[0-9a-f]{6}\.jsonl/) != nil, "\(name)")
    let fork = try WrittenTranscript(try arena.directory.read(name))
    #expect(fork.header?["participants"]?.array?[1]["model"] == "other")
    #expect(fork.all("preamble").map { $0["content"] } == ["Psst."])
  }

  @Test func aForkThatHasNothingLeftToDoIsWrittenAndSaysSo() async throws {
    let arena = try await forest()
    let ended = try await arena.resonant("fork", "p.jsonl", "--at", "4", "--name", "f")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors.contains("begins with 4 turns; give a higher --max-turns to go on"), "\(ended)")
    #expect(arena.server.requests.count == 3)
    #expect(try transcript("f", in: arena).end?["reason"] == "max_turns")
    // It goes on as any other does.
    let resumed = try await arena.resonant("resume", "f.jsonl", "--max-turns", "5")
    #expect(resumed.exitCode == 0, "\(resumed)")
    #expect(arena.server.requests.last?.spoken.last == "user: answer 3")
  }

  /// The limit that the transcript was resumed with is that of its forks.
  @Test func aForkOfAResumedConversationIsAsLong() async throws {
    let arena = try await forest()
    #expect(try await arena.resonant("resume", "p.jsonl", "--max-turns", "8").exitCode == 0)
    let ended = try await arena.resonant("fork", "p.jsonl", "--at", "3", "--name", "f")
    #expect(ended.exitCode == 0 && ended.errors.contains("warning") == false, "\(ended)")
    #expect(try transcript("f", in: arena).turns.count == 8)
  }

  @Test func theBudgetCountsWhatTheForkAsksFor() async throws {
    let arena = try await forest()
    let flags = ["fork", "p.jsonl", "--at", "4", "--max-turns", "9", "--budget-tokens", "20", "--name", "f"]
    let ended = try await ResonantBinary.run(flags, in: arena.directory)
    #expect(ended.exitCode == 0, "\(ended)")
    let end = try #require(try transcript("f", in: arena).end)
    #expect(end["reason"] == "budget" && end["turns"] == 6)
    #expect(end["usage"]?["prompt_tokens"] == 22 && end["usage"]?["completion_tokens"] == 14)
    // The same when it is resumed.
    _ = try await arena.resonant("resume", "f.jsonl", "--budget-tokens", "37")
    #expect(try transcript("f", in: arena).end?["usage"]?["prompt_tokens"] == 33)
  }

  @Test func aTurnThatWasCutIsNotCopied() async throws {
    let arena = try await Arena(
      .openAI("two"), .openAI("half", .cut), .openAI("three"), .openAI("another three"))
    _ = try await arena.chat("--max-turns", "3", "--name", "p", "--retries", "0", "--no-html")
    let refused = try await arena.resonant("fork", "p.jsonl", "--at", "3")
    #expect(refused.exitCode == 2 && refused.errors.contains("turn 0 to 2, not 3"), "\(refused)")
    _ = try await arena.resonant("fork", "p.jsonl", "--at", "2", "--name", "f")
    let fork = try transcript("f", in: arena)
    #expect(fork.said == ["Alice: Hello!", "Bob: two", "Alice: three"])
    #expect(fork.all("event").isEmpty, "\(fork.records)")
  }

  @Test func eachRepeatHasAFileAndASeedAndOneThatFailsDoesNotEndTheOthers() async throws {
    let arena = try await Arena { request in
      request.number == 2 ? .error(400, "not today") : .openAI(.text("answer \(request.number)"))
    }
    _ = try await arena.chat("--max-turns", "2", "--name", "p", "--seed", "5", "--no-html")
    let flags = ["fork", "p.jsonl", "--at", "2", "--repeats", "3", "--max-turns", "3", "--no-html"]
    let ended = try await ResonantBinary.run(flags + ["--name", "f"], in: arena.directory)
    #expect(ended.exitCode == 1 && ended.errors.contains("not today"), "\(ended)")
    let forks = try (1...3).map { try transcript("f-\($0)", in: arena) }
    #expect(forks.map { $0.end?["reason"]?.string } == ["error", "max_turns", "max_turns"])
    #expect(Set(forks.compactMap { $0.header?["seed"]?.jsonText } + ["5"]).count == 4)
    #expect(Set(forks.compactMap { $0.header?["id"]?.string }).count == 3)
    // None is overwritten, and that is found before anything is asked.
    let again = try await ResonantBinary.run(flags + ["--name", "f"], in: arena.directory)
    #expect(again.exitCode == 2 && again.errors.contains("f-1.jsonl exists already"), "\(again)")
    #expect(arena.server.requests.count == 4)
    let files = arena.directory.files
    _ = try await ResonantBinary.run(flags, in: arena.directory)
    #expect(Set(arena.directory.files).subtracting(files).count == 3)
  }

  @Test func aSignalEndsAllRepeats() async throws {
    let arena = try await Arena(.openAI("two"), .openAI("only a part", .stall))
    _ = try await arena.chat("--max-turns", "2", "--name", "p", "--no-html")
    let program = try await ResonantBinary.start(
      ["fork", "p.jsonl", "--at", "2", "--repeats", "3", "--max-turns", "3", "--name", "f"],
      in: arena.directory)
    try await program.waitForOutput(containing: "only a part")
    try await program.send(SIGTERM)
    let ended = try await program.finish()
    #expect(ended.exitCode == 143, "\(ended)")
    #expect(try transcript("f-1", in: arena).outcomes.last == "interrupted")
    #expect(!arena.directory.exists("f-2.jsonl"))
  }

  /// Flags, and what the message must name.
  static let mistakes: [(flags: [String], named: String)] = [
    ([], "--at"), (["--at", "5"], "--at: p.jsonl can be branched after turn 0 to 4, not 5"),
    (["--at=-1"], "--at"), (["--at", "2", "--inject", "x"], "--inject: needs --as"),
    (["--at", "2", "--as", "Bob"], "--as: needs --inject"),
    (["--at", "2", "--inject", "x", "--as", "Eve"], "named Eve, only Alice, Bob"),
    (["--at", "2", "--inject", " ", "--as", "Bob"], "--inject: must not be empty"),
    (["--at", "2", "--repeats", "0"], "--repeats"), (["--at", "2", "--name", "p"], "p.jsonl exists already"),
    (["--at", "2", "--name", "p-2", "--repeats", "2"], "p-2-2.jsonl exists already"),
    (["--at", "2", "--alice-name", "Eve"], "--alice-name"), (["--at", "2", "--party", "x"], "--party"),
    (["--at", "2", "--max-chars", "0"], "--max-chars"), (["--at", "2", "--no-such-flag"], "--no-such-flag"),
  ]

  @Test(arguments: mistakes)
  func aMistakeIsNamedAndNothingIsSent(flags: [String], named: String) async throws {
    let arena = try await forest()
    try arena.directory.write("{}\n", to: "p-2-2.jsonl")
    try arena.directory.write("{providers: [{url: 'builtin:', models: ['eliza', 'parry']}]}", to: "x")
    let before = arena.directory.files
    let ended = try await ResonantBinary.run(["fork", "p.jsonl"] + flags, in: arena.directory)
    #expect(ended.exitCode == 2 && ended.errors.contains(named) && ended.stdout.isEmpty, "\(ended)")
    #expect(arena.server.requests.count == 3)
    #expect(arena.directory.files == before)
  }

  @Test func whatTheFileDoesNotHoldIsGivenAgain() async throws {
    let arena = try await forest("--headers", #"{"X-Key":"sesame"}"#)
    let refused = try await arena.resonant("fork", "p.jsonl", "--at", "2")
    #expect(refused.exitCode == 2 && refused.errors.contains("X-Key"), "\(refused)")
    let headers = #"{"X-Key":"sesame 2"}"#
    let ended = try await arena.resonant("fork", "p.jsonl", "--at", "3", "--headers", headers, "--name", "f")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.last?.header("x-key") == "sesame 2")
    #expect(!(try arena.directory.read("f.jsonl")).contains("sesame"))
  }

  @Test func aTranscriptThatIsNoneIsRefused() async throws {
    let arena = try await Arena()
    try arena.directory.write("hello\n", to: "t.jsonl")
    for file in ["t.jsonl", "none.jsonl"] {
      let ended = try await arena.resonant("fork", file, "--at", "0")
      #expect(ended.exitCode == 2 && ended.errors.contains(file), "\(ended)")
    }
  }
}
