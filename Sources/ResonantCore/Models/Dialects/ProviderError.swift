// SPDX-License-Identifier: MIT

/// An error in the words of the endpoint.
struct ProviderError: Error, Sendable, Equatable {
  var message: String
  /// The endpoint's own word for the kind of error.
  var type: String?
  /// The HTTP status that an error inside a reply gives as its code.
  var status: Int?
  /// How many tokens fit into the context, where the error says so.
  var contextLimit: Int?
  /// How long the endpoint wants to be left alone, where the error has a field for it.
  var retryDelay: Duration?

  init(_ message: String, type: String? = nil, status: Int? = nil) {
    self.message = message
    self.type = type
    self.status = status
  }

  /// The error of a reply that came with a good status: a member `error` that says something, or vLLM's
  /// `{"object": "error"}`. Nil for a reply.
  init?(inReply value: JSONValue) {
    if case .array(let items) = value, let first = items.first {
      self.init(inReply: first)
      return
    }
    switch value["error"] {
    case .string(let text)? where !text.isEmpty: self.init(text)
    case .object(let error)? where !error.isEmpty: self.init(error)
    default:
      guard value["object"]?.string == "error", let error = value.object else { return nil }
      self.init(error)
    }
    type = type ?? value["error_type"]?.string
  }

  /// The error in the body of a response with an error status, in any of the shapes that servers use.
  init?(inErrorBody value: JSONValue) {
    if let error = ProviderError(inReply: value) {
      self = error
      return
    }
    if let first = value["errors"]?.array?.first {
      self.init(first["message"]?.string ?? first.string ?? first.jsonText)
      return
    }
    let detail = value["detail"]?.string ?? value["detail"]?.array?.first?["msg"]?.string
    guard let text = value["message"]?.string ?? detail ?? value["error_description"]?.string ?? value.string
    else {
      return nil
    }
    self.init(text, type: value["type"]?.string ?? value["code"]?.string)
  }

  private init(_ error: JSONObject) {
    let text = error["message"]?.string ?? error["detail"]?.string ?? error["msg"]?.string
    self.init(text ?? JSONValue.object(error).jsonText)
    // OpenRouter keeps the words of the provider behind it there.
    if let raw = error["metadata"]?["raw"]?.string, !raw.isEmpty, raw != message { message += ": " + raw }
    type = error["type"]?.string ?? error["code"]?.string
    if let code = error["code"]?.string, Int(code) == nil, let type, type != code {
      self.type = type + " " + code
    }
    let code = error["code"]?.int ?? error["code"]?.string.flatMap { Int($0) } ?? error["status"]?.int
    status = code.flatMap { (100..<600).contains($0) ? $0 : nil }
    contextLimit = error["n_ctx"]?.int
    retryDelay = Self.retryDelay(in: error)
  }

  /// The endpoint has too much to do at the moment.
  var isOverload: Bool {
    let words = (type ?? "").lowercased()
    return [429, 503, 529].contains(status) || words.contains("overloaded") || words.contains("rate_limit")
      || words.contains("service_unavailable")
  }
}
