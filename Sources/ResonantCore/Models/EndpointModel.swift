// SPDX-License-Identifier: MIT

import HTTPTransport
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A model behind an endpoint, as used by one participant.
public final class EndpointModel: ChatModel {
  /// What endpoints have refused during a run; shared by all models of the run.
  public final class Capabilities: Sendable {
    private let refused = Mutex<[[String]: Set<String>]>([:])

    public init() {}

    /// The members of a request that the endpoint of a model, or this model of it, can do without.
    func refused(by url: String, _ model: String) -> Set<String> {
      refused.withLock { ($0[[url]] ?? []).union($0[[url, model]] ?? []) }
    }

    /// The servers behind an endpoint agree on `stream_options`; what else is refused depends on the model.
    func note(_ members: Set<String>, refusedBy url: String, _ model: String) {
      refused.withLock { refused in
        for member in members {
          refused[member == OpenAIChat.usageMember ? [url] : [url, model], default: []].insert(member)
        }
      }
    }
  }

  /// The lists of models of endpoints, each asked for once in a run and only when a model or an endpoint is missing.
  public final class ModelLists: Sendable {
    /// Most time that asking may take, since the conversation has failed already.
    private static let patience = Duration.seconds(5)
    private let lists = Mutex<[String: Task<[String]?, Never>]>([:])
    private let bases = Mutex<[String: Task<String?, Never>]>([:])

    public init() {}

    func names(at endpoint: Endpoint, _ transport: HTTPTransport) async -> [String]? {
      let task = lists.withLock { lists in
        if let task = lists[endpoint.url] { return task }
        let task = Task { await EndpointProbe(endpoint, transport: transport).models(within: Self.patience) }
        lists[endpoint.url] = task
        return task
      }
      return await Self.value(of: task)
    }

    /// See `EndpointProbe.otherBase`.
    func otherBase(than endpoint: Endpoint, _ transport: HTTPTransport) async -> String? {
      let task = bases.withLock { bases in
        if let task = bases[endpoint.url] { return task }
        let task = Task {
          await EndpointProbe(endpoint, transport: transport).otherBase(within: Self.patience)
        }
        bases[endpoint.url] = task
        return task
      }
      return await Self.value(of: task)
    }

    /// A signal that ends one conversation ends all that wait for the same list.
    private static func value<Value: Sendable>(of task: Task<Value, Never>) async -> Value {
      await withTaskCancellationHandler {
        await task.value
      } onCancel: {
        task.cancel()
      }
    }
  }

  /// Clock and random numbers, replaceable in tests.
  public struct Pacing: Sendable {
    public var sleep: @Sendable (Duration) async throws -> Void
    /// Seconds since 1970.
    public var now: @Sendable () -> Double
    /// In [0, 1).
    public var random: @Sendable () -> Double

    public init(
      sleep: @escaping @Sendable (Duration) async throws -> Void, now: @escaping @Sendable () -> Double,
      random: @escaping @Sendable () -> Double
    ) {
      self.sleep = sleep
      self.now = now
      self.random = random
    }

    public static let real = Pacing(
      sleep: { try await Task.sleep(for: $0) }, now: { Date().timeIntervalSince1970 },
      random: { Double.random(in: 0..<1) })
  }

  /// What the models of a run share.
  public struct Dependencies: Sendable {
    /// Where requests wait before they start.
    public var gate: any RequestGate = OpenGate()
    public var capabilities = Capabilities()
    public var modelLists = ModelLists()
    public var pacing = Pacing.real
    /// Whether advice is for the config of a room instead of the flags of a chat.
    public var isRoom = false
    /// Receives where the documentation says more about a failure.
    public var onHelp: (@Sendable (HelpTopic) -> Void)?
    /// Receives log lines about requests and responses; they contain no secret.
    public var log: (@Sendable (String) -> Void)?

    public init() {}
  }

  private let endpoint: Endpoint
  private let model: String
  private let payload: JSONObject
  private let headers: HTTPHeaders
  private let settings: RequestSettings
  private let transport: HTTPTransport
  private let shared: Dependencies

  /// Created on demand to save memory: thousands of models wait in conversations.
  private var messages: EndpointMessages {
    EndpointMessages(
      endpoint: endpoint, model: model,
      redactor: Redactor(secrets: endpoint.secrets + Redactor.secrets(in: payload)), payload: payload,
      isRoom: shared.isRoom)
  }

