// SPDX-License-Identifier: MIT

/// An error in the endpoint's own words.
struct ProviderError: Error, Sendable, Equatable {
  var message: String
  /// The endpoint's own name for the kind of error.
  var type: String?
  /// The HTTP status given as the error's code.
  var status: Int?
  /// The context size in tokens, if a field of the error states it.
  var contextLimit: Int?
  /// How long the endpoint asks to wait, if the error has a field for it.
  var retryDelay: Duration?

  init(_ message: String, type: String? = nil, status: Int? = nil) {
    self.message = message
    self.type = type
    self.status = status
  }

  /// Finds an error in a reply with a success status, in any of the forms that servers use: a member such as
  /// `error` that is not empty (an object, a text, a list of either, or true or a code beside a message), an
  /// object of type `error`, or just a code and a message. Nil if there is no error.
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

  /// The error in a member of an object. Cloudflare has `errors`, Alibaba and others `Error`, OpenAI's newer
  /// API `response`, MiniMax `base_resp`.
  private static func member(of object: JSONObject) -> ProviderError? {
    let outer = text(of: object)
    for key in ["error", "errors", "Error"] {
      switch object[key] {
      case .string(let text)? where !saysNothing(text):
        // In Spring, `error` is the name of the status.
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

  /// The message of an error object.
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

  /// Whether an error object reports an error; some servers send an empty one with every chunk.
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

  /// Whether an object is itself an error and not part of a reply.
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
      // A word for a state (`processing`) is not an error code.
      case .string(let code)?:
        Int(code).map { $0 != 0 && $0 != 200 } ?? (key != "status" && !saysNothing(code))
      case .number(let code)?: Int(code).map { $0 != 0 && !(200..<300 ~= $0) } ?? false
      default: false
      }
    }
  }

  /// Reads the body of a response with an error status, in any of the forms that servers use.
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

  /// The first in a list of errors, which are objects or strings.
  private init(_ errors: [JSONValue]) {
    if let first = errors.first?.object {
      self.init(first)
    } else {
      self.init(errors.first.map { $0.string ?? $0.jsonText } ?? "")
    }
  }

  private init(_ error: JSONObject) {
    self.init(Self.text(of: error) ?? JSONValue.object(error).jsonText)
    // OpenRouter puts the words of the provider behind it there.
    if let raw = error["metadata"]?["raw"]?.string, !raw.isEmpty, raw != message { message += ": " + raw }
    // The type `error` adds nothing.
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

  /// Whether the endpoint is overloaded at the moment.
  var isOverload: Bool {
    let words = (type ?? "").lowercased()
    return [429, 503, 529].contains(status) || words.contains("overloaded") || words.contains("rate_limit")
      || words.contains("service_unavailable")
  }
}
