// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

@Suite struct PlanFileTests {
  private func plan(_ text: String, name: String = "dir/plan.yaml") throws(ConfigurationError) -> PlanFile {
    try PlanFile(name: name, bytes: Array(text.utf8))
  }

  @Test func scalarsFollowTheCoreSchema() throws {
    let plan = try plan(
      """
      a: [no, on, yes, 2024-01-01, 1_000, 1.2.3, "5", !!str 7, e5, .]
      b: [true, False, null, ~, ]
      c: [1.0, +5, 007, .5, 1., 1e3, -0.25, 0x1F, 0o17, 12345678901234567890, -.5e-3]
      """)
    #expect(
      plan.value["a"]
        == ["no", "on", "yes", "2024-01-01", "1_000", "1.2.3", "5", "7", "e5", "."])
    #expect(plan.value["b"] == [true, false, .null, .null])
    let numbers = [
      "1.0", "5", "7", "0.5", "1.0", "1e3", "-0.25", "31", "15", "12345678901234567890", "-0.5e-3",
    ]
    #expect(plan.value["c"] == .array(numbers.map(JSONValue.number)))
  }

  @Test func partsKnowTheirLines() throws {
    let plan = try plan(
      "name: x\nmatrix:\n  max_turns:\n    - 1\n    - 0\nbase: {model: m,\n  payload: {a: 1}}\n")
    #expect(
      plan.place(of: "matrix.max_turns[1]").description == "dir/plan.yaml: matrix.max_turns[1] (line 5)")
    #expect(plan.place(of: "base.payload.a").line == 7)
    #expect(plan.directory == "dir")
    let source = plan.source(of: "max_turns", at: "matrix.max_turns[1]")
    let refused = refusal { try Options.read(["max_turns": 0], source: source, context: context()) }
    #expect(refused == "dir/plan.yaml: matrix.max_turns[1] (line 5): must be at least 1, not 0")
    let base = refusal { try Options.read(["modle": 1], source: plan.source(at: "base"), context: context()) }
    #expect(base == "dir/plan.yaml: base.modle (line 6): unknown option; did you mean model?")
  }

  @Test func jsonAndJSON5AreReadByNameOrByContent() throws {
    let json = try plan("{\n\"name\": \"\\ud83d\\ude00 a\",\n\"base\": {\"x\": 1.50}}", name: "p.json")
    #expect(json.value["name"] == "😀 a")
    #expect(json.value["base"] == ["x": .number("1.50")])
    #expect(try plan("// why\n{name: 'x',}", name: "p.json5").value == ["name": "x"])
    #expect(try plan(" {name: 'x', /* y */ }", name: "p").value == ["name": "x"])
    #expect(try plan("name: x", name: "p").value == ["name": "x"])
    #expect(try plan("{\n \"a\":\n 1}", name: "p.json").place(of: "a").line == 2)
    let commented = try plan(
      "// why\r\n{ /* a\n */ base: {x: 1},\nmatrix: [\n1,\n{'y': 2}]}", name: "p.json5")
    for (path, line) in [
      ("base.x", 3), ("matrix", 4), ("matrix[0]", 5), ("matrix[1]", 6), ("matrix[1].y", 6),
    ] {
      #expect(commented.place(of: path).line == line)
    }
  }

  @Test(arguments: [
    ("", "p.yaml: is empty"),
    ("- a", "p.yaml: must be an object of keys, not an array"),
    ("a: 1\nb: [}", "p.yaml (line 2): is no YAML"),
    ("a: 1\nb: 1\na: 2", "p.yaml (line 3): has a key twice: a, first in line 1"),
    ("a: 1\nb: {c: 1,\n c: {", "p.yaml (line 3): has a key twice: c, first in line 2"),
    ("a: 1\nb: \u{7}", "p.yaml (line 2): is no YAML: control characters"),
    ("a: &a [*a]", "p.yaml (line 1): is no YAML: found undefined alias (column 8)"),
    ("a: *b", "p.yaml (line 1): is no YAML: found undefined alias"),
    ("a: .inf", "p.yaml (line 1): .inf is no number"),
    ("? [a]\n: b", "p.yaml (line 1): has a key that is no text"),
    ("a: 1\n---\nb: 2", "p.yaml (line 2): is no YAML: but found another document"),
  ])
  func brokenPlansSayWhere(text: String, message: String) {
    let refused = refusal { try plan(text, name: "p.yaml") }
    #expect(refused.hasPrefix(message), "\(refused)")
  }

  @Test(arguments: [
    ("base:\n\trepeats: 1", "never with tabs"), ("base: {endpoint: builtin:, model: eliza}", "wants quotes"),
    ("base:\n  endpoint: a: b", "wants quotes"),
  ])
  func usualSlipsInYAMLAreNamed(text: String, hint: String) {
    let refused = refusal { try plan(text, name: "p.yaml") }
    #expect(refused.hasPrefix("p.yaml (line ") && refused.hasSuffix(hint), "\(refused)")
  }

  @Test func brokenJSONSaysWhere() {
    #expect(refusal { try plan("{\n\"a\": }", name: "p.json") }.hasPrefix("p.json (line 2): is no JSON"))
  }

  @Test(arguments: ["p.json", "p.json5", "p"])
  func aKeyThatIsThereTwiceIsRefused(name: String) {
    let text = "{\"base\": {\"model\": \"a\"},\n\"repeats\": 2,\n\"base\": {}}"
    #expect(refusal { try plan(text, name: name) }.hasPrefix("\(name) (line 3): "))
    let inner = "{\"matrix\":\n {\"model\": [1],\n  \"model\": [2]}}"
    #expect(refusal { try plan(inner, name: name) }.contains("(line 3): is no JSON: a key"))
    #expect(refusal { try plan("{a: 1, // b\n 'a': 2}", name: "p.json5") }.contains("(line 2)"))
  }

  @Test func aKeyThatIsThereTwiceShowsNoQuery() {
    let text = "limits: {endpoints: {'http://h/v1?key=s3cret': 1, 'http://h/v1?key=s3cret': 2}}"
    let refused = refusal { try plan(text) }
    #expect(refused.contains("has a key twice: http://h/v1"))
    #expect(!refused.contains("s3cret"))
  }

  @Test func aByteOrderMarkIsSkipped() throws {
    for name in ["p", "p.json", "p.json5", "p.yaml"] {
      #expect(try plan("\u{FEFF}{\"name\": \"x\"}", name: name).value == ["name": "x"])
    }
    #expect(try plan("\u{FEFF}{name: 'x', // y\n}", name: "p.txt").value == ["name": "x"])
    #expect(try plan("\u{FEFF}name: x", name: "p.yaml").value == ["name": "x"])
  }

  @Test func mergeKeysBringInMembers() throws {
    let plan = try plan(
      """
      base: &base {model: a, payload: {x: 1}}
      more: &more {model: b, max_turns: 2}
      include:
        - model: c
          <<: *base
        - <<: [*more, *base]
        - {"<<": 1}
      """)
    #expect(
      plan.value["include"] == [
        ["model": "c", "payload": ["x": 1]], ["model": "b", "max_turns": 2, "payload": ["x": 1]], ["<<": 1],
      ])
    #expect(plan.place(of: "include[0].model").line == 4)
    #expect(
      refusal { try self.plan("a:\n  <<: 3", name: "p.yaml") }.hasPrefix(
        "p.yaml (line 2): has a merge key <<"))
  }

  @Test func aLongPlanIsNotTooLarge() throws {
    let entries = (1...15_000).map { "- {max_turns: \($0), opening: 'Number \($0)', bob_model: m}\n" }
    let plan = try plan("include:\n" + entries.joined())
    #expect(plan.value["include"]?.array?.count == 15_000)
  }

  @Test func aliasesCannotGrowWithoutBounds() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...8 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let refused = refusal { try plan(text, name: "p.yaml") }
    #expect(refused == "p.yaml (line 5): is too large or nested too deeply")
    let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    #expect(refusal { try plan("a: " + deep, name: "p.yaml") }.contains("too large or nested too deeply"))
  }

  /// Ten aliases a line, which are hashed one by one where they are a key.
  private static let bomb = (1...12).reduce("a0: &a0 [x]\n") { text, level in
    let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
    return text + "a\(level): &a\(level) [\(aliases)]\n"
  }

  @Test(
    arguments: [
      ("? *a12\n: 1", 14, "an alias"), ("*a12 : 1", 14, "an alias"), ("k: {? *a12 : 1}", 14, "an alias"),
      ("k: {*a12}", 14, "an alias"), ("k: {b, *a12 : 1, *a11 : 1}", 14, "an alias"),
      ("k: [*a12 : 1]", 14, "an alias"), ("k:\n- ? *a12", 15, "an alias"), ("? [*a12]\n: 1", 14, "no text"),
      ("k: {[*a12]: 1}", 14, "no text"), ("k: {{*a12, b}, c}", 14, "no text"),
      ("k: {[*a12], b}", 14, "no text"), ("? - *a12\n: 1", 14, "no text"),
      ("? k: *a12\n: 1", 14, "no text"),
    ])
  func aliasesInKeysAreRefusedBeforeTheyGrow(text: String, line: Int, what: String) {
    for name in ["p.yaml", "p"] {
      let refused = refusal { try plan(Self.bomb + text, name: name) }
      #expect(refused.hasPrefix("\(name) (line \(line)): "), "\(refused)")
      #expect(refused.contains(what), "\(refused)")
    }
  }

  @Test func aKeyMayFollowAnAnchorAndTextsMayLookLikeAliases() throws {
    let plan = try plan(
      """
      &k base: &base
        model: &m a
        payload: {&x "x": *m, y: [*m, *m], "*z": &e , z: *e}
      include:
      - <<: *base
        opening: |
          ? *base
          *base : {*m} "it's [*m]: &m
      - {<<: [*base, {max_turns: 2}], opening: 'a *m: &b'}
      - *base
      """)
    let payload: JSONValue = ["x": "a", "y": ["a", "a"], "*z": .null, "z": .null]
    #expect(plan.value["base"] == ["model": "a", "payload": payload])
    let include = plan.value["include"]?.array
    #expect(include?[0]["opening"] == "? *base\n*base : {*m} \"it's [*m]: &m\n")
    #expect(include?[1]["opening"] == "a *m: &b")
    #expect(include?.map { $0["payload"] } == [payload, payload, payload])
    #expect(plan.place(of: "include[1].opening").line == 9)
    #expect(plan.place(of: "include[2]").line == 10)
    #expect(plan.place(of: "include[2].model").line == 2)
  }

  @Test func linesOfLongPathsAreNotKept() throws {
    let key = String(repeating: "k", count: 1_000)
    let items = Array(repeating: "1", count: 1_000).joined(separator: ", ")
    for name in ["p.yaml", "p.json"] {
      let opened = String(repeating: "{\"\(key)\":\n ", count: 50)
      let plan = try plan(
        "{\"base\": \(opened)[\(items)]" + String(repeating: "}", count: 51), name: name)
      #expect(plan.lines.count == 6)
      let path = "base" + String(repeating: "." + key, count: 50) + "[7]"
      #expect(plan.place(of: path).path == path)
      #expect(plan.place(of: path).line == 4)
    }
  }

  @Test func theLinesOfAHugePlanTakeBoundedMemory() throws {
    let key = String(repeating: "k", count: 1_000)
    let items = Array(repeating: "1", count: 100_000).joined(separator: ",")
    let plan = try plan("name: x\nbase: {\(key): {\(key): {\(key): [\(items)]}}}")
    #expect((10_000..<30_000).contains(plan.lines.count))
    #expect(plan.place(of: "base.\(key).\(key).\(key)[99999]").line == 2)
  }

  @Test func aMissingPlanIsNamed() throws {
    let path = try TemporaryDirectory().path("absent.yaml")
    #expect(refusal { try PlanFile.read(path) } == "the plan cannot be read: there is no file \(path)")
  }
}