  /// - Parameter payload: further members of the request body, which override ours.
  public init(
    endpoint: Endpoint, model: String, payload: JSONObject, settings: RequestSettings,
    transport: HTTPTransport, dependencies: Dependencies = Dependencies()
  ) {
    shared = dependencies
    self.endpoint = endpoint
    self.model = model
    self.payload = payload
    headers = HTTPHeaders(endpoint.api.dialect(asksForUsage: false).headers(besides: endpoint.headers))
    self.settings = settings
    self.transport = transport
  }

  public func reply(
    to request: ModelRequest, in attempt: Attempt
  ) async throws(ModelError) -> Completion {
    var history = RetryPolicy.History()
    while attempt.live.verdict == nil {
      guard let permit = await enter(attempt) else { break }
      switch await send(request, in: attempt) {
      case .success(var completion):
        attempt.onRecorded { [gate = shared.gate] in gate.leave(permit, .succeeded) }
        completion.retries = history.requests
        return completion
      case .failure(let failure):
        shared.gate.leave(permit, failure.outcome)
        try await prepareNext(after: failure, &history, attempt)
      }
    }
    guard attempt.live.verdict != nil else { throw noMoreRequests }
    var cut = Completion()
    cut.retries = history.requests
    return cut
  }

  /// Returns if another request should be made after a failure, or if the reply was cut; throws otherwise.
  private func prepareNext(
    after failure: RequestFailure, _ history: inout RetryPolicy.History, _ attempt: Attempt
  ) async throws(ModelError) {
    guard attempt.live.verdict == nil else { return }
    if Task.isCancelled { throw ModelError(.cancelled, "the request to \(endpoint) was cancelled") }
    if !failure.refusedMembers.isEmpty {
      return shared.capabilities.note(failure.refusedMembers, refusedBy: endpoint.url, model)
    }
    let policy = RetryPolicy(retries: settings.retries)
    let decision =
      attempt.live.hasArrived
      ? .giveUp : policy.decide(failure, after: history, random: shared.pacing.random())
    history.note(decision)
    guard case .retry(let pause, _) = decision else {
      throw await explained(failure).modelError(after: history.requests)
    }
    attempt.note(.retry(status: failure.status, reason: failure.fact, wait: pause))
    shared.log?("next request in \(pause): \(failure.fact)")
    try? await attempt.wait { [pacing = shared.pacing] in try await pacing.sleep(pause) }
    if attempt.live.verdict == nil, !attempt.mayWait { throw noMoreRequests }
  }

  /// A failure that is final. If the model is unknown, the endpoint's own list tells which ones there are; if nothing
  /// is at the path, another one may have a list.
  private func explained(_ failure: RequestFailure) async -> RequestFailure {
    var failure = failure
    if let topic = failure.topic { shared.onHelp?(topic) }
    if failure.intent == .modelUnknown, let names = await shared.modelLists.names(at: endpoint, transport) {
      failure.advice = messages.otherModels(names) ?? failure.advice
    } else if failure.status == 404, [nil, .modelUnknown].contains(failure.intent),
      let base = await shared.modelLists.otherBase(than: endpoint, transport)
    {
      failure.advice = EndpointProbe.advice(base)
    }
    return failure
  }

  private var noMoreRequests: ModelError {
    ModelError(.cancelled, "no more requests are made to \(endpoint)")
  }

  /// Waits until a request may start; nil if no more requests may start.
  private func enter(_ attempt: Attempt) async -> RequestPermit? {
    try? await attempt.wait { [gate = shared.gate] in try await gate.enter() }
  }

  // MARK: One request

  private func send(
    _ request: ModelRequest, in attempt: Attempt
  ) async -> Result<Completion, RequestFailure> {
    let refused = shared.capabilities.refused(by: endpoint.url, model)
    var request = request
    request.fields = request.fields.filter { !refused.contains($0.key) && payload[$0.key] == nil }
    request.namesRequiredTool = !refused.contains(OpenAIChat.namedChoice)
    let asksForUsage = !refused.contains(OpenAIChat.usageMember)
    let http = httpRequest(for: request, asksForUsage: asksForUsage)
    logRequest(http, messages: request.messages.count)
    let sink = ReplySink(for: attempt)
    let abort = HTTPAbort()
    attempt.live.onCut { abort.trigger() }
    var error: HTTPError?
    do throws(HTTPError) {
      _ = try await transport.send(http, to: sink, abort: abort)
    } catch let problem {
      error = problem
    }
    attempt.live.onCut(nil)
    let received = sink.finish()
    logResponse(received, error)
    switch judge(received, error, request, attempt.live) {
    case .failure(var failure):
      failure.refusedMembers.subtract(refused)
      return .failure(failure)
    case .success(let completion):
      if ignoresName(request, completion) {
        shared.capabilities.note([OpenAIChat.namedChoice], refusedBy: endpoint.url, model)
      }
      return .success(completion)
    }
  }

