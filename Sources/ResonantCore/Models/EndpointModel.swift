// SPDX-License-Identifier: MIT

import HTTPTransport
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A model behind an endpoint, as one participant asks it.
///
/// A class, not to be copied into the frames in which thousands of replies are waited for.
public final class EndpointModel: ChatModel {
  /// What is known by experience of endpoints; shared by all models of a run.
  public final class Experience: Sendable {
    private let refusals = Mutex<Set<String>>([])

    public init() {}

    /// Whether streams of the endpoint may be asked to end with token counts.
    func knowsStreamOptions(_ url: String) -> Bool { refusals.withLock { !$0.contains(url) } }
    func noteRefusal(_ url: String) { refusals.withLock { _ = $0.insert(url) } }
  }

  /// Time and chance.
  public struct Pacing: Sendable {
    public var sleep: @Sendable (Duration) async throws -> Void
    /// Seconds since 1970.
    public var now: @Sendable () -> Double
    /// From 0 up to 1.
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

  /// What it shares with other models of the run.
  public struct Surroundings: Sendable {
    /// Where requests wait until they may start.
    public var gate: any RequestGate = OpenGate()
    public var experience = Experience()
    public var pacing = Pacing.real
    /// Takes lines about requests and responses; they hold no secret.
    public var log: (@Sendable (String) -> Void)?

    public init() {}
  }

  private let endpoint: Endpoint
  private let model: String
  private let payload: JSONObject
  private let headers: HTTPHeaders
  private let settings: RequestSettings
  private let transport: HTTPTransport
  private let gate: any RequestGate
  private let experience: Experience
  private let pacing: Pacing
  private let log: (@Sendable (String) -> Void)?

  /// Made when there is something to say: thousands of models wait in conversations.
  private var messages: EndpointMessages {
    EndpointMessages(
      endpoint: endpoint, model: model,
      redactor: Redactor(secrets: endpoint.secrets + Redactor.secrets(in: payload)), payload: payload)
  }

  /// - Parameter payload: further members of the request's body, which win over ours.
  public init(
    endpoint: Endpoint, model: String, payload: JSONObject, settings: RequestSettings,
    transport: HTTPTransport, surroundings: Surroundings = Surroundings()
  ) {
    gate = surroundings.gate
    experience = surroundings.experience
    pacing = surroundings.pacing
    log = surroundings.log
    self.endpoint = endpoint
    self.model = model
    self.payload = payload
    headers = HTTPHeaders(endpoint.api.dialect(asksForUsage: false).headers(besides: endpoint.headers))
    self.settings = settings
    self.transport = transport
  }

  public func reply(to request: ModelRequest, into live: LiveReply) async throws(ModelError) -> Completion {
    let course = course(for: request, live)
    repeat {
      if await enter(course) {
        let exchange = prepare(course)
        await exchange.run(over: transport)
        conclude(exchange, course)
      }
      decide(course)
      if course.hasPause { await rest(course) }
    } while !isOver(course)
    return try course.completion()
  }

  // MARK: One attempt

  // What is decided before and after an exchange is not inlined and keeps its many values out of the frame of
  // `reply`, in which thousands of conversations wait.

  @inline(never)
  private func course(for request: ModelRequest, _ live: LiveReply) -> ReplyCourse {
    ReplyCourse(request, into: live, RetryPolicy(retries: settings.retries))
  }

  @inline(never)
  private func prepare(_ course: ReplyCourse) -> Exchange {
    let asksForUsage = experience.knowsStreamOptions(endpoint.url)
    let http = httpRequest(for: course.request, asksForUsage: asksForUsage)
    logRequest(http, messages: course.request.messages.count)
    return Exchange(http, into: course.live, asksForUsage: asksForUsage)
  }

  @inline(never)
  private func conclude(_ exchange: Exchange, _ course: ReplyCourse) {
    let received = exchange.sink.finish()
    logResponse(received, exchange.failure)
    course.result = judge(received, exchange.failure, course)
    guard let pass = course.pass else { return }
    course.pass = nil
    switch course.result {
    case .success: exchange.live.onSettlement { [gate] in gate.leave(pass, .succeeded) }
    case .failure(let failure):
      gate.leave(pass, failure.outcome)
      course.mayDropUsage = failure.refusesStreamOptions && exchange.asksForUsage
    }
  }

