// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

struct StreamingTests {
  @Test func textIsShownBeforeTheNextPieceIsSent() async throws {
    let gate = Gate()
    let arena = try await Arena(.openAI("first ", .hold(gate), "second"))
    let program = try await arena.startChat("--max-turns", "2")
    try await program.waitForOutput(containing: "first")
    #expect(!program.output.contains("second"))
    gate.open()
    let ended = try await program.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.contains("first second"))
  }

  @Test func thousandsOfPiecesNeedNoTimeOfTheirOwn() async throws {
    // A pause of a hundredth of a second after each piece, as is tempting for a screen, would take 200 s.
    let pieces = (1...20_000).map { ReplyPiece.text("\($0) ") }
    let arena = try await Arena(.openAI(pieces))
    let ended = try await arena.chat("--max-turns", "2", "--max-chars", "1000000", "--no-html")
    #expect(ended.exitCode == 0, "\(ended.errors)")
    #expect(ended.output.contains("19999 20000"))
  }

  @Test func recordsAreStreamedAsJSONLines() async throws {
    let gate = Gate()
    let arena = try await Arena(.openAI("first ", .hold(gate), "second"))
    let program = try await arena.startChat("--max-turns", "2", "--format", "ndjson")
    try await program.waitForOutput(containing: #""first"#)
    gate.open()
    let ended = try await program.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    let records = try DecodedJSON.lines(ended.output)
    let deltas = records.filter { $0["type"] == "delta" && $0["n"] == 2 }
    #expect(deltas.compactMap { $0["text"]?.string }.joined() == "first second")
    #expect(deltas.allSatisfy { $0["speaker"] == "Bob" })
    let file = try arena.transcript().records
    #expect(records.filter { $0["type"] != "delta" } == file)
  }

  @Test func quietPrintsNoConversation() async throws {
    let arena = try await Arena(.openAI("the reply"))
    let ended = try await arena.chat("--max-turns", "2", "--quiet")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(!ended.output.contains("the reply") && !ended.output.contains("Hello!"))
    #expect(try arena.transcript().said.count == 2)
  }

  @Test func thereIsNoColourUnlessAskedFor() async throws {
    let plain = try await Arena(.openAI("x"))
    #expect(!(try await plain.chat("--max-turns", "2").output.contains("\u{1B}")))
    let coloured = try await Arena(.openAI("x"))
    let ended = try await coloured.chat(
      "--max-turns", "2", "--color", "always", environment: ["NO_COLOR": "1"])
    #expect(ended.output.contains("\u{1B}["))
  }

  @Test func reasoningIsRecordedAndShownOnRequest() async throws {
    for (flags, isShown) in [([], false), (["--show-thinking"], true)] {
      let arena = try await Arena(.openAI(.thinking("hmm, "), .thinking("yes"), "Yes."))
      let ended = try await arena.chat(["--max-turns", "2"] + flags)
      #expect(ended.exitCode == 0, "\(ended)")
      #expect(ended.output.contains("hmm, yes") == isShown)
      let turn = try #require(try arena.transcript().turns.last)
      #expect(turn["text"] == "Yes." && turn["thinking"] == "hmm, yes")
    }
  }
}
