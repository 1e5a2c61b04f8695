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

  /// The error of a reply that came with a good status, in any of the places where servers put it: a member such as
  /// `error` that says something (an object, a text, a list of either, or true or a code beside a message), an object
  /// of type `error`, or a code and a message alone. Nil for a reply.
  init?(inReply value: JSONValue) {
    if case .array(let items) = value {
      guard let error = items.lazy.compactMap({ ProviderError(inReply: $0) }).first else { return nil }
      self = error
      return
    }
    guard let object = value.object else { return nil }
    guard let error = Self.member(of: object) ?? (Self.isError(object) ? ProviderError(object) : nil) else {
      return nil
    }
    self = error
    type = type ?? object["error_type"]?.string
  }

  /// What a member announces. Cloudflare has `errors`, Alibaba and others `Error`, OpenAI's newer API `response`,
  /// MiniMax `base_resp`.
  private static func member(of object: JSONObject) -> ProviderError? {
    let outer = text(of: object)
    for key in ["error", "errors", "Error"] {
      switch object[key] {
      case .string(let text)? where !saysNothing(text):
        // Spring's `error` is the name of a status.
        return ProviderError(
          [text, outer].compactMap(\.self).reduce(into: []) { texts, text in
            if !texts.contains(text) { texts.append(text) }
          }.joined(separator: ": "))
      case .object(let error)? where saysSomething(error): return ProviderError(error)
      case .array(let errors)? where !errors.isEmpty: return ProviderError(errors)
      case .bool(true)?: return ProviderError(object)
      case .number(let code)? where outer != nil && Int(code) != 0: return ProviderError(object)
      default: break
      }
    }
    for key in ["response", "data", "base_resp"] {
      guard let inner = object[key]?.object else { continue }
      if let error = inner["error"]?.object, saysSomething(error) { return ProviderError(error) }
      if key == "base_resp", let code = inner["status_code"]?.int, code != 0 { return ProviderError(inner) }
    }
    return nil
  }

  /// Where errors have their words.
  private static func text(of error: JSONObject) -> String? {
    let keys = [
      "message", "Message", "detail", "msg", "error_msg", "errorMessage", "status_msg", "title",
      "error_description",
    ]
    return keys.lazy.compactMap { error[$0]?.string }.first { !$0.isEmpty }
  }

  private static func saysNothing(_ word: String) -> Bool {
    ["", "null", "none", "false", "ok", "success", "0"].contains(word.lowercased())
  }

  /// An error object may be there in every chunk and say that there is none.
  private static func saysSomething(_ error: JSONObject) -> Bool {
    if let text = text(of: error) { return !saysNothing(text) }
    return error.values.contains { value in
      switch value {
      case .null, .bool(false): false
      case .string(let text): !saysNothing(text)
      case .number(let number): Double(number) != 0
      case .array(let items): !items.isEmpty
      case .object(let members): saysSomething(members)
      case .bool(true): true
      }
    }
  }

  /// An object that is an error itself, and no part of a reply.
  private static func isError(_ object: JSONObject) -> Bool {
    let kinds = ["type", "object"].compactMap { object[$0]?.string }
    if kinds.contains(where: { $0 == "error" || $0.hasSuffix(".error") }) { return true }
    let isReply = ["choices", "delta", "content", "usage", "message"].contains { key in
      object[key].map { $0.array != nil || $0.object != nil || key == "content" && $0.string != nil } ?? false
    }
    guard !isReply, let text = text(of: object), !saysNothing(text) else { return false }
    if object["success"] == false || object["detail"]?.string != nil || object["errorType"] != nil {
      return true
    }
    return ["code", "status", "status_code", "statusCode", "error_code", "errorCode"].contains { key in
      switch object[key] {
      // Words for a state (`processing`) are no codes of errors.
      case .string(let code)?:
        Int(code).map { $0 != 0 && $0 != 200 } ?? (key != "status" && !saysNothing(code))
      case .number(let code)?: Int(code).map { $0 != 0 && !(200..<300 ~= $0) } ?? false
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
    self.init(Self.text(of: error) ?? JSONValue.object(error).jsonText)
    // OpenRouter keeps the words of the provider behind it there.
    if let raw = error["metadata"]?["raw"]?.string, !raw.isEmpty, raw != message { message += ": " + raw }
    // That an error is one says nothing.
    let kinds = ["type", "code"].compactMap { error[$0]?.string }.filter { $0 != "error" && Int($0) == nil }
    type =
      kinds.isEmpty ? nil : kinds.count > 1 && kinds[0] == kinds[1] ? kinds[0] : kinds.joined(separator: " ")
    let codes = ["code", "status", "statusCode", "error"].compactMap { key in
      error[key]?.int ?? error[key]?.string.flatMap { Int($0) }
    }
    status = codes.first.flatMap { (100..<600).contains($0) ? $0 : nil }
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
