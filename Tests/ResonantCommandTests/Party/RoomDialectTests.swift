// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// A room whose models speak different dialects, with tools in each.
struct RoomDialectTests {
  private static let next = "request_next_speaker"

  private static func openAI(_ request: RecordedRequest) -> Answer {
    .calling("from o", next, #"{"participant":"c"}"#)
  }

  private static let anthropic: @Sendable (RecordedRequest) -> Answer = { _ in
    let call: [JSONValue] = [
      [
        "type": "content_block_start", "index": 1,
        "content_block": ["type": "tool_use", "id": "t1", "name": .string(next), "input": [:]],
      ],
      [
        "type": "content_block_delta", "index": 1,
        "delta": ["type": "input_json_delta", "partial_json": #"{"participant""#],
      ],
      [
        "type": "content_block_delta", "index": 1,
        "delta": ["type": "input_json_delta", "partial_json": #":"l"}"#],
      ],
      ["type": "content_block_stop", "index": 1],
    ]
    return .anthropic("from c", .event(call[0]), .event(call[1]), .event(call[2]), .event(call[3]))
  }

  private static let ollama: @Sendable (RecordedRequest) -> Answer = { _ in
    let call: JSONValue = [
      "function": ["name": .string(next), "arguments": ["participant": "o"]]
    ]
    return .ollama(
      "from l",
      .event([
        "model": "l", "message": ["role": "assistant", "content": "", "tool_calls": [call]], "done": false,
      ]))
  }

  @Test func threeDialectsHoldARoomTogether() async throws {
    let o = try await ScriptedServer(script: Self.openAI)
    let c = try await ScriptedServer(script: Self.anthropic)
    let l = try await ScriptedServer(script: Self.ollama)
    let directory = try TemporaryDirectory()
    try directory.write(
      """
      { providers: [
          { url: "\(o.url("/v1"))", models: ["o"], payload: { temperature: 0.5 } },
          { url: "\(c.url("/v1/messages"))", models: ["c"], headers: { "x-api-key": "k" } },
          { url: "\(l.url("/api/chat"))", models: ["l"] },
        ], human_speaker: false, intros: false }
      """, to: "config.json5")
    let ended = try await ResonantBinary.run(
      ["party", "--topic", "T", "--max-turns", "7", "--name", "r", "--no-html", "--order", "chain"],
      in: directory, input: "/next o\n/go\n")
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try WrittenTranscript(directory.read("r.jsonl"))
    #expect(written.speakers == ["o", "c", "l", "o", "c", "l", "o"])
    #expect(written.outcomes.allSatisfy { $0 == "finished" })
    #expect(written.turns.allSatisfy { $0["usage"]?["prompt_tokens"]?.int == 11 })
    let last = (try #require(o.requests.last), try #require(c.requests.last), try #require(l.requests.last))
    judgeOpenAI(last.0)
    judgeAnthropic(last.1)
    judgeOllama(last.2)
  }

  private func judgeOpenAI(_ request: RecordedRequest) {
    #expect(request.tools == [Self.next, "skip"])
    #expect(request.json["temperature"]?.double == 0.5)
    #expect(request.heard.suffix(2) == ["user c: [c]: from c", "user l: [l]: from l"])
  }

  private func judgeAnthropic(_ request: RecordedRequest) {
    #expect((request.json["tools"]?.array ?? []).compactMap { $0["name"]?.string } == [Self.next, "skip"])
    #expect(request.json["system"] != nil && request.json["max_tokens"] != nil)
    let messages = request.json["messages"]?.array ?? []
    #expect(messages.allSatisfy { $0["name"] == nil })
    let roles = messages.compactMap { $0["role"]?.string }
    #expect(roles.first == "user" && zip(roles, roles.dropFirst()).allSatisfy { $0 != $1 })
    #expect(request.spoken.last?.contains("[o]: from o") == true)
  }

  private func judgeOllama(_ request: RecordedRequest) {
    #expect(request.tools == [Self.next, "skip"])
    #expect(request.spoken.last?.hasSuffix("[c]: from c") == true)
  }

  @Test(arguments: ["/v1/messages", "/api/chat"])
  func theModeratorMaySpeakAnotherDialect(path: String) async throws {
    let arguments: JSONValue = ["participant": "b"]
    let moderator = try await ScriptedServer { _ in
      path == "/api/chat"
        ? .json([
          "model": "m", "done": true,
          "message": [
            "role": "assistant", "content": "",
            "tool_calls": [["function": ["name": .string(Self.next), "arguments": arguments]]],
          ],
        ])
        : .json([
          "type": "message", "role": "assistant", "stop_reason": "tool_use",
          "content": [["type": "tool_use", "id": "t", "name": .string(Self.next), "input": arguments]],
        ])
    }
    let parlour = try await Parlour()
    try parlour.config(
      ["a", "b", "c"],
      "human_speaker: false, intros: false, moderator: { url: \"\(moderator.url(path))\", model: \"m\" }")
    let ended = try await parlour.party("--go", "--order", "moderator", "--max-turns", "1")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try parlour.transcript().speakers == ["b"])
    #expect(try parlour.transcript().events("selection").first?["valid"] == true)
    let body = moderator.requests[0].json
    if path == "/v1/messages" {
      #expect(body["tool_choice"]?["name"]?.string == Self.next)
    }
    #expect(body["stream"] == false || body["stream"] == nil)
  }
}
