// SPDX-License-Identifier: MIT

import HTTPTransport
import Synchronization
import TestSupport
import Testing

@testable import ResonantCore

@Suite(.timeLimit(.minutes(5))) struct EndpointModelTests {
  /// What was slept, by a clock that does not sleep.
  final class Waits: Sendable {
    let all = Mutex<[Duration]>([])
    var value: [Duration] { all.withLock { $0 } }
    var pacing: EndpointModel.Pacing {
      EndpointModel.Pacing(
        sleep: { wait in self.all.withLock { $0.append(wait) } }, now: { 784_111_777 }, random: { 0 })
    }
  }

  let waits = Waits()
  let attempt = Attempt()
  var live: LiveReply { attempt.live }

  func model(
    _ server: ScriptedServer, _ path: String = "/v1/chat/completions", headers: JSONObject = [:],
    payload: JSONObject = [:], retries: Int = 3,
    _ change: (inout EndpointModel.Dependencies) -> Void = { _ in }
  ) throws -> EndpointModel {
    var settings = RequestSettings()
    settings.retries = retries
    let endpoint = try Endpoint.resolve(server.url(path), headers: headers, environment: [:])
    var dependencies = EndpointModel.Dependencies()
    dependencies.pacing = waits.pacing
    change(&dependencies)
    return EndpointModel(
      endpoint: endpoint, model: "m", payload: payload, settings: settings, transport: HTTPTransport(),
      dependencies: dependencies)
  }

  func ask(_ model: EndpointModel, stream: Bool = true) async throws(ModelError) -> Completion {
    let request = ModelRequest(turn: 2, system: nil, messages: [Message(.user, "Hello!")], stream: stream)
    return try await model.reply(to: request, in: attempt)
  }

  func failure(_ model: EndpointModel) async -> ModelError? {
    do throws(ModelError) {
      _ = try await ask(model)
      return nil
    } catch {
      return error
    }
  }

  // MARK: Replies

  @Test func streamsOfAllDialectsAreRead() async throws {
    let cases: [(String, Answer)] = [
      ("/v1/chat/completions", .openAI(.thinking("hm"), "Hel", "lo")),
      ("/v1/messages", .anthropic(.thinking("hm"), "Hel", "lo")),
      ("/api/chat", .ollama(.thinking("hm"), "Hel", "lo")),
    ]
    for (path, answer) in cases {
      let server = try await ScriptedServer(answer)
      let live = LiveReply()
      let request = ModelRequest(turn: 2, system: nil, messages: [Message(.user, "Hello!")])
      let completion = try await model(server, path).reply(to: request, in: Attempt(live))
      #expect(live.text == "Hello", "\(path)")
      #expect(live.thinking == "hm", "\(path)")
      #expect(completion.usage == Usage(promptTokens: 11, completionTokens: 7), "\(path)")
      #expect(completion.retries == 0)
      #expect(server.requests[0].messages == ["user: Hello!"])
      #expect(server.requests[0].header("content-type") == "application/json")
    }
  }

  @Test func aWholeReplyIsReadEvenWhenAStreamWasAsked() async throws {
    let server = try await ScriptedServer(.openAIWhole("Hi"), .anthropicWhole("Hi"), .ollamaWhole("Hi"))
    let model = try model(server)
    for _ in 0..<3 {
      let live = LiveReply()
      _ = try await model.reply(to: ModelRequest(turn: 2, system: nil, messages: []), in: Attempt(live))
      #expect(live.text == "Hi")
    }
    #expect(server.connections == 1)
  }

  @Test func noStreamIsAskedForWhenNoneIsWanted() async throws {
    let server = try await ScriptedServer(.openAIWhole("Hi"))
    let completion = try await ask(model(server), stream: false)
    #expect(server.requests[0].json["stream"] == false)
    #expect(completion.finishReason == "stop")
  }

  @Test func aCutClosesTheConnectionAndIsNoError() async throws {
    let server = try await ScriptedServer(.openAI("abc", .stall))
    let live = LiveReply(limit: 2)
    _ = try await model(server).reply(to: ModelRequest(turn: 2, system: nil, messages: []), in: Attempt(live))
    #expect(live.verdict == .limit)
    #expect(live.text == "ab")
    try await server.waitForAbandon(of: 1)
  }

  @Test func anInterruptFromOutsideEndsASilentRequest() async throws {
    let server = try await ScriptedServer(.silence)
    let model = try model(server)
    async let completion = ask(model)
    try await server.waitForRequest(1)
    live.cut(.signal)
    #expect(try await completion.finishReason == nil)
    #expect(live.verdict == .signal)
  }

  @Test func aConnectionThatStaysOpenBehindTheEndMarkIsClosed() async throws {
    let server = try await ScriptedServer(.openAI("Hi", .raw("data: [DONE]\n\n"), .stall))
    _ = try await ask(model(server))
    #expect(live.text == "Hi")
    try await server.waitForAbandon(of: 1)
  }

  // MARK: Retries

  @Test func transientFailuresAreTriedAgain() async throws {
    let server = try await ScriptedServer(.hangUp, .html(502), .openAI("Hi"))
    let completion = try await ask(model(server))
    #expect(live.text == "Hi")
    #expect(completion.retries == 2)
    #expect(waits.value == [.seconds(1), .seconds(2)])
    #expect(server.requests.map(\.body).allSatisfy { $0 == server.requests[0].body })
  }

  @Test func retriesAreCountedAndEnd() async throws {
    let server = try await ScriptedServer { _ in .error(500, "down") }
    let error = await failure(try model(server, retries: 2))
    #expect(error?.status == 500)
    #expect(error?.requests == 3)
    #expect(
      error?.message == "\(server.url("/v1/chat/completions")) answered HTTP 500: down (after 3 attempts)")
    #expect(server.requests.count == 3)
  }

  @Test func aRateLimitIsWaitedForWithoutSpendingRetries() async throws {
    let busy = Answer.error(429, "slow down", headers: [("Retry-After", "3")])
    let server = try await ScriptedServer(busy, busy, .openAI("Hi"))
    let completion = try await ask(model(server, retries: 0))
    #expect(completion.retries == 2)
    #expect(waits.value == [.seconds(3), .seconds(3)])
  }

  @Test func anOverloadInsideTheReplyIsTriedAgain() async throws {
    let error: JSONValue = ["type": "error", "error": ["type": "overloaded_error", "message": "Overloaded"]]
    let server = try await ScriptedServer(.anthropic(.event(error), ending: .none), .anthropic("Hi"))
    #expect(try await ask(model(server, "/v1/messages")).retries == 1)
  }

  @Test func nothingIsTriedAgainAfterSomeText() async throws {
    let server = try await ScriptedServer(.openAI("Hal", .cut))
    let error = await failure(try model(server))
    #expect(error?.kind == .connection)
    #expect(live.text == "Hal")
    #expect(server.requests.count == 1)
  }

  @Test func aStreamWithoutAnEndIsIncomplete() async throws {
    let server = try await ScriptedServer(.openAI("Hal", ending: .none))
    let error = await failure(try model(server))
    #expect(error?.message.contains("incomplete") == true)
    #expect(live.text == "Hal")
  }

  @Test func anEndpointThatKnowsNoStreamOptionsIsAskedWithout() async throws {
    let server = try await ScriptedServer(
      .error(400, "Unrecognized request argument supplied: stream_options"), .openAI("Hi"), .openAI("Hi"))
    let model = try model(server, retries: 0)
    #expect(try await ask(model).retries == 0)
    _ = try await ask(model)
    #expect(server.requests.map { $0.json["stream_options"] != nil } == [true, false, false])
  }

  @Test func whoWaitsForARetryCanBeInterrupted() async throws {
    let server = try await ScriptedServer { _ in .error(503, "busy") }
    let live = live
    let model = try model(server) {
      $0.pacing.sleep = { _ in
        live.cut(.signal)
        try Task.checkCancellation()
      }
    }
    _ = try await ask(model)
    #expect(live.verdict == .signal)
    #expect(server.requests.count == 1)
  }

  // MARK: Errors

  @Test(arguments: [400, 422, 500])
  func rolesAreAdvisedOnWhereTheErrorIsAboutThem(status: Int) async throws {
    let server = try await ScriptedServer { _ in .error(status, "temperature must be a number") }
    let error = await failure(try model(server))
    #expect(error?.message.contains("temperature must be") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("--roles") == false, "\(error?.message ?? "")")
  }

  @Test(
    arguments: [
      (Answer.error(401, "bad key"), "HTTP 401: bad key; give the endpoint's key in --headers"),
      (
        .error(400, "Conversation roles must alternate user/assistant/…"),
        "; --roles alternate makes user and assistant"
      ),
      (.html(418), "HTTP 418: 418"),
      (
        .text("404 page not found", status: 404, type: "text/plain"),
        "HTTP 404: 404 page not found; check the URL's path"
      ),
      (
        .json(
          [
            "error": ["code": 400, "message": "too long", "type": "exceed_context_size_error", "n_ctx": 1024]
          ], status: 400),
        "does not fit the model's context of 1024 tokens any more"
      ),
      (.text("", status: 403, type: "text/plain"), "HTTP 403; give"),
      (
        .text("<html><body>Hello</body></html>", type: "text/html"),
        "HTTP 200 with no reply of a model (text/html): Hello"
      ),
      (.text("", type: "text/plain"), "HTTP 200 with an empty body"),
      (
        .json(["error": "model runner has unexpectedly stopped"]),
        "reported an error: model runner has unexpectedly stopped"
      ),
      (.json(["detail": "evil \u{1B}[31m\nred"], status: 422), "HTTP 422: evil [31m red"),
    ] as [(Answer, String)])
  func errorsAreToldInTheEndpointsWords(answer: Answer, part: String) async throws {
    let server = try await ScriptedServer { _ in answer }
    let error = await failure(try model(server))
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    #expect(error?.requests == 1)
  }

  @Test func longErrorsAreBounded() async throws {
    let server = try await ScriptedServer(.error(400, String(repeating: "é", count: 10_000)))
    let error = await failure(try model(server))
    #expect(error?.message.contains(String(repeating: "é", count: 180) + " … é") == true)
    #expect((error?.message.count ?? 0) < 400)
  }

  @Test func secretsAreInNoErrorNoticeOrLog() async throws {
    let server = try await ScriptedServer { request in
      .error(
        500,
        "echo \(request.header("authorization") ?? "") \(request.target) \(request.json["api_key"]?.string ?? "")"
      )
    }
    let log = Mutex<[String]>([])
    let model = try model(
      server, "/v1/chat/completions?key=query-secret", headers: ["Authorization": "Bearer header-secret"],
      payload: ["api_key": "payload-secret"], retries: 1
    ) { $0.log = { line in log.withLock { $0.append(line) } } }
    let error = await failure(model)
    let shown = [error?.message ?? "", "\(attempt.notices)", log.withLock { $0.joined() }].joined()
    #expect(!shown.contains("-secret"), "\(shown)")
    #expect(error?.message.contains("echo ***") == true)
    #expect(log.withLock { $0.count } == 5)
  }

  @Test func anUnreachableEndpointIsNamed() async throws {
    let endpoint = try Endpoint.resolve("http://127.0.0.1:1/v1?key=s3cret", environment: [:])
    var dependencies = EndpointModel.Dependencies()
    dependencies.pacing = waits.pacing
    let model = EndpointModel(
      endpoint: endpoint, model: "m", payload: [:], settings: RequestSettings(), transport: HTTPTransport(),
      dependencies: dependencies)
    let error = await failure(model)
    #expect(error?.kind == .connection)
    #expect(error?.requests == 4)
    #expect(error?.message.contains("http://127.0.0.1:1/v1/chat/completions") == true)
    #expect(error?.message.contains("s3cret") == false)
  }

  // MARK: Gate

  final class Counter: RequestGate {
    let outcomes = Mutex<[RequestOutcome]>([])
    func enter() async throws -> RequestPermit { RequestPermit() }
    func leave(_ permit: RequestPermit, _ outcome: RequestOutcome) {
      outcomes.withLock { $0.append(outcome) }
    }
  }

  struct Closed: RequestGate {
    func enter() async throws -> RequestPermit {
      try await Gate().pass()
      return RequestPermit()
    }
    func leave(_ permit: RequestPermit, _ outcome: RequestOutcome) {}
  }

  @Test func theGateLearnsWhatBecameOfEachAttempt() async throws {
    let server = try await ScriptedServer(
      .hangUp, .error(429, "slow", headers: [("Retry-After", "2")]), .openAI("Hi"))
    let gate = Counter()
    let model = try model(server) { $0.gate = gate }
    _ = try await ask(model)
    #expect(gate.outcomes.withLock { $0 } == [.failed, .overloaded(retryAfter: .seconds(2))])
    attempt.noteRecorded()
    #expect(gate.outcomes.withLock { $0 } == [.failed, .overloaded(retryAfter: .seconds(2)), .succeeded])
  }

  @Test func nobodyWaitsToAskAgainWhenThereIsToBeNoMoreWaiting() async throws {
    let server = try await ScriptedServer { _ in .error(429, "slow", headers: [("Retry-After", "100")]) }
    let asleep = Gate()
    let model = try model(server) {
      $0.pacing.sleep = { _ in
        asleep.open()
        try await Gate().pass()
      }
    }
    let answering = Task { await failure(model) }
    try await asleep.pass()
    attempt.endWaiting()
    #expect(await answering.value?.kind == .cancelled)
    #expect(server.requests.count == 1)
  }

  @Test func theTimeInAQueueIsNotTheModels() async throws {
    let server = try await ScriptedServer(.openAI("Hi"))
    let gate = Gate()
    let model = try model(server) { $0.gate = Held(gate: gate) }
    let live = live
    async let completion = ask(model)
    try await gate.waitUntilReached()
    #expect(attempt.start == nil)
    gate.open()
    _ = try await completion
    let start = try #require(attempt.start?.instant)
    let arrival = try #require(live.firstArrival)
    #expect(start < arrival)
  }

  struct Held: RequestGate {
    let gate: Gate
    func enter() async throws -> RequestPermit {
      try await gate.pass()
      return RequestPermit()
    }
    func leave(_ permit: RequestPermit, _ outcome: RequestOutcome) {}
  }

  @Test func aBodyThatStaysOpenBehindItsEndMarkHoldsUpNobody() async throws {
    let server = try await ScriptedServer(
      .openAI(
        "Hi", .raw("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"),
        .stall,
        ending: .none))
    let completion = try await ask(try model(server))
    #expect(completion.finishReason == "stop")
    #expect(live.text == "Hi")
  }

  @Test func whoWaitsAtTheGateCanBeInterrupted() async throws {
    let server = try await ScriptedServer()
    let model = try model(server) { $0.gate = Closed() }
    let live = live
    async let completion = ask(model)
    live.cut(.signal)
    #expect(try await completion == Completion())
    #expect(server.requests.isEmpty)
  }
}
