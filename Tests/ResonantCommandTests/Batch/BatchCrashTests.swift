// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// A batch that is killed again and again.
struct BatchCrashTests {
  private struct Asked: Hashable, Sendable {
    var opening: String
    /// The turn that the request is for.
    var turn: Int
  }

  private static let rounds = 20
  private static let trials = 200
  private static let turns = 4

  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  @Test func kill9LosesNoWholeTurnDoublesNoneAndAsksForNoneAgain() async throws {
    let server = try await ScriptedServer { .openAI(.text("turn \($0.spoken.count + 1)")) }
    let openings = (1...Self.trials).map { "opening \($0)" }.joined(separator: ", ")
    try lab.plan(
      """
      base: {endpoint: '\(server.url("/v1"))', model: m, max_turns: \(Self.turns)}
      matrix: {opening: [\(openings)]}
      limits: {concurrency: 8}

      """)
    var recorded: Set<Asked> = []
    for round in 1...Self.rounds {
      let before = server.requests.count
      let program = try await lab.start()
      // Killed at another moment of a turn each time.
      try await server.waitForRequest(before + 5 + round * 7 % 23)
      try await program.send(SIGKILL)
      #expect(try await program.finish().signal == Int(SIGKILL))
      let now = try self.recorded()
      #expect(recorded.isSubset(of: now))
      expectNoneAgain(server.requests.dropFirst(before), recorded)
      recorded = now
    }
    let before = server.requests.count
    let ended = try await lab.batch()
    #expect(ended.exitCode == 0, "\(ended)")
    expectNoneAgain(server.requests.dropFirst(before), recorded)
    let trials = try lab.trials().values
    #expect(trials.count == Self.trials)
    for trial in trials {
      #expect(trial.turns.compactMap { $0["n"]?.int } == Array(1...Self.turns))
      #expect(trial.said.dropFirst() == ["Bob: turn 2", "Alice: turn 3", "Bob: turn 4"])
      #expect(trial.all("header").count == 1)
      #expect(trial.all("end").count == 1)
    }
    #expect(try lab.summary().count == Self.trials)
  }

  private func expectNoneAgain(_ requests: some Sequence<RecordedRequest>, _ recorded: Set<Asked>) {
    let again = requests.map { request in
      let opening = request.spoken.first.map {
        String($0[$0.index(after: $0.lastIndex(of: ":") ?? $0.startIndex)...])
      }
      return Asked(opening: String(opening?.dropFirst() ?? ""), turn: request.spoken.count + 1)
    }.filter(recorded.contains)
    #expect(again.isEmpty)
  }

  /// The turns that are whole on disk.
  private func recorded() throws -> Set<Asked> {
    var turns: Set<Asked> = []
    for trial in try lab.trials().values {
      guard let opening = trial.turns.first?["text"]?.string else { continue }
      for turn in trial.turns { turns.insert(Asked(opening: opening, turn: turn["n"]?.int ?? 0)) }
    }
    return turns
  }
}
