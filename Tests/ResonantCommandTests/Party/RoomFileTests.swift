// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// The files and the output of a room.
struct RoomFileTests {
  private let secrets = ["sk-secret-one", "sk-secret-two", "sk-secret-three"]

  @Test func aRoomLeavesThreeFilesNamedAlike() async throws {
    let parlour = try await Parlour()
    try parlour.config()
    for _ in 1...2 {
      let ended = try await parlour.resonant(
        "party", "--topic", "T", "--go", "--max-turns", "2", "--out", "o/p")
      #expect(ended.exitCode == 0, "\(ended)")
      for file in ["Transcript: ", "Page: ", "Moderation log: "] {
        #expect(ended.output.contains(file), "\(ended)")
      }
    }
    let files = parlour.directory.files.filter { $0 != "config.json5" }
    #expect(files.count == 6)
    for file in files {
      #expect(
        file.wholeMatch(of: /o\/p\/resonant-party-[0-9a-f]{6}\.(jsonl|html|moderation\.log)/) != nil,
        "\(file)")
    }
    #expect(Set(files.compactMap { $0.split(separator: ".").first }).count == 2)
  }

  @Test func nothingIsOverwritten() async throws {
    let parlour = try await Parlour()
    try parlour.config()
    for name in ["r.jsonl", "r.html", "r.moderation.log"] {
      try parlour.directory.write("older", to: name)
      let ended = try await parlour.resonant(
        "party", "--topic", "T", "--go", "--max-turns", "2", "--name", "r")
      #expect(ended.exitCode == 2 && ended.errors.contains(name), "\(ended)")
      #expect(parlour.directory.files == ["config.json5", name])
      #expect(try parlour.directory.read(name) == "older")
      try parlour.directory.remove(name)
    }
    try parlour.directory.write("older", to: "mine.log")
    let ended = try await parlour.party("--go", "--max-turns", "2", "--moderation-log", "mine.log")
    #expect(ended.exitCode == 2 && ended.errors.contains("mine.log"), "\(ended)")
    #expect(try parlour.directory.read("mine.log") == "older")
    #expect(parlour.directory.files == ["config.json5", "mine.log"])
    #expect(parlour.server.requests.isEmpty)
  }

  @Test func filesAreLeftOutOnDemand() async throws {
    let parlour = try await Parlour()
    try parlour.config()
    let none = try await parlour.resonant("party", "--topic", "T", "--go", "--max-turns", "2", "--no-save")
    #expect(none.exitCode == 0 && parlour.directory.files == ["config.json5"], "\(none)")
    #expect(!none.output.contains("log"), "\(none)")
    let ended = try await parlour.party("--go", "--max-turns", "2", "--moderation-log", "logs.txt")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(parlour.directory.files == ["config.json5", "logs.txt", "r.jsonl"])
    #expect(try parlour.directory.read("logs.txt").contains("Topic: T\n1. a: a at http"))
  }

  @Test func thePageShowsTheRoom() async throws {
    let parlour = try await Parlour(["a": [.openAI("Said by a", .stall)]])
    try parlour.config()
    let ended = try await ResonantBinary.run(
      ["party", "--topic", "About <tea>", "--name", "r", "--order", "round-robin"], in: parlour.directory,
      input: "/at 4 /interrupt\n\n\n/quit\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let page = WrittenPage(html: try parlour.directory.read("r.html"))
    #expect(page.html.contains("About &lt;tea&gt;") && page.html.contains("The human interrupted a"))
    #expect(page.turn(1)?.contains("Said—") == true && page.turn(2)?.contains("b1") == true)
  }

  @Test func everyLineOfNDJSONIsARecordOrADelta() async throws {
    let parlour = try await Parlour(["a": [.calling("first piece", "skip", "{}")], "b": [.error(400, "no")]])
    try parlour.config(["a", "b"], "human_speaker: true, intros: false")
    let ended = try await parlour.party(
      "--format", "ndjson", "--order", "round-robin", "--max-turns", "4",
      input: "\n/words 9\n/go\nI say that.\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let lines = try DecodedJSON.lines(ended.output)
    #expect(lines.first?["type"] == "header" && lines.last?["type"] == "end")
    let deltas = lines.filter { $0["type"] == "delta" }
    #expect(deltas.first { $0["speaker"] == "a" }?["text"] == "first piece")
    #expect(deltas.first { $0["speaker"] == "human" }?["text"] == "I say that.")
    #expect(lines.filter { $0["type"] != "delta" } == (try parlour.transcript().records))
    let kinds = lines.compactMap { $0["kind"]?.string }
    #expect(["tool", "words", "error"].allSatisfy(kinds.contains))
  }

  @Test func quietPrintsNothing() async throws {
    let parlour = try await Parlour()
    try parlour.config()
    let ended = try await parlour.party("--go", "--max-turns", "2", "--quiet")
    #expect(ended.exitCode == 0 && ended.stdout.isEmpty, "\(ended)")
  }

  @Test func noTokenIsInAnyFileOrOutput() async throws {
    let parlour = try await Parlour { model, count in
      switch (model, count) {
      case ("a", 1): .openAI("I listen.", .event(["choices": []]))
      case ("b", 1): .error(401, "the key sk-secret-one is no good, nor is sk%2Dsecret-one")
      case ("mod", _): .error(401, "wrong: Bearer sk-secret-three")
      default: nil
      }
    }
    try parlour.directory.write(
      """
      { providers: [
          { url: "\(parlour.server.url("/v1"))?key=\(secrets[1])", token: "\(secrets[0])", models: ["a", "b"] },
        ],
        moderator: { url: "\(parlour.server.url("/v1"))", model: "mod", token: "${THIRD}" },
        human_speaker: false, intros: false }
      """, to: "secret/config.json5")
    let ended = try await ResonantBinary.run(
      [
        "party", "secret/config.json5", "--topic", "T", "--go", "--order", "moderator", "--name", "r",
        "--verbose", "--max-turns", "2", "--retries", "0",
      ], in: parlour.directory, environment: ["THIRD": secrets[2]])
    let keys = Set(parlour.server.requests.compactMap { $0.header("Authorization") })
    #expect(keys.contains("Bearer \(secrets[0])") && keys.contains("Bearer \(secrets[2])"), "\(ended)")
    let files = parlour.directory.files.filter { $0.hasPrefix("r.") }
    #expect(files == ["r.html", "r.jsonl", "r.moderation.log"])
    let written = try files.map { ($0, try parlour.directory.read($0)) }
    for (name, text) in written + [("stdout", ended.output), ("stderr", ended.errors)] {
      for secret in secrets + ["sk%2Dsecret-one"] {
        #expect(!text.contains(secret), "\(secret) is in \(name)")
      }
    }
  }
}