  /// Decides whether the last attempt is the last of all; else there is to be another, after the course's pause.
  @inline(never)
  private func decide(_ course: ReplyCourse) {
    course.pause = .zero
    if Task.isCancelled {
      return course.fail(ModelError(.cancelled, "the request to \(endpoint) was cancelled"))
    }
    guard case .failure(let failure) = course.result, course.live.verdict == nil else {
      return course.succeed()
    }
    if course.mayDropUsage {
      course.mayDropUsage = false
      return experience.noteRefusal(endpoint.url)
    }
    guard course.goesOn(after: failure, random: pacing.random()) else {
      return course.fail(failure.modelError(attempts: course.attempts))
    }
    course.live.append(.retry(status: failure.status, reason: failure.message, wait: course.pause))
    log?("next attempt in \(course.pause): \(failure.message)")
  }

  @inline(never)
  private func isOver(_ course: ReplyCourse) -> Bool {
    if course.end == nil, !course.live.mayWait {
      course.fail(ModelError(.cancelled, "no more requests are made to \(endpoint)"))
    }
    return course.end != nil
  }

  private func httpRequest(for request: ModelRequest, asksForUsage: Bool) -> HTTPRequest {
    let dialect = endpoint.api.dialect(asksForUsage: asksForUsage)
    var body = RequestBody(request, model: model, payload: payload)
    dialect.complete(&body)
    let timeouts = HTTPRequest.Timeouts(
      connect: settings.connectTimeout, firstByte: settings.firstByteTimeout, idle: settings.idleTimeout)
    return HTTPRequest(
      .post, endpoint.url, headers: headers, body: body.segments, timeouts: timeouts)
  }

  /// What came of an exchange. A reply that came to its own end counts, however the connection ended after it.
  private func judge(
    _ received: ReplySink.Received, _ error: HTTPError?, _ course: ReplyCourse
  ) -> Result<Completion, AttemptFailure> {
    let (decoder, live) = (received.decoder, course.live)
    var shape: RequestShape { RequestShape(course.request, payload: payload) }
    if live.verdict != nil { return .success(completion(decoder)) }
    if let head = received.head, !received.isGood {
      var failure = messages.status(head, body: received.errorBody, to: shape)
      failure.readHints(head, now: pacing.now())
      failure.refusesStreamOptions =
        [400, 422].contains(head.status)
        && ["stream_options", "include_usage"].contains { word in
          String(decoding: received.errorBody, as: UTF8.self).contains(word)
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

  /// Why a reply that came to its own end has no text.
  private func nothing(_ decoder: ReplyDecoder, _ live: LiveReply, _ shape: RequestShape) -> AttemptFailure {
    if decoder.finishReason == "model_context_window_exceeded" { return messages.contextFull(to: shape) }
    return messages.empty(decoder.finishReason, hasThinking: live.thinking != nil, to: shape)
  }

  /// What the endpoint says beside the text, in words that may be shown and recorded.
  private func completion(_ decoder: ReplyDecoder) -> Completion {
    var completion = Completion(decoder)
    completion.finishReason = completion.finishReason.map(messages.quoted)
    completion.servedModel = completion.servedModel.map { $0 == model ? model : messages.quoted($0) }
    return completion
  }

  // MARK: Waiting

  /// False when no request is to start any more, which then is the attempt's result.
  private func enter(_ course: ReplyCourse) async -> Bool {
    if !enterAtOnce(course) { await queue(course) }
    return course.pass != nil
  }

  @inline(never)
  private func enterAtOnce(_ course: ReplyCourse) -> Bool {
    course.pass = gate.tryEnter()
    return course.pass != nil
  }

  @inline(never)
  private func queue(_ course: ReplyCourse) async {
    course.pass = try? await cuttable(course.live) { [gate] in try await gate.enter() }
    guard course.pass == nil else { return }
    course.result = .failure(AttemptFailure(.cancelled, "no more requests are made to \(endpoint)"))
  }

  @inline(never)
  private func rest(_ course: ReplyCourse) async {
    try? await cuttable(course.live) { [pacing, pause = course.pause] in try await pacing.sleep(pause) }
  }

  /// Does something that ends early when the reply is cut, the task is cancelled, or nobody is to wait any more.
  private func cuttable<Value: Sendable>(
    _ live: LiveReply, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await work() }
    live.whileWaiting { task.cancel() }
    defer { live.whileWaiting(nil) }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  // MARK: Logging

  private func logRequest(_ request: HTTPRequest, messages count: Int) {
    guard let log else { return }
    let bytes = request.body.reduce(0) { $0 + $1.count }
    let names = request.headers.fields.map(\.name).joined(separator: ", ")
    log("> POST \(endpoint.display): model \(model), \(count) messages, \(bytes) bytes, headers \(names)")
  }

  private func logResponse(_ received: ReplySink.Received, _ error: HTTPError?) {
    guard let log else { return }
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
  /// What a decoder found beside the text.
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
