// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

/// Literal secrets in a plan reach the servers and nothing else.
struct PlanSecretTests {
  private func read(_ text: String) throws -> Plan {
    let file = try PlanFile(name: "p.yaml", bytes: Array(text.utf8))
    return try Plan.read(file, environment: ["KEY": "s3cret-k", "HOST": "http://h/v1"])
  }

  private func error(_ text: String) -> String { refusal { try read(text) } }

  @Test(
    arguments: [
      ("endpoint", "https://u:s3cret@h:8/v1?key=s3cret#s3cret", "https://h:8/v1"),
      ("endpoint", "https://h/v1/a@b", "https://h/v1/a@b"), ("endpoint", "u:s3cret@h/x?s3cret", "h/x"),
      ("bob_endpoint", "${HOST}/v1?key=${KEY}", "${HOST}/v1"), ("endpoint", "ollama", "ollama"),
      ("headers", ["A": "s3cret", "B": "${KEY}", "C": 1], ["A": "***", "B": "${KEY}", "C": "***"]),
      ("headers.Authorization", "Bearer s3cret", "***"),
      ("headers.Authorization", "Bearer ${KEY}", "Bearer ${KEY}"),
      ("headers", "{\"A\":\"s3cret\"}", ["A": "***"]),
      ("headers", "{\"A\": \"${KEY}\"}", "{\"A\": \"${KEY}\"}"),
      ("headers", "@headers.json", "@headers.json"), ("headers", "{A: s3cret", "***"),
      (
        "payload", ["t": 1, "api_key": "s3cret", "in": ["password": "s3cret"]],
        ["t": 1, "api_key": "***", "in": ["password": "***"]]
      ),
      ("payload.auth.token", "s3cret", "***"), ("alice_payload.secret", ["a": "s3cret"], ["a": "***"]),
      ("payload.max_tokens", 5, 5), ("payload", "{\"max_tokens\": 5}", "{\"max_tokens\": 5}"),
      (
        "participant", [["name": "C", "headers": ["A": "s3cret"], "endpoint": "http://h?s3cret"]],
        [["name": "C", "headers": ["A": "***"], "endpoint": "http://h"]]
      ),
      ("opening", "https://u:p@h/?q", "https://u:p@h/?q"),
    ] as [(String, JSONValue, JSONValue)])
  func anOptionHasAFormThatMayBeKept(key: String, written: JSONValue, kept: JSONValue) {
    #expect(RecordableOption.value(written, of: key) == kept)
    #expect(RecordableOption.value(kept, of: key) == kept)
  }

  @Test func namesOfConditionsAndTrialsHoldNoSecretAndAnotherSecretChangesNothing() {
    let trials = ["s3cret-a", "s3cret-b"].map {
      Trial(
        condition: Condition([
          "endpoint": .string("http://h/v1?key=\($0)"), "headers.X": .string($0), "payload.key": .string($0),
        ]), repeat: 1)
    }
    #expect(trials[0].condition.label == "endpoint=http://h/v1,headers.X=***,payload.key=***")
    #expect(trials[0].id.hasPrefix("http-h-v1-r1-"))
    #expect(trials[0].id == trials[1].id)
    #expect(!"\(trials)".contains("s3cret"))
  }

  @Test func conditionsThatOnlyASecretTellsApartAreRefused() {
    for matrix in [
      "headers.X: [s3cret-a, s3cret-b]", "endpoint: ['http://h/v1?k=s3cret-a', 'http://h/v1?k=s3cret-b']",
      "payload: [{api_key: s3cret-a}, {api_key: s3cret-b}]",
    ] {
      let text = error("base: {endpoint: ollama, model: m}\nmatrix: {\(matrix)}")
      #expect(text.hasPrefix("p.yaml: matrix (line 2): two conditions differ only in secrets"), "\(text)")
      #expect(text.contains("${NAME}"))
      #expect(!text.contains("s3cret"))
    }
  }

