// SPDX-License-Identifier: MIT

import OrderedCollections

/// Checks the config of a room. Its format is that of Tea Party: `providers`, each with a base `url`, a `token`
/// and a list of `models`; whether a person takes part; how models introduce themselves and interrupt each
/// other. Ours are `api`, `headers` and `payload` of providers and of the moderator.
struct RoomConfigReader {
  static let keys = [
    "providers", "human_speaker", "intros", "interrupts", "interrupt_threshold", "max_triggers", "moderator",
  ]
  static let providerKeys = ["url", "token", "models", "api", "headers", "payload"]
  static let moderatorKeys = ["url", "token", "model", "api", "headers", "payload"]
  /// The key of the option whose value the config is, which begins the paths of all its parts.
  static let root = "party"

  private let source: OptionSource
  private let context: ResolutionContext
  /// What precedes relative paths of builtin models; empty if nothing does.
  private let directory: String
  /// One sentence for each unknown key.
  private(set) var warnings: [String] = []

  init(source: OptionSource, context: ResolutionContext, directory: String = "") {
    self.source = source
    self.context = context
    self.directory = directory
  }

  /// The config in its normal form: complete with defaults, without unknown keys, and with the names of models
  /// filled in. Reading it again changes nothing further.
  mutating func read(_ config: JSONObject) throws(ConfigurationError) -> JSONObject {
    note(config, known: Self.keys + ["$schema"], at: Self.root)
    var result: JSONObject = ["providers": .array(try providers(config["providers"] ?? .null))]
    let usual = RoomSettings()
    let hasPerson = try flag("human_speaker", of: config, otherwise: true) && context.isAttended
    result["human_speaker"] = .bool(hasPerson)
    result["intros"] = .bool(try flag("intros", of: config, otherwise: usual.introductions))
    result["interrupts"] = .bool(try flag("interrupts", of: config, otherwise: usual.interrupts))
    result["interrupt_threshold"] = .int(
      try number("interrupt_threshold", of: config, in: 1...10) ?? usual.interruptThreshold)
    result["max_triggers"] = .int(
      try number("max_triggers", of: config, in: 0...Int.max) ?? usual.maxTriggers)
    if let moderator = config["moderator"], !moderator.isNull {
      result["moderator"] = .object(try self.moderator(moderator))
    }
    try check(RoomConfig(value: result), hasPerson: hasPerson)
    return result
  }

  private mutating func providers(_ value: JSONValue) throws(ConfigurationError) -> [JSONValue] {
    let path = Self.root + ".providers"
    if value.isNull { throw failure(Self.root, "has no providers, a list of objects with url and models") }
    guard let items = value.array else { throw wrong("a list of objects", value, at: path) }
    guard !items.isEmpty else { throw failure(path, "is empty; a room needs at least one model") }
    var result: [JSONValue] = []
    for (index, item) in items.enumerated() {
      let path = "\(path)[\(index)]"
      guard let object = item.object else { throw wrong("an object with url and models", item, at: path) }
      note(object, known: Self.providerKeys, at: path)
      var provider = try access(object, at: path)
      provider["models"] = .array(try models(object["models"] ?? .null, of: provider, at: path))
      result.append(.object(Self.ordered(provider, Self.providerKeys)))
    }
    return result
  }

  private mutating func moderator(_ value: JSONValue) throws(ConfigurationError) -> JSONObject {
    let path = Self.root + ".moderator"
    guard let object = value.object else { throw wrong("an object with url and model", value, at: path) }
    note(object, known: Self.moderatorKeys, at: path)
    var moderator = try access(object, at: path)
    let model = try required("model", of: object, at: path)
    moderator["model"] = .string(try named(model, of: moderator, at: path + ".model"))
    return Self.ordered(moderator, Self.moderatorKeys)
  }

  /// How a provider's or the moderator's endpoint is reached.
  private func access(_ object: JSONObject, at path: String) throws(ConfigurationError) -> JSONObject {
    var access: JSONObject = ["url": .string(try required("url", of: object, at: path))]
    if let token = object["token"], !token.isNull {
      guard let text = token.string else { throw wrong("a string", token, at: path + ".token") }
      guard !text.allSatisfy(\.isWhitespace) else {
        throw failure(
          path + ".token", "is empty; write ${NAME} for a variable, or leave it out if the server needs none")
      }
      access["token"] = token
    }
    if let api = object["api"], !api.isNull {
      guard let name = api.string, API(rawValue: name) != nil else {
        let known = API.allCases.map(\.rawValue).joined(separator: ", ")
        throw failure(path + ".api", "must be one of \(known)")
      }
      access["api"] = api
    }
    for key in ["headers", "payload"] {
      guard let value = object[key], !value.isNull else { continue }
      guard value.object != nil else { throw wrong("an object", value, at: "\(path).\(key)") }
      access[key] = value
    }
    return access
  }