  /// Whether the reply calls no tool although the request names the one to call.
  private func ignoresName(_ request: ModelRequest, _ completion: Completion) -> Bool {
    request.requiredTool != nil && request.namesRequiredTool && completion.toolCalls.isEmpty
      && endpoint.api == .usual
  }

  private func httpRequest(for request: ModelRequest, asksForUsage: Bool) -> HTTPRequest {
    let dialect = endpoint.api.dialect(asksForUsage: asksForUsage)
    let body = RequestBody(request, model: model, payload: payload, in: dialect)
    let timeouts = HTTPRequest.Timeouts(
      connect: settings.connectTimeout, firstByte: settings.firstByteTimeout, idle: settings.idleTimeout)
    return HTTPRequest(
      .post, endpoint.url, headers: headers, body: body.segments, timeouts: timeouts)
  }

  /// The result of a request. A reply that ended by itself counts, however the connection ended.
  private func judge(
    _ received: ReplySink.Received, _ error: HTTPError?, _ request: ModelRequest, _ live: LiveReply
  ) -> Result<Completion, RequestFailure> {
    let decoder = received.decoder
    var shape: RequestShape { RequestShape(request, payload: payload) }
    if live.verdict != nil { return .success(completion(decoder)) }
    if let head = received.head, !received.isGood {
      var failure = messages.status(head, body: received.errorBody, to: shape)
      failure.readHints(head, now: shared.pacing.now())
      if [400, 422].contains(head.status) {
        failure.readRefusal(
          String(decoding: received.errorBody, as: UTF8.self), fields: Array(request.fields.keys))
        if failure.intent == .callNotRequired, request.requiredTool != nil, endpoint.api == .usual {
          failure.refusedMembers.insert(OpenAIChat.namedChoice)
        }
      }
      return .failure(failure)
    }
    if let failure = decoder.failure { return .failure(messages.inReply(failure, to: shape)) }
    if decoder.isTooLong { return .failure(messages.tooLong()) }
    if decoder.isComplete {
      return !live.hasText && decoder.reply.toolCalls.calls.isEmpty
        ? .failure(nothing(decoder, live, shape)) : .success(completion(decoder))
    }
    if let error { return .failure(messages.transport(error)) }
    if let head = received.head, !decoder.isUnderstood {
      return .failure(messages.unreadable(head, opening: decoder.opening))
    }
    return .failure(messages.incomplete())
  }

  /// Why a reply that ended by itself has no text.
  private func nothing(_ decoder: ReplyDecoder, _ live: LiveReply, _ shape: RequestShape) -> RequestFailure {
    if decoder.finishReason == "model_context_window_exceeded" { return messages.contextFull(to: shape) }
    return messages.empty(decoder.finishReason, hasThinking: live.thinking != nil, to: shape)
  }

  /// What the endpoint reports besides the text, safe to show and record.
  private func completion(_ decoder: ReplyDecoder) -> Completion {
    var completion = Completion(decoder)
    completion.finishReason = completion.finishReason.map(messages.quoted)
    completion.servedModel = completion.servedModel.map { $0 == model ? model : messages.quoted($0) }
    return completion
  }

  // MARK: Logging

  private func logRequest(_ request: HTTPRequest, messages count: Int) {
    guard let log = shared.log else { return }
    let bytes = request.body.reduce(0) { $0 + $1.count }
    let names = request.headers.fields.map(\.name).joined(separator: ", ")
    log(
      "> POST \(endpoint.display): model \(model), \(count) message\(count == 1 ? "" : "s"), \(bytes) bytes, headers \(names)"
    )
  }

  private func logResponse(_ received: ReplySink.Received, _ error: HTTPError?) {
    guard let log = shared.log else { return }
    if let head = received.head {
      let shown = ["content-type", "x-request-id", "request-id", "retry-after"].compactMap { name in
        head.header(name).map { "\(name) \(messages.quoted($0))" }
      }
      log("< HTTP \(head.status) \(shown.joined(separator: ", "))")
    }
    if let error { log("< \(messages.quoted(error.message))") }
  }
}

extension Completion {
  /// What a decoder found besides the text.
  init(_ decoder: ReplyDecoder) {
    self.init()
    let reply = decoder.reply
    if reply.usage.prompt != nil || reply.usage.completion != nil {
      usage = Usage(promptTokens: reply.usage.prompt ?? 0, completionTokens: reply.usage.completion ?? 0)
    }
    finishReason = reply.finishReason
    servedModel = reply.servedModel
    toolCalls = reply.toolCalls.calls
  }
}
