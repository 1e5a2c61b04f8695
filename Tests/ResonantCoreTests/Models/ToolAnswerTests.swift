// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

@Suite struct ToolAnswerTests {
  static let object: JSONObject = ["a": 1]
  static let json = #"{"a":1}"#

  static let answers: [(calls: [(String, String)], text: String, ToolAnswer)] = [
    ([("vote", json)], "", .arguments(object)),
    ([("vote", json)], "I think so.", .arguments(object)),
    ([("other", "{}"), ("vote", json)], "", .arguments(object)),
    ([("vote", #"{"a""#), ("vote", json)], "", .arguments(object)),
    ([("vote", json), ("vote", #"{"a":2}"#)], "", .arguments(object)),
    ([("vote", "")], "", .arguments([:])),
    ([("vote", " {} ")], "", .arguments([:])),
    ([("vote", #"{"a":"#)], "", .malformed(#"{"a":"#)),
    ([("vote", "[1]")], json, .malformed("[1]")),
    ([("vote", #""Bob""#)], "", .malformed(#""Bob""#)),
    ([], json, .arguments(object)),
    ([], " \n\(json)\n", .arguments(object)),
    ([("other", "{}")], json, .arguments(object)),
    ([], "```json\n\(json)\n```", .arguments(object)),
    ([], "```\n\(json)\n```\nThat is all.", .arguments(object)),
    ([], "Here it is:\n```json\n\(json)\n```", .arguments(object)),
    ([], "``` \(json) ```", .arguments(object)),
    ([], "```json\n\(json)", .arguments(object)),
    ([], "<think>{\"b\":2}?</think>\(json)", .arguments(object)),
    ([], "<THINKING>so</THINKING>\n\(json)", .arguments(object)),
    ([], "opened in the prompt</think>\n\n```json\n\(json)\n```", .arguments(object)),
    ([], #"{"a":"</think>"}"#, .arguments(["a": "</think>"])),
    ([], #"{"name":"vote","arguments":{"a":1}}"#, .arguments(object)),
    ([], #"{"name":"vote","parameters":{"a":1}}"#, .arguments(object)),
    (
      [], "Well.\n<tool_call>\n{\"name\":\"vote\",\"arguments\":{\"a\":1}}\n</tool_call>", .arguments(object)
    ),
    ([], #"{"name":"Eve","arguments":{"a":1}}"#, .arguments(["name": "Eve", "arguments": ["a": 1]])),
    ([], "Bob", .other("Bob")),
    ([], "I say \(json)", .other("I say \(json)")),
    ([], "<think>\(json)", .other("<think>\(json)")),
    ([], "<think>\(json)</think>", .other("<think>\(json)</think>")),
    ([], "[1]", .other("[1]")),
    ([("other", "{}")], "", .other("other({})")),
    ([("other", "{}")], "Well.", .other("Well.\nother({})")),
    ([], "", .empty), ([], " \n", .empty),
  ]

  @Test(arguments: answers)
  func anAnswerIsReadWhereverItStands(calls: [(String, String)], text: String, answer: ToolAnswer) {
    var completion = Completion()
    completion.toolCalls = calls.map { ToolCall(name: $0.0, arguments: $0.1) }
    #expect(ToolAnswer("vote", in: completion, text: text) == answer, "\(calls) \(text)")
  }

  @Test func onlyArgumentsCanBeUsed() {
    #expect(ToolAnswer.arguments(Self.object).arguments == Self.object)
    #expect(ToolAnswer.malformed("[1]").arguments == nil)
    #expect(ToolAnswer.other("Bob").arguments == nil)
    #expect(ToolAnswer.empty.arguments == nil)
  }
}
