// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import ResonantCore

@Suite struct BuiltinModelTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func ask(
    _ name: String, payload: JSONObject = [:], participant: String = "Ada", heard: [String] = ["Hi."],
    ownTurns: Int = 0
  ) async throws -> String {
    let model = try BuiltinModel.make(
      name, payload: payload, participant: participant, directory: directory.path)
    let live = LiveReply()
    let request = ModelRequest(
      turn: 2, system: nil, messages: heard.map { Message(.user, $0) }, ownTurns: ownTurns)
    let completion = try await model.reply(to: request, in: Attempt(live))
    #expect(completion.finishReason == (completion.toolCalls.isEmpty ? "stop" : "tool_calls"))
    return live.text
  }

  private func problem(_ name: String, payload: JSONObject = [:]) -> String? {
    let error = #expect(throws: InvalidValue.self) {
      try BuiltinModel.make(name, payload: payload, participant: "Ada", directory: directory.path)
    }
    return error?.description.replacing(directory.path + "/", with: "")
  }

  @Test func echoSaysWhatItHeardLast() async throws {
    #expect(try await ask("echo", heard: ["a", "  two\n\n words  🙂"]) == "  two\n\n words  🙂")
    #expect(try await ask("echo", heard: []) == "…")
  }

  @Test(arguments: [
    "[\"one\", \"two\\n\\nlines\", \"é🙂\"]", " \n[\n\"one\",\"two\\n\\nlines\",\"é🙂\"\n]\n",
    "\"one\"\n\"two\\n\\nlines\"\r\n\n\"é🙂\"",
  ])
  func aScriptIsSaidLineByLineAndThenExhausted(file: String) async throws {
    try directory.write(file, to: "lines.json")
    #expect(try await ask("script:lines.json") == "one")
    #expect(try await ask("script:lines.json", ownTurns: 2) == "é🙂")
    #expect(try await ask("script:\(directory.path("lines.json"))", ownTurns: 1) == "two\n\nlines")
    let error = await #expect(throws: ModelError.self) { try await ask("script:lines.json", ownTurns: 3) }
    #expect(error?.kind == .exhausted)
  }

  @Test func aReplaySaysWhatItsParticipantGenerated() async throws {
    var transcript = Transcript.fixture(turns: 8)
    transcript.turns[0].outcome = .opening
    transcript.turns[2].outcome = .truncated
    transcript.turns[4].outcome = .injected
    try directory.write(String(decoding: transcript.file, as: UTF8.self), to: "a.jsonl")
    #expect(try await ask("replay:a.jsonl") == "turn 3")
    #expect(try await ask("replay:a.jsonl", ownTurns: 1) == "turn 7")
    #expect(try await ask("replay:a.jsonl", participant: "Bob") == "turn 2")
    let error = await #expect(throws: ModelError.self) { try await ask("replay:a.jsonl", ownTurns: 2) }
    #expect(error?.kind == .exhausted)
    let nobody = #expect(throws: InvalidValue.self) {
      try BuiltinModel.make("replay:a.jsonl", participant: "Eve", directory: directory.path)
    }
    #expect(
      nobody?.description.hasSuffix("no participant is named Eve, only Ada, Bob; use one of these names")
        == true)
  }

  /// What a model says, thinks and calls, as `name(arguments)`.
  private func reply(
    _ name: String, ownTurns: Int = 0, tools: [ResonantCore.Tool] = []
  ) async throws -> [String?] {
    let model = try BuiltinModel.make(name, participant: "Ada", directory: directory.path)
    let live = LiveReply()
    var request = ModelRequest(
      turn: 2, system: nil, messages: [Message(.user, "Hi.")], ownTurns: ownTurns)
    (request.tools, request.requiredTool) = (tools, tools.first?.name)
    let completion = try await model.reply(to: request, in: Attempt(live))
    #expect(completion.finishReason == (completion.toolCalls.isEmpty ? "stop" : "tool_calls"))
    return [live.text, live.thinking] + completion.toolCalls.map { "\($0.name)(\($0.arguments))" }
  }

  @Test(arguments: ["array", "lines"]) func aScriptMayThinkAndCallTools(form: String) async throws {
    let items = [
      #"{"text":"Hello.","thinking":"Well, …","tools":[{"name":"vote","arguments":{"for":"Bob"}}]}"#,
      #"{"tools":[{"name":"vote","arguments":"[1"},{"name":"skip"}]}"#, #"{"thinking":"hm"}"#, #""words""#,
      #"{"text":""}"#,
    ]
    let isArray = form == "array"
    let file = items.joined(separator: isArray ? ",\n" : "\n")
    try directory.write(isArray ? "[\(file)]" : file, to: "lines.json")
    let replies: [[String?]] = [
      ["Hello.", "Well, …", #"vote({"for":"Bob"})"#], ["", nil, "vote([1)", "skip({})"], ["", "hm"],
      ["words", nil], ["", nil],
    ]
    for (index, reply) in replies.enumerated() {
      for tools in [[], [ToolRequestTests.vote]] {
        #expect(try await self.reply("script:lines.json", ownTurns: index, tools: tools) == reply)
      }
    }
  }

  @Test(arguments: ["echo", "eliza", "parry"]) func theOthersAnswerInWords(name: String) async throws {
    let reply = try await reply(name, tools: [ToolRequestTests.vote])
    #expect(reply == [try await ask(name), nil])
  }

  @Test func aReplyThatIsCutCallsNoTool() async throws {
    try directory.write(#"[{"text":"Hello there.","tools":[{"name":"skip"}]}]"#, to: "lines.json")
    let model = try BuiltinModel.make(
      "script:lines.json", payload: ["chunk_chars": 2], participant: "Ada", directory: directory.path)
    let live = LiveReply(limit: 5)
    let completion = try await model.reply(
      to: ModelRequest(turn: 2, system: nil, messages: []), in: Attempt(live))
    #expect(live.text == "Hello")
    #expect(completion == Completion())
  }

  @Test func aReplayThinksAndCallsToolsAlsoWherePassed() async throws {
    var transcript = Transcript.fixture(turns: 8)
    for index in transcript.turns.indices {
      transcript.turns[index].toolCalls = []
      transcript.turns[index].thinking = index == 0 ? "hm" : nil
    }
    transcript.turns[2].toolCalls = [ToolCall(id: "a", name: "vote", arguments: "[1")]
    transcript.turns[4].text = ""
    transcript.turns[4].outcome = .passed
    transcript.turns[4].toolCalls = [ToolCall(name: "skip", arguments: "{}")]
    transcript.turns[6].text = ""
    transcript.events.append(
      Transcript.Event(
        kind: "bio", time: transcript.header.created, after: 0,
        fields: ["speaker": "Ada", "text": "I am Ada."]))
    try directory.write(String(decoding: transcript.file, as: UTF8.self), to: "a.jsonl")
    let replies: [[String?]] = [
      ["I am Ada.", nil], ["turn 1", "hm"], ["turn 3", nil, "vote([1)"], ["", nil, "skip({})"],
    ]
    for (index, reply) in replies.enumerated() {
      let found = try await self.reply("replay:a.jsonl", ownTurns: index)
      #expect(found == reply)
    }
    let error = await #expect(throws: ModelError.self) { try await reply("replay:a.jsonl", ownTurns: 4) }
    #expect(error?.kind == .exhausted)
  }

  static let badItems: [(item: String, words: String)] = [
    (#"{}"#, "there is neither text nor thinking nor a tool"),
    (#"{"tools":[]}"#, "there is neither text nor thinking nor a tool"),
    (#"{"text":5}"#, "text: expected a string, found a number"),
    (#"{"text":null}"#, "text: expected a string, found null"),
    (#"{"text":"a","thinking":[]}"#, "thinking: expected a string, found an array"),
    (#"{"text":"a","tools":{}}"#, "tools: expected an array, found an object"),
    (#"{"text":"a","tool":[]}"#, #"there is no key "tool", only text, thinking, tools"#),
    (#"{"tools":["skip"]}"#, "tools[0]: expected an object, found a string"),
    (#"{"tools":[{"name":"a"},{"arguments":{}}]}"#, "tools[1]: name is missing"),
    (#"{"tools":[{"name":""}]}"#, "tools[0]: name is missing"),
    (#"{"tools":[{"name":"a","input":{}}]}"#, #"tools[0]: there is no key "input", only name, arguments"#),
    (
      #"{"tools":[{"name":"a","arguments":[1]}]}"#,
      "tools[0]: arguments: expected an object or a string, found an array"
    ),
  ]

  @Test(arguments: badItems) func badItemsAreNamedWithThePlace(item: String, words: String) throws {
    try directory.write("[\"a\", \(item)]", to: "bad.json")
    #expect(problem("script:bad.json") == "the script bad.json, item 2: \(words)")
  }

  @Test func badFilesAreNamedWithThePlace() throws {
    try directory.write("[\"a\", 5]", to: "number.json")
    try directory.write("\"a\"\n{\"b\":1}\n", to: "object.jsonl")
    try directory.write("[\"a\", ", to: "torn.json")
    try directory.write("hello\n", to: "text.txt")
    #expect(
      problem("script:number.json")
        == "the script number.json, item 2: expected a string or an object, found a number")
    #expect(
      problem("script:object.jsonl")
        == "the script object.jsonl, line 2: there is no key \"b\", only text, thinking, tools")
    #expect(problem("script:torn.json")?.hasPrefix("the script torn.json: no JSON: line 1, ") == true)
    #expect(problem("script:text.txt")?.hasPrefix("the script text.txt, line 1: no JSON: ") == true)
    #expect(problem("script:no.json") == "there is no script no.json")
    #expect(problem("replay:no.jsonl") == "no.jsonl: there is no such file")
    #expect(problem("replay:text.txt")?.hasPrefix("text.txt: this is no transcript") == true)
  }

  @Test(arguments: ["", "elisa", "script", "script:", "eliza:x", "echo:"])
  func otherNamesAreNoModels(name: String) {
    #expect(problem(name)?.hasPrefix("there is no builtin model \"\(name)\"; there are eliza") == true)
  }

  @Test(arguments: [
    ("chunk_ms", JSONValue.int(-1)), ("chunk_ms", "5"), ("chunk_ms", 1.5), ("chunk_ms", 1e12),
    ("chunk_chars", 0),
    ("chunk_chars", .null), ("chunk_chars", 2.5),
  ])
  func paceOutsideItsRangeIsRefused(key: String, value: JSONValue) {
    #expect(
      problem("echo", payload: [key: value])?.hasPrefix("payload.\(key) must be a whole number") == true)
  }

  @Test func textComesInWordsOrInChunksOfTheGivenSize() throws {
    let text = "Wörter und\n\n  👩‍👩‍👧 e\u{301}!"
    for payload in [[:], ["chunk_chars": 1], ["chunk_chars": 4], ["chunk_chars": 1000]] as [JSONObject] {
      #expect(try Pace(payload).chunks(of: text).joined() == text)
    }
    #expect(try Pace([:]).chunks(of: text) == ["Wörter ", "und\n\n  ", "👩‍👩‍👧 ", "e\u{301}!"])
    #expect(try Pace(["chunk_chars": 4]).chunks(of: "abcdefghij") == ["abcd", "efgh", "ij"])
  }

  @Test func aCutEndsAReplyThatWaits() async throws {
    let model = try BuiltinModel.make(
      "echo", payload: ["chunk_ms": 3_600_000, "chunk_chars": 1], participant: "Ada")
    let live = LiveReply()
    let request = ModelRequest(turn: 2, system: nil, messages: [Message(.user, "text")])
    async let completion = model.reply(to: request, in: Attempt(live))
    live.cut(.signal)
    #expect(try await completion.finishReason == nil)
    #expect(live.text == "")
  }

  @Test func aReplyStopsAtTheLimit() async throws {
    let live = LiveReply(limit: 10)
    let model = try BuiltinModel.make("echo", participant: "Ada")
    let request = ModelRequest(
      turn: 2, system: nil, messages: [Message(.user, String(repeating: "word ", count: 100))])
    _ = try await model.reply(to: request, in: Attempt(live))
    #expect(live.verdict == .limit && live.text == "word word")
  }

  @Test func cancellingEndsAReplyThatWaits() async throws {
    let model = try BuiltinModel.make("echo", payload: ["chunk_ms": 3_600_000], participant: "Ada")
    let request = ModelRequest(turn: 2, system: nil, messages: [Message(.user, "text")])
    let task = Task { try await model.reply(to: request, in: Attempt()) }
    task.cancel()
    let result = await task.result
    #expect(throws: ModelError.self) { try result.get() }
  }
}
