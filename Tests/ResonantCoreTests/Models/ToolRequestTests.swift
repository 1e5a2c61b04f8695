// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

/// Tools, required calls and further fields in the bodies of all dialects.
@Suite struct ToolRequestTests {
  static let vote = ResonantCore.Tool(
    name: "vote", description: "Votes.",
    parameters: ["type": "object", "properties": ["for": ["type": "string"]], "required": ["for"]])
  static let skip = ResonantCore.Tool(
    name: "skip", description: "Passes.", parameters: ["type": "object", "properties": [:]])

  func members(
    _ api: API, tools: [ResonantCore.Tool] = [], required: String? = nil, fields: JSONObject = [:],
    payload: JSONObject = [:], messages: [Message] = [Message(.user, "Hi")]
  ) throws -> JSONObject {
    var request = ModelRequest(turn: 2, system: nil, messages: messages)
    (request.tools, request.requiredTool, request.fields) = (tools, required, fields)
    let dialect = api.dialect(asksForUsage: false)
    let body = RequestBody(request, model: "m", payload: payload, in: dialect).segments.flatMap { $0 }
    return try #require(try JSONValue.parse(body).object)
  }

  /// What a request adds, without the members that every request has.
  func additions(
    _ api: API, tools: [ResonantCore.Tool] = [], required: String? = nil, fields: JSONObject = [:],
    payload: JSONObject = [:]
  ) throws -> JSONValue {
    let usual = try members(api)
    let all = try members(api, tools: tools, required: required, fields: fields, payload: payload)
    return .object(all.filter { usual[$0.key] != $0.value })
  }

  static let functions: JSONValue = [
    [
      "type": "function",
      "function": [
        "name": "vote", "description": "Votes.",
        "parameters": [
          "type": "object", "properties": ["for": ["type": "string"]], "required": ["for"],
        ],
      ],
    ],
    [
      "type": "function",
      "function": [
        "name": "skip", "description": "Passes.", "parameters": ["type": "object", "properties": [:]],
      ],
    ],
  ]
  static let inputs: JSONValue = [
    [
      "name": "vote", "description": "Votes.",
      "input_schema": ["type": "object", "properties": ["for": ["type": "string"]], "required": ["for"]],
    ],
    ["name": "skip", "description": "Passes.", "input_schema": ["type": "object", "properties": [:]]],
  ]

  @Test(arguments: [(API.openai, functions), (.ollama, functions), (.anthropic, inputs)])
  func toolsAreOfferedInTheDialectsForm(api: API, tools: JSONValue) throws {
    #expect(try additions(api, tools: [Self.vote, Self.skip]) == ["tools": tools])
    // A call that is required of nothing on offer is not required.
    #expect(try additions(api, tools: [Self.vote, Self.skip], required: "other") == ["tools": tools])
    #expect(try additions(api, required: "vote") == [:])
  }

  static let choices: [(API, count: Int, JSONObject)] = [
    (.openai, 1, ["tool_choice": ["type": "function", "function": ["name": "vote"]]]),
    (.openai, 2, ["tool_choice": ["type": "function", "function": ["name": "vote"]]]),
    (.anthropic, 1, ["tool_choice": ["type": "tool", "name": "vote"]]),
    (.anthropic, 2, ["tool_choice": ["type": "tool", "name": "vote"]]),
    (.ollama, 1, ["format": .object(vote.parameters)]),
    (.ollama, 2, ["format": .object(vote.parameters)]),
  ]

  @Test(arguments: choices) func aCallIsRequired(api: API, count: Int, choice: JSONObject) throws {
    let tools = Array([Self.vote, Self.skip].prefix(count))
    var added = try #require(try additions(api, tools: tools, required: "vote").object)
    #expect(added.removeValue(forKey: "tools")?.array?.count == count)
    #expect(added == choice)
  }

  @Test(arguments: API.allCases) func toolsOfThePayloadStandForThemselves(api: API) throws {
    let payload: JSONObject = ["tools": [["name": "own"]]]
    let own = try additions(api, tools: [Self.vote], required: "vote", payload: payload)
    #expect(own == .object(payload))
    let choice: JSONObject = ["tool_choice": "auto", "format": "json"]
    let added = try additions(api, tools: [Self.vote], required: "vote", payload: choice)
    #expect(added["tools"]?.array?.count == 1)
    #expect(added["tool_choice"] == "auto")
    #expect(added["format"] == "json")
  }

  static let fields: [(API, payload: JSONObject, added: JSONValue)] = [
    (.openai, [:], ["max_tokens": 300, "temperature": 0]),
    (.openai, ["temperature": 1, "top_p": 0.5], ["temperature": 1, "top_p": 0.5, "max_tokens": 300]),
    (.openai, ["max_completion_tokens": 9], ["max_completion_tokens": 9, "temperature": 0]),
    (.anthropic, [:], ["max_tokens": 300, "temperature": 0]),
    (.anthropic, ["max_tokens": 9], ["max_tokens": 9, "temperature": 0]),
    (.ollama, [:], ["options": ["num_predict": 300, "temperature": 0]]),
    (
      .ollama, ["options": ["num_ctx": 8192, "temperature": 1]],
      ["options": ["num_predict": 300, "temperature": 1, "num_ctx": 8192]]
    ),
  ]

  @Test(arguments: fields)
  func fieldsAreNamedAsTheDialectDoesAndThePayloadWins(
    api: API, payload: JSONObject, added: JSONValue
  ) throws {
    let found = try additions(api, fields: ["max_tokens": 300, "temperature": 0], payload: payload)
    #expect(found.sorted == added.sorted)
  }

  @Test(arguments: [(API.openai, true), (.ollama, true), (.anthropic, false)])
  func aMessageIsNamedWhereItMayBe(api: API, isNamed: Bool) throws {
    let named = Message(.user, "Hi", extra: ["name": "Eve", "weight": 1])
    let payload: JSONObject = ["messages": [["role": "user", "content": "p", "name": "Ada"]]]
    let sent = try members(api, payload: payload, messages: [named])["messages"]?.array ?? []
    #expect(sent.map { $0["name"] } == ["Ada", isNamed ? "Eve" : nil])
    #expect(sent.last?["weight"] == 1)
  }
}

extension JSONValue {
  /// The value with the keys of its objects in alphabetical order.
  fileprivate var sorted: JSONValue {
    guard case .object(let members) = self else { return self }
    let pairs = members.map { ($0.key, $0.value.sorted) }.sorted { $0.0 < $1.0 }
    return .object(JSONObject(uniqueKeysWithValues: pairs))
  }
}
