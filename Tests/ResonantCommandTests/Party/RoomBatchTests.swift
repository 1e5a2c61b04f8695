// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Rooms as trials of a plan.
struct RoomBatchTests {
  private let laboratory: Laboratory

  init() throws { laboratory = try Laboratory() }

  private func config(_ server: ScriptedServer, _ more: String = "") throws {
    try laboratory.directory.write(
      "{ providers: [{ url: '\(server.url("/v1"))', token: 'batch-token', models: ['a', 'b'] }], intros: false, \(more) }",
      to: "rooms/room.json5")
  }

  @Test func aPlanHoldsRooms() async throws {
    let server = try await ScriptedServer.willing()
    // Nobody takes part in the rooms of a batch.
    try config(server, "human_speaker: true")
    try laboratory.plan(
      """
      base: {party: rooms/room.json5, topic: T, max_turns: 3}
      matrix: {order: [round-robin, random]}
      repeats: 2

      """)
    let ended = try await laboratory.batch()
    #expect(ended.exitCode == 0, "\(ended)")
    let trials = try laboratory.trials()
    #expect(trials.count == 4)
    for trial in trials.values {
      #expect(trial.header?["mode"] == "party" && trial.header?["topic"] == "T")
      #expect(trial.turns.count == 3 && trial.end?["reason"] == "max_turns")
      #expect(Set(trial.speakers) == ["a", "b"])
    }
    #expect(server.requests.count == 12)
    #expect(server.requests.allSatisfy { $0.header("authorization") == "Bearer batch-token" })
    #expect(
      try laboratory.summary().map { $0["reason"] } == ["max_turns", "max_turns", "max_turns", "max_turns"])
    for file in laboratory.directory.files where file.hasPrefix("x/") {
      #expect(try !laboratory.directory.read(file).contains("batch-token"), "\(file)")
    }
    let again = try await laboratory.batch()
    #expect(again.exitCode == 0 && server.requests.count == 12, "\(again)")
  }

  @Test func aBatchThatWasKilledGoesOn() async throws {
    let gate = Gate()
    let server = try await ScriptedServer { request in
      request.number == 4
        ? .openAI("half of the turn", .hold(gate), " rest") : .openAI("answer \(request.number)".asPiece)
    }
    try config(server)
    try laboratory.plan(
      "base: {party: rooms/room.json5, topic: T, max_turns: 3, order: round-robin}\nrepeats: 2\n")
    let program = try await laboratory.start("--concurrency", "1")
    try await gate.waitUntilReached()
    try await program.send(SIGKILL)
    _ = try await program.finish()
    gate.open()
    let ended = try await laboratory.batch("--concurrency", "1")
    #expect(ended.exitCode == 0, "\(ended)")
    let trials = try laboratory.trials()
    #expect(trials.count == 2)
    for trial in trials.values {
      #expect(trial.turns.compactMap { $0["n"]?.int } == [1, 2, 3] && trial.speakers == ["a", "b", "a"])
    }
    #expect(server.requests.count == 7, "what is finished is not asked again")
  }

  @Test func aRoomThatFailsIsAFailedTrial() async throws {
    let server = try await ScriptedServer { request in
      request.heardTopic == "bad" ? .error(400, "no such thing") : .openAI("fine \(request.number)".asPiece)
    }
    try config(server)
    try laboratory.plan("base: {party: rooms/room.json5, max_turns: 2}\nmatrix: {topic: [good, bad]}\n")
    let ended = try await laboratory.batch()
    #expect(ended.exitCode == 1, "\(ended)")
    let rows = try laboratory.summary()
    #expect(rows.map { $0["topic"] } == ["good", "bad"])
    #expect(rows.map { $0["reason"] } == ["max_turns", "error"])
    #expect(rows[1]["error"]?.string?.contains("no such thing") == true)
    let requests = server.requests.count
    let again = try await laboratory.batch()
    #expect(again.exitCode == 1 && server.requests.count == requests, "\(again)")
  }

  @Test func aConfigWithAnErrorNamesItsFile() async throws {
    try laboratory.directory.write(
      "{ providers: [{ url: 'http://x/v1', models: ['a'] }] }", to: "rooms/room.json5")
    try laboratory.plan("base: {party: rooms/room.json5, topic: T, max_turns: 3}\n")
    let ended = try await laboratory.batch()
    #expect(ended.exitCode == 2 && ended.errors.contains("room.json5"), "\(ended)")
    #expect(ended.errors.contains("alone"), "\(ended)")
  }
}

extension RecordedRequest {
  /// The topic that the introduction of a room ends with.
  fileprivate var heardTopic: String? { heard.first?.split(separator: "\n").last.map(String.init) }
}
