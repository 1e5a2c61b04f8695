// SPDX-License-Identifier: MIT

import HTTPTransport

/// The sentences about an endpoint that did not answer as it should: where, what, in its own words, and what to do.
struct EndpointMessages: Sendable {
  /// Most code points of what the endpoint itself says.
  static let lengthLimit = 500

  let endpoint: Endpoint
  let model: String
  let redactor: Redactor

  /// A response with an error status.
  func status(_ head: HTTPResponseHead, body: [UInt8]) -> AttemptFailure {
    let error = ErrorBody.read(body)
    let said = error.map { quoted($0.message) } ?? ""
    let opening = "\(endpoint.display) answered HTTP \(head.status)"
    let hint = error.flatMap(contextHint) ?? self.hint(status: head.status, said: error?.message ?? "")
    var failure = AttemptFailure(.refused, sentence(opening + (said.isEmpty ? "" : ": " + said), hint))
    failure.status = head.status
    let isFull = error?.isContextFull ?? false
    failure.isTransient = AttemptFailure.isTransient(status: head.status) && !isFull
    return failure
  }

  /// An error inside a reply.
  func inReply(_ error: ProviderError) -> AttemptFailure {
    let said = quoted(error.message)
    let hint = contextHint(error) ?? error.status.flatMap { self.hint(status: $0, said: error.message) }
    var failure = AttemptFailure(.refused, sentence("\(endpoint.display) reported an error: \(said)", hint))
    failure.status = error.status
    failure.isOverload = error.isOverload
    failure.isTransient =
      !error.isContextFull && (error.isOverload || error.status.map(AttemptFailure.isTransient) ?? false)
    return failure
  }

  func transport(_ error: HTTPError) -> AttemptFailure {
    let kind: ModelError.Kind =
      switch error.kind {
      case .connectTimeout, .firstByteTimeout, .idleTimeout: .timeout
      case .cancelled: .cancelled
      case .badResponse, .redirect: .malformed
      default: .connection
      }
    let hint: String? =
      switch error.kind {
      case .firstByteTimeout: "a longer --first-byte-timeout helps if the model is slow to begin"
      case .idleTimeout: "a longer --idle-timeout helps if the model pauses for long"
      default: nil
      }
    var failure = AttemptFailure(kind, sentence(quoted(error.message), hint))
    failure.isTransient = error.isTransient
    return failure
  }

  /// A good status, and then nothing that is a reply.
  func unreadable(_ head: HTTPResponseHead, opening: [UInt8]) -> AttemptFailure {
    let type = head.header("content-type").map { quoted(String($0.prefix { $0 != ";" })) }
    let said = quoted(ErrorBody.text(opening))
    let what = said.isEmpty ? "an empty body" : "no reply of a model" + (type.map { " (\($0))" } ?? "")
    let opening = "\(endpoint.display) answered HTTP \(head.status) with \(what)"
    return AttemptFailure(
      .malformed, sentence(opening + (said.isEmpty ? "" : ": " + said), "check the URL's path and --api"))
  }

  /// The reply stopped without having come to its end.
  func incomplete() -> AttemptFailure {
    var failure = AttemptFailure(
      .connection, "the reply of \(endpoint.display) is incomplete: it ended without a finish reason")
    failure.isTransient = true
    return failure
  }

  func tooLong() -> AttemptFailure {
    AttemptFailure(
      .malformed,
      "\(endpoint.display) sent a line of more than \(ReplyDecoder.lengthLimit >> 20) MiB, which is no reply")
  }

  /// The reply ended at once because nothing more fits.
  func contextFull() -> AttemptFailure { inReply(ProviderError("model_context_window_exceeded")) }

  // MARK: Parts

  private func sentence(_ what: String, _ hint: String?) -> String {
    guard let hint else { return what }
    return (what.last == "." ? String(what.dropLast()) : what) + "; " + hint
  }

  /// The endpoint's words: one line, bounded, nothing that acts on a terminal, no secret.
  func quoted(_ text: String) -> String {
    // What nearly every reply has, such as its finish reason.
    if text.utf8.count <= Self.lengthLimit, text.utf8.allSatisfy({ 0x20 < $0 && $0 < 0x7F }) {
      return redactor.redact(text)
    }
    let words = redactor.redact(text).unicodeScalars.split { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
      default: scalar == " "
      }
    }
    let line = String.UnicodeScalarView(words.joined(separator: [" "]))
    let start = String(String.UnicodeScalarView(line.prefix(Self.lengthLimit)))
    return line.count > Self.lengthLimit ? start + "…" : start
  }

  private func contextHint(_ error: ProviderError) -> String? {
    guard error.isContextFull else { return nil }
    let limit = error.contextLimit.map { " of \($0) tokens" } ?? ""
    let larger =
      endpoint.api == .ollama
      ? "a larger options.num_ctx in --payload" : "a model or server with a larger context"
    return "the conversation does not fit the model's context\(limit) any more: "
      + "use fewer turns (--max-turns), shorter ones (--max-chars) or \(larger)"
  }

  private func hint(status: Int, said: String) -> String? {
    let words = said.lowercased()
    switch status {
    case 400, 422, 500:
      guard words.contains("alternat") || words.contains("role") && words.contains("user") else { return nil }
      return "--roles alternate makes user and assistant take turns"
    case 401, 403:
      if let variable = endpoint.keyVariable { return "check the key in \(variable) or in --headers" }
      return "give the endpoint's key in --headers, as in {\"Authorization\": \"Bearer ${NAME}\"}"
    case 404:
      let pull = endpoint.api == .ollama ? " ('ollama pull' fetches a model)" : ""
      return "check the URL's path and that the endpoint has the model '\(quoted(model))'\(pull)"
    case 413: return "the request is too large: use fewer turns (--max-turns) or shorter ones (--max-chars)"
    default: return nil
    }
  }
}
