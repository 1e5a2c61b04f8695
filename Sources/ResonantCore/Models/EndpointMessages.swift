// SPDX-License-Identifier: MIT

import HTTPTransport

/// Error messages about an endpoint: where, what happened, the endpoint's own words, and what to do.
struct EndpointMessages: Sendable {
  /// Most code points quoted from the endpoint.
  static let lengthLimit = 300

  let endpoint: Endpoint
  let model: String
  let redactor: Redactor

  var payload: JSONObject = [:]
  /// Whether advice is for the config of a room instead of the flags of a chat.
  var isRoom = false

  /// The failure for a response with an error status.
  func status(
    _ head: HTTPResponseHead, body: [UInt8], to request: RequestShape = RequestShape()
  ) -> RequestFailure {
    let error = ErrorBody.read(body)
    let said = error.map { quoted($0.message) } ?? ""
    let opening = "\(endpoint.display) answered HTTP \(head.status)"
    var failure = RequestFailure(.refused, opening + (said.isEmpty ? "" : ": " + said))
    failure.status = head.status
    failure.isTransient = RequestFailure.isTransient(status: head.status)
    advise(on: error, to: request, &failure)
    return failure
  }

  /// The failure for an error inside a reply.
  func inReply(_ error: ProviderError, to request: RequestShape = RequestShape()) -> RequestFailure {
    var failure = RequestFailure(
      .refused, "\(endpoint.display) reported an error: \(quoted(error.message))")
    failure.status = error.status
    failure.isOverload = error.isOverload
    failure.isTransient = error.isOverload || error.status.map(RequestFailure.isTransient) ?? false
    advise(on: error, to: request, &failure)
    return failure
  }

  /// The failure for a complete reply without any text.
  func empty(_ finishReason: String?, hasThinking: Bool, to request: RequestShape) -> RequestFailure {
    let what = hasThinking ? "has reasoning but no text" : "is empty"
    let reason = finishReason.map { " (finish reason: \(quoted($0)))" } ?? ""
    return RequestFailure(
      .malformed, "the reply of \(endpoint.display) \(what)\(reason)",
      advice: dialect.remedyForEmptiness(finishReason, of: failed(request)),
      topic: hasThinking ? .thinking : .emptyReplies)
  }

  func transport(_ error: HTTPError) -> RequestFailure {
    let kind: ModelError.Kind =
      switch error.kind {
      case .connectTimeout, .firstByteTimeout, .idleTimeout: .timeout
      case .cancelled: .cancelled
      case .badResponse, .redirect: .refused
      default: .connection
      }
    let (advice, topic): (String?, HelpTopic?) =
      switch error.kind {
      case .firstByteTimeout:
        ("a longer --first-byte-timeout helps if the model is slow to begin", .incompleteReplies)
      case .idleTimeout: ("a longer --idle-timeout helps if the model pauses for long", .incompleteReplies)
      case .connect: (LocalServer.behind(endpoint)?.advice(isRoom: isRoom), .noConnection)
      case .resolve, .connectTimeout: (nil, .noConnection)
      case .tls, .proxy, .proxyConnect: (nil, .tlsAndProxies)
      case .connectionLost, .sendFailed: (nil, .incompleteReplies)
      default: (nil, nil)
      }
    var failure = RequestFailure(kind, quoted(error.message), advice: advice, topic: topic)
    failure.isTransient = error.isTransient
    return failure
  }

  /// The failure for a success status with a body that is not a reply.
  func unreadable(_ head: HTTPResponseHead, opening: [UInt8]) -> RequestFailure {
    let type = head.header("content-type").map { quoted(String($0.prefix { $0 != ";" })) }
    let said = quoted(ErrorBody.text(opening))
    let what = said.isEmpty ? "an empty body" : "no reply of a model" + (type.map { " (\($0))" } ?? "")
    let opening = "\(endpoint.display) answered HTTP \(head.status) with \(what)"
    return RequestFailure(
      .refused, opening + (said.isEmpty ? "" : ": " + said), advice: "check the URL's path and --api",
      topic: .noConnection)
  }

