// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

struct GroupTests {
  @Test func aThirdParticipantHearsWhoSaidWhat() async throws {
    let arena = try await Arena(.openAI("B2"), .openAI("[Carol]: C3"), .openAI("A4"))
    let ended = try await arena.chat(
      "--max-turns", "4", "--participant", #"{"name":"Carol","model":"c","system_prompt":"SC"}"#)
    #expect(ended.exitCode == 0, "\(ended)")
    let requests = arena.server.requests
    try #require(requests.count == 3)
    #expect(requests[0].spoken == ["user: [Alice]: Hello!"])
    #expect(requests[1].messages == ["system: SC", "user: [Alice]: Hello!", "user: [Bob]: B2"])
    #expect(requests[1].json["model"] == "c")
    #expect(requests[2].spoken == ["assistant: Hello!", "user: [Bob]: B2", "user: [Carol]: C3"])
    #expect(try arena.transcript().said == ["Alice: Hello!", "Bob: B2", "Carol: C3", "Alice: A4"])
  }

  @Test func withoutAnOpeningTheFirstParticipantBegins() async throws {
    let arena = try await Arena(.openAI("A1"), .openAI("B2"))
    let ended = try await arena.chat("--no-opening", "--max-turns", "2")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.last?.spoken == ["user: A1"])
    #expect(try arena.transcript().said == ["Alice: A1", "Bob: B2"])
  }

  @Test func aRandomOrderIsTheSameUnderTheSameSeedAndNobodySpeaksTwiceInARow() async throws {
    var orders: [[String]] = []
    for _ in 1...2 {
      let arena = try await Arena { .openAI("r\($0.number)".asPiece) }
      let ended = try await arena.chat(
        "--max-turns", "12", "--order", "random", "--seed", "7", "--participant", #"{"name":"Carol"}"#)
      #expect(ended.exitCode == 0, "\(ended)")
      let speakers = try arena.transcript().turns.compactMap { $0["speaker"]?.string }
      #expect(speakers.count == 12)
      #expect(zip(speakers, speakers.dropFirst()).allSatisfy { $0 != $1 })
      orders.append(speakers)
    }
    #expect(orders[0] == orders[1])
  }
}
