// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// A person who takes part, from a script, and the introductions.
struct RoomPersonTests {
  @Test func whatThePersonSaysReachesTheOthers() async throws {
    let parlour = try await Parlour(["a": [.openAI("  I am a.\n")], "b": [.openAI("I am b.")]])
    try parlour.config(["a", "b"], "")
    try parlour.directory.write("older", to: "other.moderation.log")
    let ended = try await parlour.party(
      "--go", "--order", "round-robin", "--max-turns", "6",
      input: "\nI am a person.\n/status\nWhat about tea?\n\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.speakers == ["a", "b", "human", "a", "b", "human"])
    #expect(written.outcomes == ["finished", "finished", "human", "finished", "finished", "passed"])
    #expect(written.header?["participants"]?.array?.last?["human"] == true)
    #expect(ended.errors.contains("an empty line is no introduction"), "\(ended)")
    let bios = parlour.server.requests.prefix(2)
    for request in bios {
      #expect(request.json["tools"] == nil && request.json["stream"] == true)
      #expect(request.heard.count == 1 && request.heard[0].contains("at most 50 words"))
      #expect(request.system.isEmpty && !request.heard[0].contains("\n\nT"))
    }
    #expect(Set(bios.map(\.model)) == ["a", "b"])
    let (a, b) = (parlour.requests(to: "a"), parlour.requests(to: "b"))
    #expect(a[1].system.contains("- b: I am b.\n- human: I am a person."))
    #expect(!a[1].system.contains("I am a.") && b[1].system.contains("- a: I am a.\n"))
    #expect(a[1].heard[0].contains("human is a person"))
    #expect(a[2].heard.last == "user human: [human]: What about tea?")
    #expect(a[1].tools.contains("request_next_speaker") == false)
    let log = try parlour.log()
    #expect(log.contains("introduces itself: I am b.") && log.contains("I am a person."))
    #expect(log.contains("[passed]") && log.contains("[the human spoke, 3 words]"))
    #expect(try parlour.directory.read("other.moderation.log") == "older")
  }

  @Test func aFailedIntroductionIsHandedToNobody() async throws {
    let parlour = try await Parlour(["a": [.error(400, "no introduction of a")], "b": [.openAI("I am b.")]])
    try parlour.config(["a", "b"], "human_speaker: false")
    let ended = try await parlour.party("--go", "--order", "round-robin", "--max-turns", "2")
    #expect(ended.exitCode == 0, "\(ended)")
    let turns = parlour.server.requests.dropFirst(2)
    #expect(turns.allSatisfy { !$0.system.contains("no introduction") })
    #expect(parlour.requests(to: "a")[1].system.contains("- b: I am b."))
    #expect(!parlour.requests(to: "b")[1].system.contains("- a:"))
    let written = try parlour.transcript()
    #expect(written.events("bio").map { $0["speaker"] } == ["b"])
    #expect(written.events("error").first?["message"]?.string?.contains("no introduction of a") == true)
    #expect(try parlour.log().contains("no introduction of a"))
  }

  @Test func introductionsAreAskedForAtOnceAndShownInOrder() async throws {
    let gate = Gate()
    let parlour = try await Parlour([
      "a": [.openAI(.hold(gate), "I am a.")], "b": [.openAI("I am b.")], "c": [.openAI("I am c.")],
    ])
    try parlour.config(["a", "b", "c"], "human_speaker: false")
    let program = try await parlour.start("--go", "--max-turns", "1", input: "")
    try await parlour.server.waitForRequest(3)
    gate.open()
    let ended = try await program.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try parlour.transcript().events("bio").map { $0["text"] } == ["I am a.", "I am b.", "I am c."])
  }

  @Test func anIntroductionCanBeGivenBeforehandOrLeftOut() async throws {
    let parlour = try await Parlour()
    try parlour.config(["a"], "")
    let given = try await parlour.party(
      "--go", "--order", "round-robin", "--bio", "Known.", input: "Hello.\n")
    #expect(given.exitCode == 0, "\(given)")
    #expect(!given.errors.contains("introduce yourself"), "\(given)")
    #expect(parlour.requests(to: "a")[1].system.contains("- human: Known."))
    #expect(parlour.requests(to: "a")[2].heard.last == "user human: [human]: Hello.")
    let silent = try await parlour.resonant(
      "party", "--topic", "T", "--go", "--order", "round-robin", "--no-save", input: "")
    #expect(silent.exitCode == 0, "\(silent)")
    #expect(parlour.requests(to: "a").last?.system.contains("human:") == false)
  }

  @Test func theLineAtTheIntroductionMayBeAControl() async throws {
    let parlour = try await Parlour()
    try parlour.config(["a"], "")
    let ended = try await parlour.party("--go", "--order", "round-robin", input: "/bio By control.\nHello.\n")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(parlour.requests(to: "a")[1].system.contains("- human: By control."))
    #expect(try parlour.transcript().said.contains("human: Hello."))
  }

  @Test func aPersonWhoLeavesInsteadOfSpeakingHasNoTurn() async throws {
    let parlour = try await Parlour()
    try parlour.config(["a"], "intros: false")
    let left = try await parlour.party("--go", "--order", "round-robin", input: "")
    #expect(left.exitCode == 0 && left.output.contains("Turn 1 · a"), "\(left)")
    #expect(!left.output.contains("Turn 2"), "\(left)")
    #expect(try !parlour.log().contains("Turn 2"))
    let resumed = try await parlour.resonant(
      "resume", "r.jsonl", "--go", "--no-html", input: "/next human\n/rewind 0\nBeans.\n")
    #expect(resumed.output.contains("Turn 2 · human\n"), "\(resumed)")
    #expect(resumed.errors.contains("it is your turn, in which nothing can be rewound"), "\(resumed)")
    #expect(resumed.errors.contains("it is your turn already"), "\(resumed)")
    #expect(!resumed.output.contains("Turn 4"), "\(resumed)")
    #expect(try parlour.log().contains("Turn 2: human (in turn)\nBeans.\n[the human spoke, 1 word]"))
    #expect(try parlour.transcript().said == ["a: a1", "human: Beans.", "a: a2"])
  }

  @Test func aPersonNeverStaysInTheWayOfAModelsChoice() async throws {
    let parlour = try await Parlour([
      "a": [.calling("A1", "request_next_speaker", #"{"participant":"human"}"#)]
    ])
    try parlour.config(["a", "b"], "intros: false")
    let ended = try await parlour.party(
      "--max-turns", "2", input: "/next a\n\n\n//help is here\n")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try parlour.transcript().said == ["a: A1", "human: /help is here"])
  }
}
