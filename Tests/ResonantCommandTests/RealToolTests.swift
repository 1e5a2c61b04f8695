// SPDX-License-Identifier: MIT

import HTTPTransport
import ResonantCore
import TestSupport
import Testing

/// Tools with real servers, which `scripts/test --servers` starts. The models are tiny: what they say means nothing, but
/// a call that is required comes, and with the arguments that its schema allows.
@Suite(.serialized) struct RealToolTests {
  static let vote = ResonantCore.Tool(
    name: "vote", description: "Votes for a speaker.",
    parameters: [
      "type": "object", "properties": ["for": ["type": "string", "enum": ["Ada", "Bob"]]],
      "required": ["for"],
    ])

  private func ask(
    _ server: String, _ path: String, model: String, required: Bool, stream: Bool,
    _ dependencies: EndpointModel.Dependencies = EndpointModel.Dependencies()
  ) async throws -> (Completion, text: String) {
    let url = try #require(RealServer.url(server), "scripts/test --servers starts the real servers")
    let model = EndpointModel(
      endpoint: try Endpoint.resolve(url + path, headers: [:], environment: [:]), model: model, payload: [:],
      settings: RequestSettings(), transport: HTTPTransport(), dependencies: dependencies)
    var request = ModelRequest(
      turn: 2, system: SharedText("You are Ada."),
      messages: [Message(.user, "Hello!", extra: ["name": "Eve"])], stream: stream)
    request.tools = [Self.vote]
    request.requiredTool = required ? "vote" : nil
    request.fields = ["max_tokens": 400, "temperature": 0.7]
    let attempt = Attempt()
    return (try await model.reply(to: request, in: attempt), attempt.live.text)
  }

  private func check(_ server: String, _ path: String, stream: Bool) async throws {
    // The requests share what is learned of the endpoint.
    let dependencies = EndpointModel.Dependencies()
    var lacking = 0
    for _ in 1...6 {
      let (completion, text) = try await ask(
        server, path, model: "tool", required: true, stream: stream, dependencies)
      let answer = ToolAnswer("vote", in: completion, text: text)
      // llama.cpp ignores the name of the tool, which shows with the first answer in words; from then on, any call is
      // required of it, and there is only one tool.
      if answer.arguments == nil, path == "/v1/chat/completions" {
        lacking += 1
        #expect(lacking == 1, "\(answer)")
        continue
      }
      #expect(["Ada", "Bob"].contains(answer.arguments?["for"]?.string), "\(answer)")
      let (free, words) = try await ask(server, path, model: "tool", required: false, stream: stream)
      #expect(!free.toolCalls.isEmpty || !words.isEmpty)
      #expect(free.toolCalls.allSatisfy { $0.name == "vote" })
    }
  }

  @Test(.needsServer("tool"), arguments: ["/v1/chat/completions", "/v1/messages"], [true, false])
  func llamaCallsTools(path: String, stream: Bool) async throws {
    try await check("tool", path, stream: stream)
  }

  @Test(.needsServer("ollama"), arguments: [true, false])
  func ollamaCallsTools(stream: Bool) async throws {
    try await check("ollama", "/api/chat", stream: stream)
  }

  @Test(.needsServer("ollama"), arguments: ["/api/chat", "/v1/chat/completions"])
  func aModelWithoutToolsIsToldApart(path: String) async throws {
    let error = await #expect(throws: ModelError.self) {
      try await ask("ollama", path, model: "tiny", required: true, stream: true)
    }
    #expect(error?.kind == .toolsRefused)
    #expect(error?.message.contains("it takes no tools") == true, "\(error?.message ?? "")")
  }
}
