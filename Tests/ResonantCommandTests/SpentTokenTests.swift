// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// Tokens that were spent count everywhere, also those of turns that stand no longer.
struct SpentTokenTests {
  /// Those of every turn that was ever recorded.
  private func recorded(_ transcript: WrittenTranscript) -> Int {
    transcript.turns.reduce(0) { $0 + Self.total($1["usage"]) }
  }

  private static func total(_ usage: JSONValue?) -> Int {
    (usage?["prompt_tokens"]?.int ?? 0) + (usage?["completion_tokens"]?.int ?? 0)
  }

  @Test func ofATurnThatIsAskedAgainInAChat() async throws {
    let arena = try await Arena(
      .openAI("fine"), .openAI("half", .cut), .openAI("whole"), .openAI("more"), .openAI("too much"))
    let broken = try await arena.chat("--max-turns", "3", "--name", "t", "--retries", "0")
    #expect(broken.exitCode == 1, "\(broken)")
    let resumed = try await arena.resonant("resume", "t.jsonl")
    #expect(resumed.exitCode == 0, "\(resumed)")
    let transcript = try arena.transcript()
    #expect(transcript.outcomes == ["opening", "finished", "incomplete", "finished"])
    let spent = Self.total(transcript.end?["usage"])
    #expect(spent == recorded(transcript) && spent > 36, "\(spent)")
    // The budget is reached with the turn that was cut, and not without it.
    let limited = try await arena.resonant(
      "resume", "t.jsonl", "--max-turns", "9", "--budget-tokens", "\(spent)")
    #expect(limited.exitCode == 0, "\(limited)")
    #expect(arena.server.requests.count == 3)
  }

  @Test func ofTurnsThatWereForgotten() async throws {
    let arena = try await Arena(.openAI("two"), .openAI("three"), .openAI("new two"))
    #expect(try await arena.chat("--max-turns", "3", "--name", "t").exitCode == 0)
    let text = try arena.directory.read("t.jsonl")
    try arena.directory.write(
      text + #"{"type":"event","kind":"rewind","t":"2026-01-01T00:00:00Z","to":1}"# + "\n", to: "t.jsonl")
    let resumed = try await arena.resonant("resume", "t.jsonl", "--max-turns", "2")
    #expect(resumed.exitCode == 0, "\(resumed)")
    #expect(Self.total(try arena.transcript().end?["usage"]) == 54)
  }

  @Test func inTheSummaryAndTheBudgetOfABatch() async throws {
    let lab = try Laboratory()
    let server = try await ScriptedServer(
      answers: [.openAI("fine"), .openAI("half", .cut), .openAI("whole")])
    let base = "base: {endpoint: '\(server.url("/v1"))', model: m, retries: 0, max_turns: 3}\n"
    try lab.plan(base)
    let broken = try await lab.batch()
    #expect(broken.exitCode == 1, "\(broken)")
    let before = try #require(try lab.summary().first)
    #expect(try recorded(#require(lab.trials().values.first)) == Self.total(before))
    let again = try await lab.batch("--retry-failed")
    #expect(again.exitCode == 0, "\(again)")
    let after = try #require(try lab.summary().first)
    #expect(try recorded(#require(lab.trials().values.first)) == Self.total(after))
    // Of what was used before, nothing is left for a second trial.
    try lab.plan(base + "repeats: 2\nlimits: {budget_tokens: \(Self.total(after))}\n")
    let limited = try await lab.batch()
    #expect(limited.exitCode == 1, "\(limited)")
    #expect(server.requests.count == 3)
  }
}