  @Test func withAReferenceOrAnotherOptionTheyAreToldApart() throws {
    let plan = try read(
      """
      base: {endpoint: ollama, model: m}
      matrix:
        x: [{headers.X: s3cret-a, max_turns: 2}, {headers.X: s3cret-b, max_turns: 3}, {headers.X: '${KEY}', max_turns: 3}]
      """)
    #expect(
      plan.experiment.conditions.map(\.label) == [
        "headers.X=***,max_turns=2", "headers.X=***,max_turns=3", "headers.X=${KEY},max_turns=3",
      ])
    #expect(
      plan.conversations.map { $0.participants[0].endpoint.headers[0].value } == [
        "s3cret-a", "s3cret-b", "s3cret-k",
      ])
  }

  @Test func errorsAboutEndpointsShowNoQuery() {
    let base = "base: {endpoint: 'http://u:s3cret@h/v1?key=s3cret', model: m}\n"
    for rest in [
      "limits: {endpoints: {'http://x/v1?key=s3cret': 2}}", "limits: {requests_per_minute: {olama: 2}}",
      "limits: {endpoints: {'http://x/v1?key=s3cret': 0}}", "limits: {'http://u:s3cret@x/v1?key=s3cret': 2}",
      "matrix: {'http://u:s3cret@x/v1?key=s3cret': [2]}", "include: [{'http://u:s3cret@x/v1?key=s3cret': 2}]",
      "exclude: [{'http://u:s3cret@x/v1?key=s3cret': 2}]",
      "limits: {endpoints: {'u:s3cret@x/v1?k=s3cret': 2}}", "limits: {endpoints: {'s3cret@x': 0}}",
      "limits: {endpoints: {'u:s3cret@x//http://y': 2}}", "limits: {requests_per_minute: {'x?s3cret': 2}}",
      "limits: {'u.v:s3cr.s3cret@x': 2}", "limits: {'x/v1?k=s3cret': 2}", "'u:s3cret@x/v1': 2",
      "matrix: {'u:s3cret@x/v1': [2]}", "include: [{'u:s3cret@x/v1': 2}]", "exclude: [{'u:s3cret@x/v1': 2}]",
      "matrix: {'u:s3cret@x': [{max_turns: 2}], 'v:s3cret@x': [{max_turns: 3}]}",
      "include: [{endpoint: 'http://h/v1?s3cret'}, {endpoint: 'http://h/v1?s3cret'}]",
    ] {
      let text = error(base + rest)
      #expect(text.hasPrefix("p.yaml: "))
      #expect(!text.contains("s3cret"), "\(text)")
    }
  }

  @Test(arguments: [
    ("limits.endpoints.u:p@host/v1?k=q", "limits.endpoints.host/v1"),
    ("limits.endpoints.a.b:p@host.example/v1", "limits.endpoints.host.example/v1"),
    ("limits.endpoints.http://u:p@host/v1?k=q", "limits.endpoints.http://host/v1"),
    ("limits.requests_per_minute.token@host", "limits.requests_per_minute.host"),
    ("matrix.u:p@host[0]", "matrix.host[0]"), ("include[3].payload.u:p@host", "include[3].payload.host"),
    ("limits.endpoints.ollama", "limits.endpoints.ollama"), ("limits.endpoints", "limits.endpoints"),
    ("limits.endpoints.builtin:", "limits.endpoints.builtin:"), ("max_turns", "max_turns"),
    ("limits.endpoints.host.example:8080/v1", "limits.endpoints.host.example:8080/v1"),
    ("limits.endpoints.${HOST}/v1", "limits.endpoints.${HOST}/v1"),
    ("base.payload.who@example.org", "base.payload.who@example.org"), ("matrix.what?", "matrix.what?"),
  ])
  func aKeyPathIsShownWithoutAnAddresssSecrets(path: String, shown: String) {
    #expect(PlanKeyPath.shown(path) == shown)
  }

  @Test func aPlanIsKeptWithoutItsSecrets() throws {
    let plan = try read(
      """
      base: {endpoint: 'http://u:s3cret@h/v1?key=s3cret', model: m, headers: {A: s3cret}, payload: {token: s3cret}}
      limits: {endpoints: {'http://u:s3cret@h/v1?key=s3cret': 2}}
      """)
    let kept = plan.experiment.json.jsonText
    #expect(!kept.contains("s3cret"))
    #expect(kept.contains(#""endpoints":{"http://h/v1":2}"#))
    #expect(plan.lanes.values.map(\.limit) == [2])
  }
}
