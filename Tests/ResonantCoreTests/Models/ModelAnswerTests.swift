// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

@Suite struct ModelAnswerTests {
  private let request = ModelRequest(turn: 1, system: nil, messages: [Message(.user, "who is next?")])

  @Test func anAnswerThatTakesTooLongIsGivenUp() async {
    let model = ScriptedModel([.hangs(after: "I think")])
    let error = await #expect(throws: ModelError.self) {
      try await model.answer(to: request, within: .milliseconds(1))
    }
    #expect(error?.kind == .timeout)
  }

  @Test func whoIsCancelledIsNotTooSlow() async {
    let model = ScriptedModel([.hangs(after: "I think")])
    let asking = Task { try await model.answer(to: request, within: .seconds(60)) }
    while model.requests.isEmpty { await Task.yield() }
    asking.cancel()
    let error = await #expect(throws: ModelError.self) { try await asking.value }
    #expect(error?.kind == .cancelled)
  }

  @Test func usageIsEstimatedWhereNoneIsReported() async throws {
    let answer = try await ScriptedModel(says: "Bob").answer(to: request, within: .seconds(60))
    #expect(answer.text == "Bob")
    #expect(answer.usage == Usage(promptTokens: 3, completionTokens: 1, estimated: true))
  }

  @Test(
    arguments: [
      ([("pick", #"{"name":"Bob"}"#)], "", "Bob"),
      ([("other", "{}"), ("pick", #"{"name":"Bob"}"#)], "", "Bob"),
      ([], #"{"name":"Bob"}"#, "Bob"), ([], "Bob", nil), ([], "", nil), ([("pick", "[]")], "", nil),
      ([("pick", #"{"name":"#)], "", nil),
    ] as [([(String, String)], String, String?)])
  func theArgumentsOfARequiredCall(calls: [(String, String)], text: String, name: String?) {
    var completion = Completion()
    completion.toolCalls = calls.map { ToolCall(name: $0.0, arguments: $0.1) }
    let answer = ModelAnswer(text: text, completion: completion, usage: .zero)
    #expect(answer.call(of: "pick").arguments?["name"]?.string == name)
  }
}