  /// The failure for a reply that stopped without a finish reason or end mark.
  func incomplete() -> RequestFailure {
    var failure = RequestFailure(
      .connection, "the reply of \(endpoint.display) is incomplete: it ended without a finish reason",
      topic: .incompleteReplies)
    failure.isTransient = true
    return failure
  }

  func tooLong() -> RequestFailure {
    RequestFailure(
      .malformed,
      "\(endpoint.display) sent a line of more than \(ReplyDecoder.lengthLimit >> 20) MiB, which is no reply")
  }

  /// The failure for a reply that ended at once because the context is full.
  func contextFull(to request: RequestShape) -> RequestFailure {
    inReply(ProviderError("model_context_window_exceeded"), to: request)
  }

  // MARK: Parts

  /// Quotes the endpoint: on one line, limited in length, without control characters, long JSON and secrets.
  func quoted(_ text: String) -> String {
    // Fast path for short ASCII words such as finish reasons, which nearly every reply has.
    if text.utf8.count <= Self.lengthLimit, text.utf8.allSatisfy({ 0x20 < $0 && $0 < 0x7F }) {
      return redactor.redact(text)
    }
    let text = text.unicodeScalars.count > Self.lengthLimit ? AbridgedText.withoutJSON(text) : text
    return AbridgedText.ends(of: AbridgedText.line(redactor.redact(text)), limit: Self.lengthLimit)
  }

  private var dialect: any Dialect { endpoint.api.dialect }

  /// Adds the intent of an error and what to do about it.
  private func advise(on error: ProviderError?, to request: RequestShape, _ failure: inout RequestFailure) {
    failure.intent = ErrorIntent(error, status: failure.status)
    failure.retryAfter = error?.namedDelay
    if request.hasTools, failure.intent == .parameterRefused, let words = error?.words,
      ["tools", "tool_choice"].contains(where: words.hasWord)
    {
      failure.intent = .toolsRefused
    }
    if failure.intent == .callFailed { failure.isTransient = true }
    if request.hasTools, failure.intent?.isAboutTools == true { failure.kind = .toolsRefused }
    let remedy = failure.intent.flatMap { dialect.remedy(for: $0, of: failed(request, error)) }
    let place = "check the URL's path and that the endpoint has the model '\(quoted(model))'"
    failure.advice = remedy ?? (failure.status == 404 ? place : nil)
    failure.topic =
      failure.intent?.topic
      ?? (failure.status == 404 ? .noConnection : failure.status == 429 ? .rateLimits : nil)
  }

  /// What to do where the endpoint does not have the model; nil if it says that it has it.
  ///
  /// - Parameter names: those of its own list.
  func otherModels(_ names: [String]) -> String? {
    guard !EndpointProbe.has(model, among: names) else { return nil }
    let fetch = dialect.fetchingModel(quoted(model)).map { "; \($0)" } ?? ""
    return "it has no model '\(quoted(model))'\(others(names))\(fetch)"
  }

  /// The model that was probably meant, or up to five that there are.
  func others(_ names: [String]) -> String {
    let near = Suggestion.text(for: model, among: names.map(quoted))
    guard near.isEmpty else { return near }
    let known = names.prefix(5).map(quoted).joined(separator: ", ")
    return names.isEmpty ? ": it has none" : ": it has \(known)\(names.count > 5 ? ", …" : "")"
  }

  private func failed(_ request: RequestShape, _ error: ProviderError? = nil) -> FailedRequest {
    FailedRequest(
      request: request, model: quoted(model), payload: payload, error: error,
      keyVariable: endpoint.keyVariable, isRoom: isRoom,
      hasKey: endpoint.headerNames.contains(where: KeyHeader.isCredential))
  }
}
