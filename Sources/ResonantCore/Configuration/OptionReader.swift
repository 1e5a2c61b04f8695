// SPDX-License-Identifier: MIT

import OrderedCollections

/// Checks options one by one, and reads the files that they name.
struct OptionReader {
  private let values: JSONObject
  private let source: OptionSource
  let context: ResolutionContext
  var result: Options

  init(_ values: JSONObject, source: OptionSource, context: ResolutionContext) {
    self.values = values
    self.source = source
    self.context = context
    result = Options(values: [:], source: source)
  }

  mutating func read() throws(ConfigurationError) -> Options {
    for (key, value) in values {
      let option = try option(key)
      if key.contains(".") {
        result.values[key] = value
        // A field of an object that comes from another file is still where it was written.
        if source.wholePlace != nil { result.source = result.source.overlaid(by: source, keys: [key]) }
      } else if case .textFile(let target) = option.kind {
        try readText(value, key: key, into: target)
      } else if option.kind == .party {
        try readParty(value)
      } else if let value = try checked(value, option.kind, at: key) {
        result.values[key] = value
      }
    }
    return result
  }

  /// Names that a user may mistake for options although they are fields of the request.
  private static let parameters: Set<String> = [
    "frequency_penalty", "logit_bias", "max_completion_tokens", "max_tokens", "min_p", "presence_penalty",
    "reasoning_effort", "repeat_penalty", "stop", "temperature", "thinking", "top_k", "top_p",
  ]

  private func option(_ key: String) throws(ConfigurationError) -> ChatOption {
    let parts = key.split(separator: ".", omittingEmptySubsequences: false)
    guard let option = OptionTable[String(parts[0])] else {
      let known = OptionTable.all.filter { $0.scope != .process }.map(\.key)
      let hint =
        Self.parameters.contains(key)
        ? "; a parameter of the model goes into the payload: payload.\(key)"
        : Suggestion.text(for: key, among: known)
      throw failure(key, "unknown option" + hint)
    }
    if option.scope == .process { throw failure(key, "is a flag of the command line only") }
    // A key with more parts than a plan may be deep cannot be a field of a request.
    guard parts.count <= PlanDocument.depthLimit else {
      throw failure(key, "has more than \(PlanDocument.depthLimit) parts")
    }
    if parts.count > 1, !option.hasFields || parts.contains(where: \.isEmpty) {
      throw failure(
        key, "only the fields of headers, payload, moderator and party can be set by a dotted key")
    }
    if option.kind == .party, parts.count > 1, !RoomConfigReader.keys.contains(String(parts[1])) {
      throw failure(
        key, "unknown option" + Suggestion.text(for: String(parts[1]), among: RoomConfigReader.keys))
    }
    return option
  }

  func failure(_ path: String, _ message: String) -> ConfigurationError {
    ConfigurationError(source.place(of: path), message)
  }

  private mutating func readText(
    _ value: JSONValue, key: String, into target: String
  ) throws(ConfigurationError) {
    guard case .string(let path)? = try checked(value, .text(), at: key) else { return }
    if let rival = values[target], !rival.isNull {
      throw failure(key, "cannot be given together with \(source.word(for: target))")
    }
    result.values[target] = .string(
      try loading(key) { () throws(InvalidValue) in
        try OptionFile.text(context.path(path))
      })
    result.source = result.source.moving(target, from: key)
  }

  /// Runs `body`, and adds the place of the option to its error.
  private func loading<Value>(
    _ path: String, _ body: () throws(InvalidValue) -> Value
  ) throws(ConfigurationError) -> Value {
    do {
      return try body()
    } catch {
      throw failure(path, error.description)
    }
  }

  /// The value in its normal form; nil when it counts as not given.
  private func checked(
    _ value: JSONValue, _ kind: ChatOption.Kind, at path: String
  ) throws(ConfigurationError) -> JSONValue? {
    if value.isNull { return nil }
    switch kind {
    case .text(let blank): return try text(value, at: path, blank: blank)
    case .path, .textFile:
      return try text(value, at: path).map { .string(context.path($0.string ?? "")) }
    case .command:
      let command = try text(value, at: path)?.string
      return command.map { .string($0.contains("/") ? context.path($0) : $0) }
    case .boolean:
      guard value.bool != nil else { throw wrong("true or false", value, at: path) }
      return value
    case .integer, .seed, .seconds: return try number(value, kind, at: path)
    case .choice(let words):
      guard let word = try text(value, at: path)?.string else { return nil }
      if words.contains(word) { return value }
      throw failure(path, "must be one of \(words.joined(separator: ", ")); not '\(Excerpt.of(word))'")
    case .object: return try object(value, at: path).map { .object($0) }
    case .moderator:
      guard let object = try object(value, at: path) else { return nil }
      return .object(try moderator(object, at: path))
    // Read by `readParty`.
    case .party: return value
    case .preamble, .template: return try list(value, kind, at: path)
    case .texts: return try texts(value, at: path)
    case .participants: return try participants(value, at: path)
    }
  }

