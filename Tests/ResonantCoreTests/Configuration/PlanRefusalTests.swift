// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// Plans whose conditions would not be what their names say, and numbers that no machine can serve.
struct PlanRefusalTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write("From a file.", to: "text.txt")
  }

  private func read(_ rest: String) throws -> Plan {
    let text = "base: {endpoint: 'builtin:', model: echo}\n" + rest
    let file = try PlanFile(name: directory.path("p.yaml"), bytes: Array(text.utf8))
    return try Plan.read(file, environment: [:])
  }

  private func error(_ rest: String) -> String {
    do {
      _ = try read(rest)
      return "none"
    } catch {
      return String("\(error)".dropFirst(directory.path.utf8.count + 1))
    }
  }

  @Test(arguments: [
    ("{opening: [a], no_opening: [true, false]}", "matrix.opening[0]", "matrix.no_opening[0]"),
    ("{no_opening: [false, true], opening: [a]}", "matrix.opening[0]", "matrix.no_opening[1]"),
    (
      "{system_prompt: [a], system_prompt_file: [text.txt]}", "matrix.system_prompt_file[0]",
      "system_prompt[0]"
    ),
    (
      "{system_prompt_file: [text.txt], system_prompt: [a, b]}", "matrix.system_prompt[0]",
      "system_prompt_file[0]"
    ),
    (
      "{x: [{alice_system_prompt: a}], alice_system_prompt_file: [text.txt]}",
      "matrix.alice_system_prompt_file[0]", "matrix.x[0].alice_system_prompt"
    ),
    ("{opening: [a], opening_file: [text.txt]}", "matrix.opening_file[0]", "matrix.opening[0]"),
    ("{x: [{opening: a, no_opening: true}]}", "matrix.x[0].opening", "matrix.x[0].no_opening"),
    ("{payload.a: [1], payload.a.b: [2]}", "matrix.payload.a.b[0]", "matrix.payload.a[0]"),
  ])
  func optionsThatExcludeEachOtherAreAnError(matrix: String, place: String, other: String) {
    let text = error("matrix: \(matrix)")
    #expect(text.hasPrefix("p.yaml: \(place) (line 2): "), "\(text)")
    #expect(text.contains(other), "\(text)")
  }

  @Test func aDottedKeyHasAsManyPartsAsAPlanMayBeDeep() throws {
    func key(_ count: Int) -> String { "payload" + String(repeating: ".a", count: count - 1) }
    #expect(try read("matrix: {\(key(64)): [1, 2]}").experiment.conditions.count == 2)
    for rest in ["matrix: {KEY: [1]}", "matrix: {x: [{KEY: 1}]}", "include: [{KEY: 1}]"] {
      let text = error(rest.replacing("KEY", with: key(65)))
      #expect(text.hasPrefix("p.yaml: ") && text.hasSuffix("(line 2): has more than 64 parts"), "\(text)")
    }
  }

  @Test func aKeyOfVeryManyPartsIsRefusedWithoutLookingForEach() throws {
    let key = "payload" + String(repeating: ".a", count: 100_000)
    for part in ["\"matrix\": {\"\(key)\": [1]}", "\"include\": [{\"\(key)\": 1}]", "\"\(key)\": 1"] {
      let text = "{\"base\": {\"endpoint\": \"builtin:\", \"model\": \"echo\"}, \(part)}"
      let refused = #expect(throws: ConfigurationError.self) {
        try Plan.read(try PlanFile(name: "p.json", bytes: Array(text.utf8)), environment: [:])
      }
      #expect(refused?.place?.file == "p.json")
      #expect(refused?.place?.path.contains(key) == true)
    }
  }

  @Test func anErrorShowsTheBeginningOfALongValue() {
    let digits = String(repeating: "9", count: 10_000)
    // A longer key is no YAML.
    let key = digits.prefix(1_000)
    for (rest, place) in [
      ("repeats: \(digits)", "repeats"), ("limits: {concurrency: \(digits)}", "limits.concurrency"),
      ("limits: {endpoints: {ollama: '\(digits)'}}", "limits.endpoints.ollama"),
      ("limits: {requests_per_minute: {ollama: '\(digits)'}}", "limits.requests_per_minute.ollama"),
      ("matrix: {max_turns: [\(digits)]}", "matrix.max_turns[0]"),
      ("matrix: {seed: [-\(digits)]}", "matrix.seed[0]"),
      ("matrix: {delay: [\(digits)]}", "matrix.delay[0]"), ("matrix: {api: ['\(digits)']}", "matrix.api[0]"),
      ("matrix: {opening: ['\(digits)', '\(digits)']}", "matrix"),
      ("matrix: {x\(key): 1}", "matrix.x999"), ("\(key): 1", "999"),
      ("matrix: {model: ['n\(digits)']}", "matrix.model[0]"),
    ] {
      let text = error(rest)
      #expect(text.hasPrefix("p.yaml: \(place)"), "\(text)")
      #expect(text.contains("…"), "\(text)")
      #expect(text.utf8.count < 2_500, "\(text)")
    }
  }

  @Test func optionsOfTheBaseExcludeEachOtherToo() throws {
    let base = "base: {endpoint: 'builtin:', model: echo, opening: a, no_opening: true}"
    let file = try PlanFile(name: "p.yaml", bytes: Array((base + "\nmatrix: {opening: [b]}").utf8))
    let refused = #expect(throws: ConfigurationError.self) { try Plan.read(file, environment: [:]) }
    #expect(refused?.description.hasPrefix("p.yaml: base.opening (line 1)") == true)
  }

  @Test func whatIsExcludedMayContradictItself() throws {
    let plan = try read(
      "matrix: {opening: [a, b], no_opening: [false, true]}\nexclude: [{no_opening: true}]")
    #expect(plan.conversations.map(\.settings.opening) == ["a", "b"])
    #expect(
      try read("matrix: {no_opening: [true, false]}").conversations.map(\.settings.opening) == [
        nil, "Hello!",
      ])
  }

  @Test func aValueThatIsNoneIsRefusedInTheMatrix() throws {
    #expect(
      error("matrix: {system_prompt: [x, null]}").hasPrefix(
        "p.yaml: matrix.system_prompt[1] (line 2): null counts as not given"))
    #expect(error("matrix: {system_prompt: [x, null]}").hasSuffix("write \"\" for no system prompt"))
    #expect(
      error("matrix: {x: [{max_turns: 2, model: null}]}").hasPrefix(
        "p.yaml: matrix.x[0].model (line 2): null"))
    #expect(
      error("matrix: {model: [echo, '']}").hasPrefix("p.yaml: matrix.model[1] (line 2): \"\" counts as"))
    #expect(try read("matrix: {system_prompt: [x, '']}").experiment.conditions.count == 2)
    #expect(
      try read("matrix: {payload.stop: [x, null]}").conversations[1].participants[0].payload == [
        "stop": .null
      ])
    #expect(
      try read("include: [{max_turns: 2, opening: null}]").experiment.conditions.map(\.label) == [
        "max_turns=2"
      ])
  }

  @Test func anExcludeThatMatchesNothingIsAnError() throws {
    #expect(
      error("matrix: {max_turns: [2, 3]}\nexclude: [{max_turns: 2},\n {max_turns: 4}]")
        == "p.yaml: exclude[1] (line 4): matches no condition of the matrix")
    let plan = try read("matrix: {max_turns: [2, 3]}\nexclude: [{max_turns: 2}, {model: echo, max_turns: 2}]")
    #expect(plan.experiment.conditions.map(\.label) == ["max_turns=3"])
  }

  @Test func aHeadersErrorIsWhereTheHeaderIs() {
    let base = "base: {endpoint: 'http://h/v1', model: m, headers: {B: '${B}'}}\n"
    func place(_ rest: String, base: String) -> String {
      do {
        let file = try PlanFile(name: "p.yaml", bytes: Array((base + rest).utf8))
        _ = try Plan.read(file, environment: ["A": "a"])
        return "none"
      } catch { return "\(error)" }
    }
    #expect(place("", base: base).hasPrefix("p.yaml: base.headers.B (line 1): header B: the environment"))
    let plain = "base: {endpoint: 'http://h/v1', model: m, headers: {A: '${A}'}}\n"
    #expect(
      place("matrix:\n  headers.B: ['${A}', '${B}']", base: plain).hasPrefix(
        "p.yaml: matrix.headers.B[1] (line 3): header B"))
    #expect(
      place("matrix: {bob_headers.C: ['${A}'], headers.B: ['${B}']}", base: plain).contains(
        "matrix.headers.B[0] "))
    #expect(
      place("matrix: {bob_headers.C: ['${B}']}", base: plain).hasPrefix("p.yaml: matrix.bob_headers.C[0] "))
  }

  @Test func aBuiltinModelThatCannotBeIsNamedWhereThePlanHasIt() {
    #expect(
      error("matrix:\n  bob_model: ['script:none.json']").hasPrefix(
        "p.yaml: matrix.bob_model[0] (line 3): Bob: there is no script"))
    #expect(
      error("matrix: {model: [echo, elisa]}").hasPrefix(
        "p.yaml: matrix.model[1] (line 2): Alice: there is no builtin model"))
    #expect(
      error("matrix: {bob_model: ['replay:none.jsonl']}").hasPrefix(
        "p.yaml: matrix.bob_model[0] (line 2): Bob: "))
    for key in ["payload.chunk_ms", "bob_payload.chunk_ms"] {
      #expect(
        error("matrix: {\(key): [1, -1]}").hasPrefix("p.yaml: matrix.\(key)[1] (line 2): "))
    }
  }

  @Test func numbersHaveARange() throws {
    #expect(
      error("repeats: 100000000")
        == "p.yaml: repeats (line 2): must be at most 1000000: an experiment has no more than 1000000 trials")
    #expect(error("repeats: 500001\nmatrix: {max_turns: [2, 3]}").contains("at most 500000"))
    #expect(try read("repeats: 1000000").experiment.repeats == 1_000_000)
    for text in ["{concurrency: 100001}", "{concurrency: 0}", "{concurrency: 9999999999999}"] {
      #expect(
        error("limits: \(text)").hasPrefix(
          "p.yaml: limits.concurrency (line 2): must be a whole number from 1 to 100000, not"))
    }
    #expect(error("limits: {endpoints: {'builtin:': 100001}}").contains("from 1 to 100000"))
    for rate in ["0", "1e-300", "0.0009", "-1", "1e999", "x"] {
      #expect(
        error("limits: {requests_per_minute: {'builtin:': \(rate)}}").hasPrefix(
          "p.yaml: limits.requests_per_minute.builtin: (line 2): must be a number of at least 0.001"))
    }
    #expect(
      try read("matrix: {payload.n: [12345678901234567890, 12345678901234567891]}").conversations.count == 2)
  }
}
