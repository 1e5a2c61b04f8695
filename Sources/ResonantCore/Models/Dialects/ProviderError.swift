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

  /// The error of a reply that came with a good status, in any of the places where servers put it: a member `error`
  /// that says something (an object, a text, a list of either, or true beside a `message`), an object of type
  /// `error`, vLLM's `{"object": "error"}`, or a code and a message alone. Nil for a reply.
  init?(inReply value: JSONValue) {
    if case .array(let items) = value, let first = items.first {
      self.init(inReply: first)
      return
    }
    guard let object = value.object else { return nil }
    switch object["error"] {
    case .string(let text)? where !text.isEmpty:
      self.init(text)
      // Spring's `error` is the name of a status.
      if let words = object["message"]?.string, !words.isEmpty, words != text { message += ": " + words }
    case .object(let error)? where !error.isEmpty: self.init(error)
    case .array(let errors)? where !errors.isEmpty: self.init(errors)
    case .bool(true)?: self.init(object)
    default:
      guard Self.isError(object) else { return nil }
      self.init(object)
    }
    type = type ?? object["error_type"]?.string
  }

  private static func isError(_ object: JSONObject) -> Bool {
    if object["type"]?.string == "error" || object["object"]?.string == "error" { return true }
    guard (object["choices"]?.array ?? []).isEmpty, object["delta"] == nil, object["content"] == nil,
      (object["message"] ?? object["msg"])?.string?.isEmpty == false
    else { return false }
    return ["code", "status", "status_code", "error_code"].contains { key in
      switch object[key] {
      // Some gateways say so of every reply.
      case .string(let code)?: !["", "0", "200", "ok", "success"].contains(code.lowercased())
      case .number(let code)?: !["0", "200"].contains(code)
      default: false
      }
    }
  }

  /// The error in the body of a response with an error status, in any of the shapes that servers use.
  init?(inErrorBody value: JSONValue) {
    if let error = ProviderError(inReply: value) {
      self = error
      return
    }
    if let errors = value["errors"]?.array, !errors.isEmpty {
      self.init(errors)
      return
    }
    let detail = value["detail"]?.string ?? value["detail"]?.array?.first?["msg"]?.string
    guard let text = value["message"]?.string ?? detail ?? value["error_description"]?.string ?? value.string
    else {
      return nil
    }
    self.init(text, type: value["type"]?.string ?? value["code"]?.string)
  }

  /// The first of a list of errors, which are objects or texts.
  private init(_ errors: [JSONValue]) {
    if let first = errors.first?.object {
      self.init(first)
    } else {
      self.init(errors.first.map { $0.string ?? $0.jsonText } ?? "")
    }
  }

  private init(_ error: JSONObject) {
    let text = error["message"]?.string ?? error["detail"]?.string ?? error["msg"]?.string
    self.init(text ?? JSONValue.object(error).jsonText)
    // OpenRouter keeps the words of the provider behind it there.
    if let raw = error["metadata"]?["raw"]?.string, !raw.isEmpty, raw != message { message += ": " + raw }
    // That an error is one says nothing.
    let kinds = ["type", "code"].compactMap { error[$0]?.string }.filter { $0 != "error" && Int($0) == nil }
    type =
      kinds.isEmpty ? nil : kinds.count > 1 && kinds[0] == kinds[1] ? kinds[0] : kinds.joined(separator: " ")
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
