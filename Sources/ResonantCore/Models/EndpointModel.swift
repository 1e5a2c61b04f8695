// SPDX-License-Identifier: MIT

import HTTPTransport
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A model behind an endpoint, as one participant asks it.
public struct EndpointModel: ChatModel {
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

  /// How long a response may stay open after its end mark; then its connection is closed.
  static let grace = Duration.milliseconds(500)

  let endpoint: Endpoint
  let model: String
  let payload: JSONObject
  let settings: RequestSettings
  let transport: HTTPTransport
  let messages: EndpointMessages

  /// Where requests wait until they may start.
  public var gate: any RequestGate = OpenGate()
  public var experience = Experience()
  public var pacing = Pacing.real
  /// Takes lines about requests and responses; they hold no secret.
  public var log: (@Sendable (String) -> Void)?

  /// - Parameter payload: further members of the request's body, which win over ours.
  public init(
    endpoint: Endpoint, model: String, payload: JSONObject, settings: RequestSettings,
    transport: HTTPTransport
  ) {
    self.endpoint = endpoint
    self.model = model
    self.payload = payload
    self.settings = settings
    self.transport = transport
    let redactor = Redactor(secrets: endpoint.secrets + Redactor.secrets(in: payload))
    messages = EndpointMessages(endpoint: endpoint, model: model, redactor: redactor)
  }

  public func reply(to request: ModelRequest, into live: LiveReply) async throws(ModelError) -> Completion {
    let policy = RetryPolicy(retries: settings.retries)
    var course = RetryPolicy.Course()
    while true {
      let result = await attempt(request, into: live)
      if Task.isCancelled { throw ModelError(.cancelled, "the request to \(endpoint) was cancelled") }
      switch result {
      case .success(var completion):
        completion.retries = course.attempts
        return completion
      case .failure(let failure):
        if live.verdict != nil { return Completion() }
        let decision =
          live.hasArrived ? .giveUp : policy.decide(failure, after: course, random: pacing.random())
        course.attempts += 1
        course.note(decision)
        guard case .retry(let wait, _) = decision else { throw failure.modelError(attempts: course.attempts) }
        live.append(.retry(status: failure.status, reason: failure.message, wait: wait))
        log?("next attempt in \(wait): \(failure.message)")
        try? await cuttable(live) { [pacing] in try await pacing.sleep(wait) }
      }
    }
  }

  // MARK: One attempt

  private func attempt(
    _ request: ModelRequest, into live: LiveReply
  ) async -> Result<Completion, AttemptFailure> {
    let pass: RequestPass
    do {
      pass = try await cuttable(live) { [gate] in try await gate.enter() }
    } catch {
      return .failure(AttemptFailure(.cancelled, "no more requests are made to \(endpoint)"))
    }
    let result = await exchange(request, into: live)
    switch result {
    case .success: gate.leave(pass, .succeeded)
    case .failure(let failure): gate.leave(pass, failure.outcome)
    }
    return result
  }

  private func exchange(
    _ request: ModelRequest, into live: LiveReply
  ) async -> Result<Completion, AttemptFailure> {
    let asksForUsage = experience.knowsStreamOptions(endpoint.url)
    let result = await exchange(request, into: live, asksForUsage: asksForUsage)
    guard asksForUsage, case .failure(let failure) = result, failure.refusesStreamOptions else {
      return result
    }
    experience.noteRefusal(endpoint.url)
    return await exchange(request, into: live, asksForUsage: false)
  }

  private func exchange(
    _ request: ModelRequest, into live: LiveReply, asksForUsage: Bool
  ) async -> Result<Completion, AttemptFailure> {
    guard live.verdict == nil else { return .success(Completion()) }
    let abort = HTTPAbort()
    let grace = Mutex<Task<Void, Never>?>(nil)
    let sink = ReplySink(into: live) {
      // Most connections are good for another request; one whose end never comes is closed after a while.
      grace.withLock { $0 = Task { if (try? await Task.sleep(for: Self.grace)) != nil { abort.trigger() } } }
    }
    live.onCut { abort.trigger() }
    defer {
      live.onCut(nil)
      grace.withLock { $0?.cancel() }
    }
    let http = httpRequest(for: request, asksForUsage: asksForUsage)
    logRequest(http, messages: request.messages.count)
    var failure: HTTPError?
    do throws(HTTPError) {
      _ = try await transport.send(http, to: sink, abort: abort)
    } catch {
      failure = error
    }
    let received = sink.finish()
    logResponse(received, failure)
    return judge(received, failure, live)
  }

  private func httpRequest(for request: ModelRequest, asksForUsage: Bool) -> HTTPRequest {
    let dialect = endpoint.api.dialect(asksForUsage: asksForUsage)
    var body = RequestBody(request, model: model, payload: payload)
    dialect.complete(&body)
    let timeouts = HTTPRequest.Timeouts(
      connect: settings.connectTimeout, firstByte: settings.firstByteTimeout, idle: settings.idleTimeout)
    return HTTPRequest(
      .post, endpoint.url, headers: dialect.headers(besides: endpoint.headers),
      body: body.segments, timeouts: timeouts)
  }

  /// What came of an exchange. A reply that came to its own end counts, however the connection ended after it.
  private func judge(
    _ received: ReplySink.Received, _ error: HTTPError?, _ live: LiveReply
  ) -> Result<Completion, AttemptFailure> {
    let decoder = received.decoder
    if live.verdict != nil { return .success(Completion(decoder)) }
    if let head = received.head, !received.isGood {
      var failure = messages.status(head, body: received.errorBody)
      failure.readHints(head, now: pacing.now())
      failure.refusesStreamOptions =
        [400, 422].contains(head.status)
        && ["stream_options", "include_usage"].contains { word in
          String(decoding: received.errorBody, as: UTF8.self).contains(word)
        }
      return .failure(failure)
    }
    if let failure = decoder.failure { return .failure(messages.inReply(failure)) }
    if decoder.isTooLong { return .failure(messages.tooLong()) }
    if decoder.isComplete {
      let isFull = decoder.finishReason == "model_context_window_exceeded" && !live.hasArrived
      return isFull ? .failure(messages.contextFull()) : .success(Completion(decoder))
    }
    if let error { return .failure(messages.transport(error)) }
    if let head = received.head, !decoder.isUnderstood {
      return .failure(messages.unreadable(head, opening: decoder.opening))
    }
    return .failure(messages.incomplete())
  }

  // MARK: Waiting and logging

  /// Does something that ends early when the reply is cut or the task cancelled.
  private func cuttable<Value: Sendable>(
    _ live: LiveReply, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await work() }
    live.onCut { task.cancel() }
    defer { live.onCut(nil) }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  private func logRequest(_ request: HTTPRequest, messages count: Int) {
    guard let log else { return }
    let bytes = request.body.reduce(0) { $0 + $1.count }
    let names = request.headers.map(\.name).joined(separator: ", ")
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
    if let error { log("< \(messages.redactor.redact(error.message))") }
  }
}

extension Completion {
  /// What a decoder found beside the text.
  init(_ decoder: ReplyDecoder) {
    self.init()
    if decoder.usage.prompt != nil || decoder.usage.completion != nil {
      usage = Usage(promptTokens: decoder.usage.prompt ?? 0, completionTokens: decoder.usage.completion ?? 0)
    }
    finishReason = decoder.finishReason
    servedModel = decoder.servedModel
    toolCalls = decoder.toolCalls.calls
  }
}
