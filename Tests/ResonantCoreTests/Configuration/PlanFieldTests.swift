// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// `payload.temperature` sets that field and no other, wherever it stands.
struct PlanFieldTests {
  /// The payloads of the first two participants, condition by condition.
  private func payloads(_ text: String) throws -> [[String]] {
    let file = try PlanFile(name: "plan.yaml", bytes: Array(text.utf8))
    return try Plan.read(file, environment: [:]).conversations.map {
      $0.participants.map { JSONValue.object($0.payload).jsonText }
    }
  }

  private func same(_ payload: String...) -> [[String]] { payload.map { [$0, $0] } }

  @Test func aFieldOfTheBaseStaysWhenTheMatrixSetsAnother() throws {
    #expect(
      try payloads(
        """
        base: {endpoint: 'builtin:', model: echo, payload.temperature: 0.7}
        matrix: {payload.top_p: [0.5, 1]}
        """) == same(#"{"temperature":0.7,"top_p":0.5}"#, #"{"temperature":0.7,"top_p":1}"#))
  }

  @Test func aFieldOfTheMatrixTakesThePlaceOfTheBasesField() throws {
    #expect(
      try payloads(
        """
        base: {endpoint: 'builtin:', model: echo, payload: {a: 1}, payload.temperature: 0.7}
        matrix: {payload.temperature: [0.1, 0.9]}
        """) == same(#"{"a":1,"temperature":0.1}"#, #"{"a":1,"temperature":0.9}"#))
  }

  @Test func anObjectOfTheMatrixTakesThePlaceOfTheBasesFields() throws {
    #expect(
      try payloads(
        """
        base: {endpoint: 'builtin:', model: echo, payload.temperature: 0.7}
        matrix: {payload: [{top_p: 1}]}
        """) == same(#"{"top_p":1}"#))
  }

  @Test(arguments: [
    "{payload.options.temperature: [0.5], payload.options: [{num_ctx: 1}, {num_ctx: 2}]}",
    "{payload.options: [{num_ctx: 1}, {num_ctx: 2}], payload.options.temperature: [0.5]}",
  ])
  func aDeepFieldIsSetAfterAShallowOne(matrix: String) throws {
    #expect(
      try payloads("base: {endpoint: 'builtin:', model: echo}\nmatrix: \(matrix)")
        == same(
          #"{"options":{"num_ctx":1,"temperature":0.5}}"#, #"{"options":{"num_ctx":2,"temperature":0.5}}"#))
  }

  @Test(arguments: [
    "{x: [{payload.temperature: 0.5, max_turns: 3}], payload: [{top_p: 1}]}",
    "{payload: [{top_p: 1}], x: [{max_turns: 3, payload.temperature: 0.5}]}",
    "{x: [{payload.temperature: 0.5, payload: {top_p: 1}}]}",
  ])
  func aBundlesFieldIsSetAfterAnObjectOfAnotherKey(matrix: String) throws {
    #expect(
      try payloads("base: {endpoint: 'builtin:', model: echo}\nmatrix: \(matrix)")
        == same(#"{"top_p":1,"temperature":0.5}"#))
  }

  @Test func whatIsIncludedSetsItsFieldsAfterItsObjects() throws {
    #expect(
      try payloads(
        """
        base: {endpoint: 'builtin:', model: echo, payload.a: 1}
        include: [{payload.temperature: 0.1, payload: {top_p: 1}}, {payload.b: 2}]
        """) == same(#"{"top_p":1,"temperature":0.1}"#, #"{"a":1,"b":2}"#))
  }

  @Test(arguments: [
    "{bob_payload.seed: [1], payload.temperature: [0.1, 0.2]}",
    "{payload.temperature: [0.1, 0.2], bob_payload.seed: [1]}",
  ])
  func oneParticipantsFieldsStartFromTheCommonObjectWhenThatIsComplete(matrix: String) throws {
    #expect(
      try payloads(
        "base: {endpoint: 'builtin:', model: echo, payload: {temperature: 0.5}}\nmatrix: \(matrix)")
        == [
          [#"{"temperature":0.1}"#, #"{"temperature":0.1,"seed":1}"#],
          [#"{"temperature":0.2}"#, #"{"temperature":0.2,"seed":1}"#],
        ])
  }

  @Test func oneParticipantsObjectTakesThePlaceOfTheCommonOne() throws {
    #expect(
      try payloads(
        """
        base: {endpoint: 'builtin:', model: echo, bob_payload: {a: 1}}
        matrix: {payload.temperature: [0.1], bob_payload.seed: [1]}
        """) == [[#"{"temperature":0.1}"#, #"{"a":1,"seed":1}"#]])
  }
}
