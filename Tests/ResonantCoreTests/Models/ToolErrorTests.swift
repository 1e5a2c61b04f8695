// SPDX-License-Identifier: MIT

import HTTPTransport
import TestSupport
import Testing

@testable import ResonantCore

/// Servers and models that take no tools, or cannot be made to call one.
@Suite(.timeLimit(.minutes(5))) struct ToolErrorTests {
  static let said: [(String, ErrorIntent?)] = [
    ("registry.ollama.ai/library/gemma3:4b does not support tools", .toolsRefused),
    ("tools param requires --jinja flag", .toolsRefused),
    (
      #""auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set"#,
      .toolsRefused
    ),
    ("No endpoints found that support tool use. To learn more about provider routing, visit", .toolsRefused),
    (
      "Invalid request content: The model does not support tool use or function calling but tools or tool_choice have "
        + "been specified on the request.", .toolsRefused
    ),
    ("This model doesn't support tool use in streaming mode.", .toolsRefused),
    ("`tool calling` is not supported with this model", .toolsRefused),
    ("Function calling is not enabled for models/gemma-3-27b-it", .toolsRefused),
    ("Tool use with function calling is unsupported by the model.", .toolsRefused),
    ("Functions are not supported for this API version or this model version.", .toolsRefused),
    ("deepseek-reasoner does not support Function Calling", .toolsRefused),
    ("deepseek-reasoner does not support this tool_choice", .callNotRequired),
    ("Thinking mode does not support this tool_choice", .callNotRequired),
    ("Thinking may not be enabled when tool_choice forces tool use.", .callNotRequired),
    ("tool_choice 'specified' is incompatible with thinking enabled", .callNotRequired),
    (
      "<400> InternalError.Algo.InvalidParameter: The tool_choice parameter does not support being set to required or "
        + "object in thinking mode", .callNotRequired
    ),
    ("No endpoints found that support the provided 'tool_choice' value.", .callNotRequired),
    (
      "Invalid tool_choice type: 'object'. Supported string values: none, auto, required", .callNotRequired
    ),
    ("Only allowed string values for 'tool_choice' are none, auto, and required", .callNotRequired),
    (#"Supported tool_choice values are "auto" and "none" currently."#, .callNotRequired),
    ("Tool choices other than 'auto' are not supported with model 'm'", .callNotRequired),
    ("This model doesn't support the toolConfig.toolChoice.any field.", .callNotRequired),
    (#"tool_choice="required" requires --tool-call-parser to be set"#, .callNotRequired),
    ("tool_choice param requires --jinja flag", .callNotRequired),
    (
      "tool_use_failed Failed to call a function. Please adjust your prompt. See 'failed_generation'",
      .callFailed
    ),
    ("error parsing tool call: raw='{', err=unexpected end of JSON input", .callFailed),
    ("No endpoints found for m", .modelUnknown),
    ("\"m\" does not support thinking", .parameterRefused),
    ("the tool shed is on fire", nil),
  ]

  @Test(arguments: said) func whatAnErrorIsAbout(words: String, intent: ErrorIntent?) {
    #expect(ErrorIntent(ProviderError(words), status: 400) == intent)
  }

  // MARK: What a caller learns

  func model(
    _ server: ScriptedServer, _ path: String = "/v1/chat/completions", payload: JSONObject = [:],
    retries: Int = 1, name: String = "m",
    capabilities: EndpointModel.Capabilities = EndpointModel.Capabilities()
  ) throws -> EndpointModel {
    var settings = RequestSettings()
    settings.retries = retries
    var dependencies = EndpointModel.Dependencies()
    dependencies.pacing = EndpointModel.Pacing(sleep: { _ in }, now: { 784_111_777 }, random: { 0 })
    dependencies.capabilities = capabilities
    return EndpointModel(
      endpoint: try Endpoint.resolve(server.url(path), headers: [:], environment: [:]), model: name,
      payload: payload, settings: settings, transport: HTTPTransport(), dependencies: dependencies)
  }

  func failure(
    _ model: EndpointModel, tools: [ResonantCore.Tool] = [ToolRequestTests.vote], stream: Bool = true
  ) async -> ModelError? {
    var request = ModelRequest(turn: 2, system: nil, messages: [Message(.user, "Hi")], stream: stream)
    (request.tools, request.requiredTool) = (tools, tools.first?.name)
    do throws(ModelError) {
      _ = try await model.reply(to: request, in: Attempt())
      return nil
    } catch {
      return error
    }
  }

  static let paths = ["/v1/chat/completions", "/v1/messages", "/api/chat"]

  static let refusals: [(words: String, status: Int, requests: Int, advice: String)] = [
    ("m does not support tools", 400, 1, "; it takes no tools: use another model or server for them"),
    ("tools param requires --jinja flag", 500, 1, "; it takes no tools"),
    ("No endpoints found that support tool use.", 404, 1, "; it takes no tools"),
    ("Unrecognized request argument supplied: tools", 404, 1, "; it takes no tools"),
    ("property 'tools' is unsupported", 400, 1, "; it takes no tools"),
    ("This model doesn't support tool use in streaming mode.", 400, 1, "; --no-stream asks for"),
    (
      "m does not support this tool_choice", 400, 1,
      "; the call of a tool cannot be required of it: use another model"
    ),
    (
      "Thinking may not be enabled when tool_choice forces tool use.", 400, 1,
      "; the call of a tool cannot be required of it while it thinks: turn its thinking off in --payload"
    ),
    ("Failed to call a function. Please adjust your prompt.", 400, 2, "; another model may be better at"),
  ]

  @Test(arguments: paths, refusals)
  func aRefusalOfToolsIsToldApart(
    path: String, refusal: (words: String, status: Int, requests: Int, advice: String)
  ) async throws {
    let server = try await ScriptedServer { _ in .error(refusal.status, refusal.words) }
    let error = try #require(await failure(try model(server, path)))
    #expect(error.kind == .toolsRefused)
    #expect(error.status == refusal.status)
    #expect(error.message.contains(refusal.advice), "\(error.message)")
    // A call that failed may succeed the next time, and one that was named if it need not have the name.
    let isNamed = refusal.advice.contains("required of it") && path == Self.paths[0] && refusal.status == 400
    #expect(server.requests.count == (isNamed ? 2 : refusal.requests))
    // Without tools, it is an error like any other.
    #expect(await failure(try model(server, path), tools: [])?.kind == .refused)
  }

  @Test func aRefusalInsideTheReplyIsTheSame() async throws {
    let event: JSONValue = [
      "error": ["message": "Failed to call a function.", "code": "tool_use_failed"]
    ]
    let server = try await ScriptedServer { _ in .openAI(.event(event), ending: .none) }
    let error = await failure(try model(server))
    #expect(error?.kind == .toolsRefused)
    #expect(server.requests.count == 2)
  }

  @Test func otherErrorsAreNotAboutTools() async throws {
    for words in ["the server is down", "Unsupported parameter: 'top_k'", "The model `m` does not exist"] {
      let server = try await ScriptedServer { _ in .error(400, words) }
      #expect(await failure(try model(server))?.kind == .refused, "\(words)")
    }
  }

  @Test func toolsOfThePayloadAreTheUsersOwn() async throws {
    let server = try await ScriptedServer { _ in .error(400, "m does not support tools") }
    let error = await failure(try model(server, payload: ["tools": [["type": "function"]]]))
    #expect(error?.kind == .refused)
    #expect(error?.message.hasSuffix("; leave tools out of --payload") == true, "\(error?.message ?? "")")
  }

  /// The `tool_choice` of each request that a server has received.
  static func choices(_ server: ScriptedServer) -> [JSONValue?] {
    server.requests.map { request in
      request.json["tool_choice"]?.string.map(JSONValue.string)
        ?? (request.json["tool_choice"] == nil ? nil : "named")
    }
  }

  @Test func aServerThatRefusesANameIsAskedForAnyCall() async throws {
    let server = try await ScriptedServer { request in
      request.json["tool_choice"] == "required"
        ? .openAI("ok")
        : .error(400, "Invalid tool_choice type: 'object'. Supported string values: none, auto, required")
    }
    #expect(await failure(try model(server, retries: 0)) == nil)
    #expect(Self.choices(server) == ["named", "required"])
  }

  @Test func aServerThatIgnoresANameIsAskedForAnyCallTheNextTime() async throws {
    let server = try await ScriptedServer { _ in .openAI("words") }
    let capabilities = EndpointModel.Capabilities()
    for _ in 0..<2 { #expect(await failure(try model(server, capabilities: capabilities)) == nil) }
    #expect(Self.choices(server) == ["named", "required"])
  }

  // MARK: Fields that are not taken

  static let fixed = "Unsupported value: 'temperature' does not support 0 with this model."
  static let renamed =
    "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."

  @Test func aFieldThatIsRefusedIsLeftOutFromThenOn() async throws {
    let server = try await ScriptedServer { request in
      if request.json["model"] != "m" { return .openAI("Hi") }
      if request.json["temperature"] != nil { return .error(400, Self.fixed) }
      return request.json["max_tokens"] == nil ? .openAI("Hi") : .error(400, Self.renamed)
    }
    let capabilities = EndpointModel.Capabilities()
    var request = ModelRequest(turn: 2, system: nil, messages: [Message(.user, "Hi")])
    request.fields = ["max_tokens": 300, "temperature": 0]
    for name in ["m", "m", "other"] {
      let model = try model(server, retries: 0, name: name, capabilities: capabilities)
      #expect(try await model.reply(to: request, in: Attempt()).retries == 0)
    }
    let sent = server.requests.map { request in
      ["temperature", "max_tokens"].filter { request.json[$0] != nil }
    }
    #expect(
      sent == [["temperature", "max_tokens"], ["max_tokens"], [], [], ["temperature", "max_tokens"]])
  }

  @Test func aFieldOfThePayloadIsKept() async throws {
    let server = try await ScriptedServer { _ in .error(400, Self.fixed) }
    var request = ModelRequest(turn: 2, system: nil, messages: [Message(.user, "Hi")])
    request.fields = ["temperature": 0]
    let model = try model(server, payload: ["temperature": 1])
    let error = await #expect(throws: ModelError.self) { try await model.reply(to: request, in: Attempt()) }
    #expect(error?.message.contains("leave temperature out of --payload") == true)
    #expect(server.requests.count == 1)
  }
}