  func wrong(
    _ wanted: String, _ value: JSONValue, at path: String, hint: String = ""
  ) -> ConfigurationError {
    failure(path, "must be \(wanted), not \(value.kind)\(hint)")
  }

  /// The error for a value that is not text: without quotes, YAML reads numbers and some words as other
  /// types.
  private func noText(_ value: JSONValue, at path: String) -> ConfigurationError {
    let isScalar = value.array == nil && value.object == nil
    return wrong("a string", value, at: path, hint: isScalar ? "; quotes make it one" : "")
  }

  private func text(
    _ value: JSONValue, at path: String, blank: Bool = false
  ) throws(ConfigurationError) -> JSONValue? {
    guard let text = value.string else { throw noText(value, at: path) }
    return text.isEmpty && !blank ? nil : value
  }

  private func number(
    _ value: JSONValue, _ kind: ChatOption.Kind, at path: String
  ) throws(ConfigurationError) -> JSONValue {
    guard case .number(let literal) = value else { throw wrong("a number", value, at: path) }
    let shown = Excerpt.of(literal)
    switch kind {
    case .integer(let least):
      guard let int = value.int else { throw failure(path, "must be a whole number, not \(shown)") }
      guard int >= least else { throw failure(path, "must be at least \(least), not \(shown)") }
      return .int(int)
    case .seed:
      guard let seed = UInt64(literal) else {
        throw failure(path, "must be a whole number from 0 to \(UInt64.max), not \(shown)")
      }
      return .number(String(seed))
    default:
      let zero = kind == .seconds(zero: true)
      guard let seconds = value.double, seconds <= Double(ChatOption.maximumSeconds),
        seconds > 0 || zero && seconds == 0
      else {
        throw failure(
          path,
          "must be a number of seconds \(zero ? "from 0" : "above 0") to \(ChatOption.maximumSeconds), not \(shown)"
        )
      }
      return value
    }
  }

  /// An object, also as text or `@FILE`; an empty text counts as not given.
  private func object(_ value: JSONValue, at path: String) throws(ConfigurationError) -> JSONObject? {
    if let object = value.object { return object }
    guard let text = value.string else { throw wrong("a JSON object", value, at: path) }
    if text.isEmpty { return nil }
    let parsed = try loading(path) { () throws(InvalidValue) in
      try text.hasPrefix("@")
        ? OptionFile.json(context.path(String(text.dropFirst()))) : OptionFile.parse(Array(text.utf8))
    }
    guard let object = parsed.object else { throw wrong("a JSON object", parsed, at: path) }
    return object
  }

  /// The array itself, or the content of the file that the value names.
  private func list(
    _ value: JSONValue, _ kind: ChatOption.Kind, at path: String
  ) throws(ConfigurationError) -> JSONValue? {
    if value.array == nil, try text(value, at: path) == nil { return nil }
    return try loading(path) { () throws(InvalidValue) in
      let file = context.path(value.string ?? "")
      if kind == .template {
        if let lines = value.array { return .array(try TemplateFile.checked(lines)) }
        return .array(try TemplateFile.read(file))
      }
      let messages = try value.array == nil ? Preamble.read(file) : Preamble.messages(value)
      return .array(messages.map(\.option))
    }
  }

  private func texts(_ value: JSONValue, at path: String) throws(ConfigurationError) -> JSONValue {
    let items = value.array ?? [value]
    for (index, item) in items.enumerated() {
      let place = value.array == nil ? path : "\(path)[\(index)]"
      guard let text = item.string else { throw noText(item, at: place) }
      if text.isEmpty { throw failure(place, "must not be empty") }
    }
    return .array(items)
  }

  private func participants(_ value: JSONValue, at path: String) throws(ConfigurationError) -> JSONValue {
    var result: [JSONValue] = []
    for (index, item) in (value.array ?? [value]).enumerated() {
      let place = value.array == nil ? path : "\(path)[\(index)]"
      guard let object = try object(item, at: place) else { throw wrong("a JSON object", item, at: place) }
      result.append(.object(try fields(object, among: Array(OptionTable.ownOptions.keys), at: place)))
    }
    return .array(result)
  }

  /// The keys of a moderator's object.
  static let moderatorKeys = ["endpoint", "model", "api", "headers", "payload"]

  func moderator(_ object: JSONObject, at path: String) throws(ConfigurationError) -> JSONObject {
    try fields(object, among: Self.moderatorKeys, at: path)
  }

  /// The checked options of a participant or a moderator.
  private func fields(
    _ object: JSONObject, among known: [String], at path: String
  ) throws(ConfigurationError) -> JSONObject {
    var fields: JSONObject = [:]
    for (key, value) in object {
      guard known.contains(key), let option = OptionTable.ownOptions[key] else {
        throw failure("\(path).\(key)", "unknown key" + Suggestion.text(for: key, among: known))
      }
      fields[key] = try checked(value, option.kind, at: "\(path).\(key)")
    }
    return fields
  }
}
