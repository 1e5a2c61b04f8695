// SPDX-License-Identifier: MIT

import ResonantCore
import Testing

struct TrialTests {
  private let condition = Condition([
    "model": "gemma3:27b", "opening": "Hello, world!", "payload.temperature": 0.2,
  ])

  @Test func aConditionIsWrittenAsItsKeysAndValues() {
    #expect(condition.label == "model=gemma3:27b,opening=\"Hello, world!\",payload.temperature=0.2")
    #expect(Condition([:]).label == "")
  }

  @Test func anIdCanBeReadAndNeverChanges() {
    #expect(Trial(condition: condition, repeat: 3).id == "gemma3-27b-hello-world-0-2-r3-47888de2a1")
    #expect(Trial(condition: Condition([:]), repeat: 1).id == "base-r1-ab08bd1844")
  }

  @Test func idsOfEndpointsHeadersAndPayloadsWithoutASecretNeverChangeEither() {
    let ids = [
      ["endpoint": "https://api.example.org/v1", "max_turns": 3],
      ["bob_headers": ["X-Key": "${KEY}"], "headers.Authorization": "Bearer ${KEY}"],
      ["payload": ["temperature": 0.5, "max_tokens": 9], "payload.options.num_ctx": 1024],
      ["payload": "{\"a\": [1, 2.50]}", "alice_endpoint": "ollama", "bob_endpoint": "${HOST}"],
    ].map { Trial(condition: Condition($0), repeat: 2).id }
    #expect(
      ids == [
        "https-api-exampl-3-r2-9148da98da", "x-key-key-bearer-key-r2-d54d10ebc5",
        "max-tokens-9-tem-1024-r2-891422497b", "ollama-host-a-1-2-50-r2-38447df579",
      ])
  }

  @Test func anIdDependsOnNeitherTheOrderOfKeysNorTheWritingOfNumbers() {
    let other = Condition([
      "payload.temperature": .number("2e-1"), "opening": "Hello, world!", "model": "gemma3:27b",
    ])
    #expect(Trial(condition: other, repeat: 3).id == Trial(condition: condition, repeat: 3).id)
    let turns = Trial(condition: Condition(["max_turns": .number("3.0")]), repeat: 1)
    #expect(turns.id == Trial(condition: Condition(["max_turns": 3]), repeat: 1).id)
  }

  @Test func integersThatNoNumberTypeHoldsStayApart() {
    let ids = ["12345678901234567890", "12345678901234567891", "1e400", "2e400"].map {
      Trial(condition: Condition(["payload.n": .number($0)]), repeat: 1).id
    }
    #expect(Set(ids).count == 4)
    let same = ["9223372036854775808", "9.223372036854775808e18"].map {
      Trial(condition: Condition(["payload.n": .number($0)]), repeat: 1).id
    }
    #expect(same[0] == same[1])
  }

  @Test func whatDiffersHasAnotherIdEvenWhereTheWordsAreTheSame() {
    let ids = [
      Condition(["opening": "Hello"]), Condition(["opening": "hello!"]), Condition(["model": "Hello"]),
      Condition(["opening": "0.5"]), Condition(["opening": 0.5]), Condition(["opening": "…"]), Condition([:]),
    ].flatMap { condition in (1...2).map { Trial(condition: condition, repeat: $0).id } }
    #expect(Set(ids).count == ids.count)
  }

  @Test func anIdIsAShortFileNameWhateverTheValuesAre() {
    let condition = Condition([
      "opening": .string(String(repeating: "../Ünïcode/ \n", count: 200)), "model": "a/../b", "x": [1, "?*"],
    ])
    let id = Trial(condition: condition, repeat: 12).id
    #expect(id.utf8.count <= 70)
    #expect(id.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
  }

  @Test func aTrialsSeedFollowsFromThePlansSeedAndItsId() {
    let first = Trial(condition: condition, repeat: 1)
    let second = Trial(condition: condition, repeat: 2)
    #expect(first.seed(of: 7) == Trial(condition: condition, repeat: 1).seed(of: 7))
    #expect(first.seed(of: 7) != first.seed(of: 8))
    #expect(first.seed(of: 7) != second.seed(of: 7))
  }

  @Test func anExperimentHasTheRepeatsOfEachConditionSideBySide() {
    let experiment = Experiment(
      name: "x", conditions: [Condition(["a": 1]), Condition(["b": 2, "a": 2])], repeats: 2)
    #expect(experiment.keys == ["a", "b"])
    #expect(experiment.trials.map(\.condition.label) == ["a=1", "a=1", "b=2,a=2", "b=2,a=2"])
    #expect(experiment.trials.map(\.repeat) == [1, 2, 1, 2])
  }
}
