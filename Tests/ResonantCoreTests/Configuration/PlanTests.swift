// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

struct PlanTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func read(_ text: String) throws -> Plan {
    let file = try PlanFile(name: directory.path("plan.yaml"), bytes: Array(text.utf8))
    return try Plan.read(file, environment: ["HOST": "http://localhost:9/v1"])
  }

  private func error(_ text: String) -> String {
    do {
      _ = try read(text)
      return "none"
    } catch {
      return String("\(error)".dropFirst(directory.path.utf8.count + 1))
    }
  }

  private let base = "base: {endpoint: 'builtin:', model: echo}\n"

  @Test func theFirstKeyOfTheMatrixIsTheSlowest() throws {
    let plan = try read(
      base + """
        name: bliss
        matrix:
          max_turns: [4, 6]
          opening: [Hello!, "You have complete freedom."]
        repeats: 3
        """)
    #expect(plan.experiment.name == "bliss")
    #expect(
      plan.experiment.conditions.map(\.label) == [
        "max_turns=4,opening=Hello!", "max_turns=4,opening=You have complete freedom.",
        "max_turns=6,opening=Hello!", "max_turns=6,opening=You have complete freedom.",
      ])
    #expect(plan.experiment.trials.count == 12)
    #expect(plan.conversations.map(\.settings.maxTurns) == [4, 4, 6, 6])
    #expect(plan.conversations.map(\.settings.opening).first == "Hello!")
  }

  @Test func aBundleSetsSeveralOptionsAndItsOwnNameIsNone() throws {
    let plan = try read(
      base + """
        matrix:
          pair: [{alice_model: eliza, bob_model: parry}, {alice_model: parry, bob_model: eliza, max_turns: 3}]
          opening: [Hi]
        """)
    #expect(
      plan.experiment.conditions.map(\.label) == [
        "alice_model=eliza,bob_model=parry,opening=Hi",
        "alice_model=parry,bob_model=eliza,max_turns=3,opening=Hi",
      ])
    #expect(
      plan.conversations.map { $0.participants.map(\.model) } == [["eliza", "parry"], ["parry", "eliza"]])
  }

  @Test func excludeDropsWhatMatchesAllItsKeysIncludeIsNeverDropped() throws {
    let plan = try read(
      base + """
        matrix: {max_turns: [2, 3], opening: [a, b]}
        exclude: [{max_turns: 2, opening: b}, {opening: a, max_turns: 3.0}]
        include: [{max_turns: 2, opening: b}, {opening: c}]
        """)
    #expect(
      plan.experiment.conditions.map(\.label) == [
        "max_turns=2,opening=a", "max_turns=3,opening=b", "max_turns=2,opening=b", "opening=c",
      ])
  }

  @Test func aPlanWithoutAMatrixIsItsBaseOrOnlyWhatItIncludes() throws {
    #expect(try read(base).experiment.conditions == [Condition([:])])
    #expect(
      try read(base + "include: [{max_turns: 3}]").experiment.conditions == [Condition(["max_turns": 3])])
    #expect(try read(base).experiment.name == "plan")
  }

  @Test func aDottedKeySetsThatFieldAlone() throws {
    let plan = try read(
      """
      base: {endpoint: 'builtin:', model: echo, payload: {temperature: 1, chunk_ms: 2}}
      matrix: {payload.temperature: [0.2, 1.0], alice_payload.chunk_ms: [9]}
      """)
    let payloads = plan.conversations.map { $0.participants.map { JSONValue.object($0.payload).jsonText } }
    #expect(
      payloads == [
        [#"{"temperature":0.2,"chunk_ms":9}"#, #"{"temperature":0.2,"chunk_ms":2}"#],
        [#"{"temperature":1.0,"chunk_ms":9}"#, #"{"temperature":1.0,"chunk_ms":2}"#],
      ])
  }

  @Test func aFieldIsSetAfterItsObjectWhicheverComesFirst() throws {
    let plan = try read(base + "matrix: {payload.a: [1], payload: [{a: 0, b: 2}]}")
    #expect(plan.conversations[0].participants[0].payload == ["a": 1, "b": 2])
  }

  @Test func pathsAreRelativeToThePlan() throws {
    try directory.write("Out of a file.", to: "texts/opening.txt")
    let plan = try read(base + "matrix: {opening_file: [texts/opening.txt]}")
    #expect(plan.conversations[0].settings.opening == "Out of a file.")
    #expect(plan.experiment.conditions[0].label == "opening_file=texts/opening.txt")
  }

  @Test func theLimitsOfAnEndpointGoByTheNameThatThePlanGivesIt() throws {
    let plan = try read(
      """
      base: {alice_endpoint: ollama, bob_endpoint: '${HOST}', model: m}
      limits: {concurrency: 5, endpoints: {ollama: 2}, requests_per_minute: {'${HOST}': 30.5}, budget_tokens: 9}
      seed: 18446744073709551615
      """)
    #expect(plan.experiment.limits.concurrency == 5)
    #expect(plan.experiment.limits.budgetTokens == 9)
    #expect(plan.experiment.seed == .max)
    #expect(plan.lanes.values.map(\.limit) == [2, nil])
    #expect(plan.lanes.values.map(\.requestsPerMinute) == [nil, 30.5])
  }

  @Test func whatIsWrongIsSaidWithItsKeyPathAndLine() {
    #expect(error("bass: {}") == "plan.yaml: bass (line 1): unknown key; did you mean base?")
    #expect(
      error(base + "matrix:\n  max_trns: [2]").hasPrefix(
        "plan.yaml: matrix.max_trns[0] (line 3): unknown option"))
    #expect(
      error(base + "matrix:\n  max_turns: [2, x]").hasPrefix(
        "plan.yaml: matrix.max_turns[1] (line 3): must be a number"))
    #expect(
      error(base + "matrix: {max_turns: 2}")
        == "plan.yaml: matrix.max_turns (line 2): must be a list, not a number")
    #expect(error(base + "matrix: {max_turns: []}") == "plan.yaml: matrix.max_turns (line 2): has no values")
    #expect(
      error(base + "repeats: 0") == "plan.yaml: repeats (line 2): must be a whole number of at least 1, not 0"
    )
    #expect(
      error(base + "limits: {endpoints: {olama: 2}}").hasPrefix(
        "plan.yaml: limits.endpoints.olama (line 2): no condition"))
    #expect(error(base + "limits: {speed: 2}") == "plan.yaml: limits.speed (line 2): unknown key")
    #expect(
      error(base + "exclude: [{modle: 2}]").hasPrefix("plan.yaml: exclude[0].modle (line 2): no condition"))
    #expect(
      error(base + "exclude: [{max_turns: 2}]\nmatrix: {max_turns: [2]}")
        == "plan.yaml: exclude (line 2): no condition is left")
    #expect(error(base + "name: a/b").hasPrefix("plan.yaml: name (line 2): must be a plain file name"))
    #expect(error(base + "seed: -1").hasPrefix("plan.yaml: seed (line 2): must be a whole number"))
  }

  @Test func conditionsThatAreTheSameAndKeysThatAreSetTwiceAreErrors() {
    #expect(error(base + "matrix: {max_turns: [2, 2]}").contains("the condition max_turns=2 is there twice"))
    #expect(
      error(base + "matrix: {max_turns: [2]}\ninclude: [{max_turns: 2}]").hasPrefix(
        "plan.yaml: include[0] (line 3)"))
    #expect(
      error(base + "matrix: {max_turns: [2], b: [{max_turns: 3}]}").contains(
        "max_turns is also set by matrix.max_turns"))
  }

  @Test func whatHasItsPlaceElsewhereIsRefused() {
    #expect(
      error(base + "party: room.json").contains("unknown key; it is an option, which belongs into base"))
    #expect(error(base + "matrix: {out: [a, b]}").contains("has no place in a plan"))
  }

  @Test func anOptionThatOnlyShowsWhenItIsResolvedIsAnErrorToo() {
    #expect(error("matrix: {max_turns: [2]}").contains("endpoint"))
    #expect(error("base: {endpoint: '${NOWHERE}', model: m}").contains("NOWHERE"))
  }
}