  private func models(
    _ value: JSONValue, of provider: JSONObject, at path: String
  ) throws(ConfigurationError) -> [JSONValue] {
    if value.isNull { throw failure(path, "has no models, a list of names") }
    let path = path + ".models"
    guard let items = value.array else { throw wrong("a list of names", value, at: path) }
    guard !items.isEmpty else { throw failure(path, "is empty; a provider needs at least one model") }
    var models: [JSONValue] = []
    for (index, item) in items.enumerated() {
      let path = "\(path)[\(index)]"
      guard let text = item.string else { throw wrong("a string", item, at: path) }
      guard !text.isEmpty else { throw failure(path, "is empty") }
      models.append(.string(try named(text, of: provider, at: path)))
    }
    return models
  }

  /// The model with its variables filled in, and with the path of its file relative to the current directory.
  private func named(
    _ text: String, of provider: JSONObject, at path: String
  ) throws(ConfigurationError) -> String {
    do {
      let bytes = try VariableText(text, environment: context.environment).expanded
      var model = String(decoding: bytes, as: UTF8.self)
      if RoomModel.isBuiltin(provider, context) { model = RoomModel.moved(model, to: directory) }
      return VariableText.literal(model)
    } catch {
      throw failure(path, error.description)
    }
  }
}

// MARK: - Checks

extension RoomConfigReader {
  private func failure(_ path: String, _ message: String) -> ConfigurationError {
    ConfigurationError(source.place(of: path), message)
  }

  private func wrong(_ wanted: String, _ value: JSONValue, at path: String) -> ConfigurationError {
    failure(path, "must be \(wanted), not \(value.kind)")
  }

  private mutating func note(_ object: JSONObject, known: [String], at path: String) {
    for key in object.keys where !known.contains(key) {
      let hint = Suggestion.text(for: key, among: known)
      warnings.append(failure("\(path).\(key)", "unknown key, which has no effect" + hint).description)
    }
  }

  private func required(
    _ key: String, of object: JSONObject, at path: String
  ) throws(ConfigurationError) -> String {
    let value = object[key] ?? .null
    if value.isNull { throw failure(path, "has no \(key)") }
    guard let text = value.string else { throw wrong("a string", value, at: "\(path).\(key)") }
    guard !text.isEmpty else { throw failure("\(path).\(key)", "is empty") }
    return text
  }

  private func flag(
    _ key: String, of object: JSONObject, otherwise usual: Bool
  ) throws(ConfigurationError) -> Bool {
    guard let value = object[key], !value.isNull else { return usual }
    guard let flag = value.bool else { throw wrong("true or false", value, at: "\(Self.root).\(key)") }
    return flag
  }

  private func number(
    _ key: String, of object: JSONObject, in range: ClosedRange<Int>
  ) throws(ConfigurationError) -> Int? {
    guard let value = object[key], !value.isNull else { return nil }
    guard let number = value.int, range.contains(number) else {
      let wanted =
        range.upperBound == .max ? "of at least \(range.lowerBound)" : "from 1 to \(range.upperBound)"
      throw failure(
        "\(Self.root).\(key)", "must be a whole number \(wanted), not \(Excerpt.of(value.jsonText))")
    }
    return number
  }

  /// Checks that there is somebody to talk to, and that no two participants have the same name.
  private func check(_ config: RoomConfig, hasPerson: Bool) throws(ConfigurationError) {
    let models = config.models(context)
    if models.count == 1, !hasPerson {
      throw failure(
        models[0].path,
        context.isAttended
          ? "is alone; a room needs a second model, or a person (human_speaker: true)"
          : "is alone; no person takes part in a batch, so a room needs a second model")
    }
    var names: [String: RoomModel] = [:]
    for model in models {
      let name = model.name
      guard name.contains(where: { !$0.isWhitespace }),
        !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
      else { throw failure(model.path, "has no visible name, or one with control characters") }
      for taken in [RoomConfig.person, RoomConfig.moderator] where [name, model.apiName].contains(taken) {
        throw failure(model.path, "is named \(taken), which no model may be")
      }
      guard let other = names.updateValue(model, forKey: model.apiName) else { continue }
      let place = source.place(of: other.path)
      let line = place.line.map { " (line \($0))" } ?? ""
      throw failure(
        model.path,
        name == other.name
          ? "is named \(name), as is \(place.path)\(line); names must differ"
          : "is named \(name), which is \(model.apiName) in requests, as is \(other.name), \(place.path)\(line)"
      )
    }
  }

  private static func ordered(_ object: JSONObject, _ keys: [String]) -> JSONObject {
    keys.reduce(into: [:]) { $0[$1] = object[$1] }
  }
}
