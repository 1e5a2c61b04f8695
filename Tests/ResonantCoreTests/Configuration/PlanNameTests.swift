// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

/// Values of the matrix, and further conditions, that a plan gives names.
struct PlanNameTests {
  private func read(_ rest: String) throws -> Plan {
    let text = "base: {endpoint: 'builtin:', model: echo}\n" + rest
    return try Plan.read(
      PlanFile(name: "p.yaml", bytes: Array(text.utf8)), environment: ["MODEL": "parry", "KEY": "s3cret"])
  }

  private func labels(_ rest: String) throws -> [String] { try read(rest).experiment.conditions.map(\.label) }

  private func error(_ rest: String) -> String { refusal { try read(rest) } }

  private let matrix = """
    matrix:
      opening: {hello: "Hello!", freedom: "You have complete freedom, always."}
      pair:
        calm: {alice_model: eliza, system_prompt: Be calm.}
        wild: {alice_model: parry, payload: {temperature: 1.5}}

    """

  @Test func aConditionHasTheNamesAndItsConversationsHaveTheValues() throws {
    let plan = try read(matrix)
    #expect(
      plan.experiment.conditions.map(\.label) == [
        "opening=hello,pair=calm", "opening=hello,pair=wild", "opening=freedom,pair=calm",
        "opening=freedom,pair=wild",
      ])
    let settings = plan.conversations.map(\.settings.opening)
    #expect(
      settings == ["Hello!", "Hello!"] + Array(repeating: "You have complete freedom, always.", count: 2))
    #expect(plan.conversations.map { $0.participants[0].model } == ["eliza", "parry", "eliza", "parry"])
    #expect(plan.conversations[1].participants[0].payload == ["temperature": 1.5])
    #expect(plan.experiment.keys == ["opening", "pair"])
    #expect(plan.experiment.trials[3].id.hasPrefix("freedom-wild-r1-"))
  }

  @Test func namesMayStandForFieldsObjectsAndFurtherConditions() throws {
    let plan = try read(
      """
      matrix:
        payload.temperature: {cold: 0.2, 1: 1.4}
        alice_payload: {plain: {}, long: {chunk_ms: 7}}
      include: {late: {max_turns: 50}, both: {payload.temperature: cold, max_turns: 9}}
      """)
    #expect(
      plan.experiment.conditions.map(\.values) == [
        ["payload.temperature": "cold", "alice_payload": "plain"],
        ["payload.temperature": "cold", "alice_payload": "long"],
        ["payload.temperature": "1", "alice_payload": "plain"],
        ["payload.temperature": "1", "alice_payload": "long"], ["include": "late"], ["include": "both"],
      ])
    #expect(plan.conversations[1].participants.map { $0.payload["temperature"] } == [nil, 0.2])
    #expect(plan.conversations[1].participants[0].payload["chunk_ms"] == 7)
    #expect(plan.conversations[4].settings.maxTurns == 50)
    #expect(plan.conversations[5].participants[1].payload == ["temperature": 0.2])
  }

  @Test func includeTakesNamesOfTheMatrix() throws {
    let plan = try read(matrix + "include: [{pair: calm, max_turns: 4}, {opening: freedom}, {opening: Hi.}]")
    #expect(
      plan.experiment.conditions.suffix(3).map(\.label) == [
        "pair=calm,max_turns=4", "opening=freedom", "opening=Hi.",
      ])
    let last = plan.conversations.suffix(3)
    #expect(last.map { $0.participants[0].model } == ["eliza", "echo", "echo"])
    #expect(last.map(\.settings.opening) == ["Hello!", "You have complete freedom, always.", "Hi."])
  }

  @Test(arguments: [
    ("{pair: calm}", ["hello,wild", "freedom,wild"]),
    ("{opening: freedom}", ["hello,calm", "hello,wild"]),
    ("{opening: 'Hello!', pair: wild}", ["hello,calm", "freedom,calm", "freedom,wild"]),
    ("{alice_model: parry}", ["hello,calm", "freedom,calm"]),
    ("{alice_model: eliza, opening: hello, model: echo}", ["hello,wild", "freedom,calm", "freedom,wild"]),
  ])
  func excludeMatchesByNameByValueAndByTheOptionsOfABundle(exclude: String, left: [String]) throws {
    let short = try read(matrix + "exclude: [\(exclude)]").experiment.conditions.map {
      $0.values.values.compactMap(\.string).joined(separator: ",")
    }
    #expect(short == left)
  }

  @Test func aNameGoesBeforeAValueThatLooksLikeIt() throws {
    #expect(
      try labels("matrix: {max_turns: {2: 3, 3: 4}}\nexclude: [{max_turns: 3}]") == ["max_turns=2"])
    #expect(try labels("matrix: {max_turns: {2: 3, 5: 4}}\nexclude: [{max_turns: 3}]") == ["max_turns=5"])
  }

  @Test func addingRemovingAndReorderingKeepTheOthersTrials() throws {
    let ids = { (values: String) in Set(try read("matrix: {opening: \(values)}").experiment.trials.map(\.id))
    }
    let all = try ids("{a: A, b: B, c: C}")
    #expect(try ids("{c: C, a: A}").isSubset(of: all))
    #expect(try ids("{a: X, b: B}").isSubset(of: all))
    #expect(try ids("{d: A}").isDisjoint(with: all))
  }

  @Test func theStoredPlanTellsWhatNamesStandForWithoutSecrets() throws {
    let plan = try read(
      """
      matrix:
        model: {it: '${MODEL}'}
        who: {one: {payload.api_key: s3cret-a, max_turns: 2}, two: {payload.api_key: s3cret-b, max_turns: 2}}
      include: {late: {headers: {A: s3cret}}}
      """)
    #expect(
      plan.experiment.conditions.map(\.label) == ["model=it,who=one", "model=it,who=two", "include=late"])
    let json = plan.experiment.json
    #expect(json["names"]?["model"] == ["it": "parry"])
    #expect(json["names"]?["who"]?["two"] == ["payload.api_key": "***", "max_turns": 2])
    #expect(json["names"]?["include"] == ["late": ["headers": ["A": "***"]]])
    #expect(!json.jsonText.contains("s3cret"))
    #expect(try read("matrix: {max_turns: [2]}").experiment.json["names"] == nil)
  }

  @Test(arguments: [
    ("matrix:\n  model: echo", "matrix.model (line 3): must be a list, not a string"),
    ("matrix:\n  opening: {}", "matrix.opening (line 3): has no values"),
    (
      "matrix:\n  pair: {alice_model: a, bob_model: b}",
      "matrix.pair (line 3): must have names with bundles of options, pair: {NAME: {OPTION: VALUE}}, or be a list of bundles"
    ),
    (
      "include: {max_turns: 3}",
      "include (line 2): must have names with bundles of options, include: {NAME: {"
    ),
    ("matrix:\n  max_turns:\n    a: 2\n    b: x", "matrix.max_turns.b (line 5): must be a number"),
    ("matrix:\n  p:\n    a: {max_trns: 2}", "matrix.p.a.max_trns (line 4): unknown option"),
    ("matrix:\n  opening:\n    a: null", "matrix.opening.a (line 4): null counts as not given"),
    ("matrix: {payload: {temperature: 1}}", "matrix.payload.temperature (line 2): must be a JSON object"),
    ("matrix: {opening: {'': a}}", "matrix.opening. (line 2): is no name: it is empty"),
    (
      "matrix: {opening: {' a': a}}", "matrix.opening. a (line 2): is no name: it begins or ends with a space"
    ),
    ("matrix: {opening: {a=b: a}}", "matrix.opening.a=b (line 2): is no name: it contains one of"),
    ("matrix: {opening: {'a,b': a}}", "matrix.opening.a,b (line 2): is no name: it contains one of"),
    ("matrix: {opening: {\"a\\tb\": a}}", "is no name: it contains one of"),
    ("include: {'a,b': {max_turns: 2}}", "include.a,b (line 2): is no name: it contains one of"),
    ("matrix: {'a,b': {x: {max_turns: 2}}}", "matrix.a,b (line 2): is no name: it contains one of"),
    ("matrix: {opening: {'https://u:s3cret@h/v1': a}}", "is no name: it looks like an address"),
    ("matrix: {turns: {a: {max_turns: 2}}}", "matrix.turns (line 2): is the name of something else"),
    ("matrix: {perturb: {a: {max_turns: 2}}}", "matrix.perturb (line 2): is the name of something else"),
    (
      "matrix: {headers: {a: {A: s3cret}}}", "matrix.headers.a (line 2): a value of headers may hold a secret"
    ),
    ("matrix: {payload.key: {a: s3cret}}", "matrix.payload.key.a (line 2): a value of payload.key may hold"),
    (
      "matrix: {opening: {a: Hi, b: Hi}}",
      "matrix (line 2): the conditions opening=a and opening=b have the same"
    ),
    (
      "matrix: {opening: {a: Hi}}\ninclude: [{opening: Hi}]",
      "include[0] (line 3): the conditions opening=a and opening=Hi have the same options"
    ),
    (
      "matrix: {opening: {a: Hi}}\ninclude: [{opening: a}]",
      "include[0] (line 3): the condition opening=a is there"
    ),
    ("matrix: {p: {a: {max_turns: 2}}}\ninclude: [{p: b}]", "include[0].p (line 3): is no name of matrix.p"),
    (
      "matrix: {p: {calm: {max_turns: 2}}}\nexclude: [{p: cal}]",
      "exclude[0].p (line 3): is no name of matrix.p; did you mean calm?"
    ),
    ("matrix: {payload: {'{x': {a: 1}}}", "matrix.payload.{x (line 2): is no name: it contains one of"),
    ("matrix: {include: {a: {max_turns: 2}}}", "matrix.include (line 2): is the name of something else"),
    (
      "matrix: {p: {a: {max_turns: 2}}}\nexclude: [{q: a}]",
      "exclude[0].q (line 3): no condition of the matrix"
    ),
    ("matrix: {p: {a: {max_turns: 2}, a: {max_turns: 3}}}", "(line 2): has a key twice: a, first in line 2"),
  ])
  func whatIsWrongIsSaidWithItsKeyPathAndLine(rest: String, message: String) {
    let text = error(rest)
    #expect(text.contains(message), "\(text)")
    #expect(!text.contains("s3cret"), "\(text)")
  }
}
