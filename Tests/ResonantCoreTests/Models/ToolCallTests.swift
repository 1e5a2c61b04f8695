// SPDX-License-Identifier: MIT

import HTTPTransport
import TestSupport
import Testing

@testable import ResonantCore

/// Tool calls as servers send them: whole, in pieces, and in pieces that are hard to tell apart.
@Suite(.timeLimit(.minutes(5))) struct ToolCallTests {
  /// A piece of a call in OpenAI's form.
  static func piece(
    _ arguments: String?, name: String? = nil, id: String? = nil, index: Int? = 0
  ) -> String {
    var call = JSONObject()
    call["index"] = index.map { .int($0) }
    call["id"] = id.map { .string($0) }
    var function = JSONObject()
    function["name"] = name.map { .string($0) }
    function["arguments"] = arguments.map { .string($0) }
    call["function"] = .object(function)
    return JSONValue.object(call).jsonText
  }

  static let ada = #"{"for":"Ada"}"#
  static let bob = #"{"for":"Bob","why":{"x":1}}"#

  /// The pieces, one or several per event, and the calls as `name(arguments)`.
  static let pieces: [(name: String, events: [[String]], calls: [String])] = [
    (
      "by index, interleaved",
      [
        [piece("", name: "vote", id: "a"), piece("", name: "skip", id: "b", index: 1)],
        [piece(#"{"for":"#), piece("{", index: 1)], [piece("}", index: 1), piece(#""Ada"}"#)],
      ], ["vote(\(ada))", "skip({})"]
    ),
    (
      "the name alone, then arguments in single characters",
      [[piece(nil, name: "vote", id: "a")]] + ada.map { [piece(String($0))] }, ["vote(\(ada))"]
    ),
    (
      "the id first, then the name",
      [[piece(nil, id: "a")], [piece(nil, name: "vote")], [piece(ada)]], ["vote(\(ada))"]
    ),
    (
      "an index used again, with ids",
      [[piece(ada, name: "vote", id: "a")], [piece("{}", name: "skip", id: "b")]],
      ["vote(\(ada))", "skip({})"]
    ),
    (
      "an index used again, with empty ids",
      [
        [piece(ada, name: "vote", id: "")], [piece(bob, name: "vote", id: "")],
        [piece("{}", name: "skip", id: "")],
      ], ["vote(\(ada))", "vote(\(bob))", "skip({})"]
    ),
    (
      "neither index nor id",
      [
        [piece(#"{"for":"#, name: "vote", index: nil)], [piece(#""Ada"}"#, index: nil)],
        [piece("{}", name: "skip", index: nil)],
      ], ["vote(\(ada))", "skip({})"]
    ),
    (
      "neither index nor id, the name in each piece",
      [
        [piece("", name: "vote", index: nil)], [piece(#"{"for":"Bob","why":{"#, name: "vote", index: nil)],
        [piece(#""x":1}"#, name: "vote", index: nil)], [piece("}", name: "vote", index: nil)],
        [piece(ada, name: "vote", index: nil)],
      ], ["vote(\(bob))", "vote(\(ada))"]
    ),
    (
      "name and id in each piece",
      [
        [piece(#"{"for":"#, name: "vote", id: "a")], [piece(#""Ada"}"#, name: "vote", id: "a")],
        [piece("", name: "vote", id: "a")],
      ], ["vote(\(ada))"]
    ),
    (
      "an id of its own for each piece",
      [
        [piece("", name: "vote", id: "a")], [piece(#"{"for":"#, id: "b")], [piece(#""Ada"}"#, id: "c")],
        [piece("", name: "skip", id: "d", index: 1)], [piece("{}", id: "e", index: 1)],
      ], ["vote(\(ada))", "skip({})"]
    ),
    (
      "an id of its own for each piece, and no index",
      [[piece("", name: "vote", id: "a", index: nil)], [piece(ada, id: "b", index: nil)]], ["vote(\(ada))"]
    ),
    (
      "the same call again at the end",
      [
        [piece(#"{"for":"#, name: "vote", id: "a")], [piece(#""Ada"}"#)],
        [piece(ada, name: "vote", id: "a")],
      ], ["vote(\(ada))"]
    ),
    (
      "one id for two calls",
      [[piece(ada, name: "vote", id: "a")], [piece("{}", name: "skip", id: "a", index: 1)]],
      ["vote(\(ada))", "skip({})"]
    ),
    (
      "arguments that are an object",
      [[#"{"index":0,"id":"a","function":{"name":"vote","arguments":\#(ada)}}"#]], ["vote(\(ada))"]
    ),
    (
      "objects, without index and id",
      [
        [
          #"{"function":{"name":"vote","arguments":\#(ada)}}"#,
          #"{"function":{"name":"vote","arguments":\#(bob)}}"#,
        ]
      ],
      ["vote(\(ada))", "vote(\(bob))"]
    ),
    ("no arguments", [[piece(nil, name: "skip", id: "a")]], ["skip()"]),
    (
      "arguments that are null",
      [[#"{"index":0,"function":{"name":"skip","arguments":null}}"#]], ["skip()"]
    ),
    ("arguments cut off", [[piece(#"{"for":"Ad"#, name: "vote", id: "a")]], [#"vote({"for":"Ad)"#]),
    ("no name", [[piece(ada, id: "a")]], []),
  ]

  @Test(arguments: pieces)
  func piecesBecomeCalls(name: String, events: [[String]], calls: [String]) {
    let stream = events.map { calls in
      #"data: {"choices":[{"delta":{"tool_calls":[\#(calls.joined(separator: ","))]}}]}"# + "\n\n"
    }
    let text = #"data: {"model":"m","choices":[{"delta":{"content":"Well. "}}]}"# + "\n\n"
    let end = #"data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"# + "\n\n"
    for body in [stream.joined() + end, text + stream.joined(separator: text) + end] {
      let live = LiveReply()
      let decoder = decode(body, into: live)
      #expect(Completion(decoder).toolCalls.map { "\($0.name)(\($0.arguments))" } == calls, "\(name)")
      #expect(live.text.isEmpty == (body == stream.joined() + end), "\(name)")
    }
  }

  @Test func thePiecesOfEndlessArgumentsAreNotReadAgainAndAgain() {
    var calls = ToolCallAssembly()
    for _ in 0..<60_000 {
      calls.add(ToolCallDelta(index: nil, name: "vote", arguments: #"{"a":{}"#))
    }
    #expect(calls.calls.count == 1)
  }

  // MARK: Whole replies of all dialects

  static func openAI(_ calls: JSONValue, text: JSONValue = .null) -> Answer {
    .json([
      "choices": [
        [
          "index": 0, "message": ["role": "assistant", "content": text, "tool_calls": calls],
          "finish_reason": "tool_calls",
        ]
      ]
    ])
  }

  static let call: JSONValue = [
    "id": "a", "type": "function", "function": ["name": "vote", "arguments": #"{"for":"Ada"}"#],
  ]
  static let object: JSONValue = ["function": ["name": "vote", "arguments": ["for": "Ada"]]]
  static let block: JSONValue = [
    "type": "tool_use", "id": "a", "name": "vote", "input": ["for": "Ada"],
  ]

  static func anthropic(_ blocks: JSONValue...) -> Answer {
    .json([
      "type": "message", "role": "assistant", "content": .array(blocks), "stop_reason": "tool_use",
    ])
  }

  static func ollama(_ text: String, isLast: Bool, calls: JSONValue) -> JSONValue {
    var line: JSONObject = [
      "model": "m", "message": ["role": "assistant", "content": .string(text), "tool_calls": calls],
      "done": .bool(isLast),
    ]
    if isLast { line["done_reason"] = "stop" }
    return .object(line)
  }

  static func streamed(_ call: JSONValue) -> ReplyPiece {
    .event(["choices": [["index": 0, "delta": ["tool_calls": [call]]]]])
  }

  static let blockStart: ReplyPiece = .event([
    "type": "content_block_start", "index": 1,
    "content_block": ["type": "tool_use", "id": "a", "name": "vote", "input": [:]],
  ])

  static func blockDelta(_ json: String) -> ReplyPiece {
    .event([
      "type": "content_block_delta", "index": 1,
      "delta": ["type": "input_json_delta", "partial_json": .string(json)],
    ])
  }

  static let toolUse = Answer.Ending(reason: "tool_use")
  static let toolCalls = Answer.Ending(reason: "tool_calls")

  static let replies: [(path: String, Answer, text: String, reason: String?)] = [
    ("/v1/chat/completions", openAI([call]), "", "tool_calls"),
    ("/v1/chat/completions", openAI([call], text: "Well."), "Well.", "tool_calls"),
    ("/v1/chat/completions", openAI([object]), "", "tool_calls"),
    ("/v1/chat/completions", .openAI(streamed(call), ending: toolCalls), "", "tool_calls"),
    ("/v1/chat/completions", .openAI("Well.", streamed(call), ending: toolCalls), "Well.", "tool_calls"),
    ("/v1/chat/completions", .openAI(streamed(call)), "", "stop"),
    (
      "/v1/chat/completions",
      .json([
        "choices": [
          ["message": ["function_call": ["name": "vote", "arguments": #"{"for":"Ada"}"#]]]
        ]
      ]), "", nil
    ),
    ("/v1/messages", anthropic(block), "", "tool_use"),
    ("/v1/messages", anthropic(["type": "text", "text": "Well."], block), "Well.", "tool_use"),
    (
      "/v1/messages",
      .anthropic(
        blockStart, blockDelta(""), blockDelta(#"{"for":"#), blockDelta(#""Ada"}"#), ending: toolUse),
      "", "tool_use"
    ),
    (
      "/v1/messages",
      .anthropic("Well.", blockStart, blockDelta(#"{"for":"Ada"}"#), ending: toolUse), "Well.", "tool_use"
    ),
    ("/api/chat", .json(ollama("", isLast: true, calls: [object])), "", "stop"),
    ("/api/chat", .ollama(.event(ollama("", isLast: false, calls: [object]))), "", "stop"),
    ("/api/chat", .ollama("Well.", .event(ollama("", isLast: false, calls: [object]))), "Well.", "stop"),
    (
      "/api/chat",
      .ollama(.event(ollama("", isLast: true, calls: [object])), ending: .none), "", "stop"
    ),
  ]

  @Test(arguments: replies)
  func aReplyMayBeACall(path: String, answer: Answer, text: String, reason: String?) async throws {
    for answer in [answer, answer.inPieces(of: 7)] {
      let server = try await ScriptedServer(answer)
      let endpoint = try Endpoint.resolve(server.url(path), headers: [:], environment: [:])
      let model = EndpointModel(
        endpoint: endpoint, model: "m", payload: [:], settings: RequestSettings(),
        transport: HTTPTransport())
      let attempt = Attempt()
      var request = ModelRequest(turn: 2, system: nil, messages: [Message(.user, "Hi")])
      request.tools = [ToolRequestTests.vote]
      let completion = try await model.reply(to: request, in: attempt)
      #expect(completion.toolCalls.map { "\($0.name)(\($0.arguments))" } == [#"vote({"for":"Ada"})"#])
      #expect(attempt.live.text == text)
      #expect(completion.finishReason == reason)
      #expect(server.requests[0].json["tools"]?.array?.count == 1)
    }
  }
}
