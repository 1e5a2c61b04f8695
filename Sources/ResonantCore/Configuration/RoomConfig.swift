// SPDX-License-Identifier: MIT

import OrderedCollections

/// A room's config in its normal form (see `RoomConfigReader`).
struct RoomConfig {
  /// The name of the person.
  static let person = "human"
  /// The name under which the moderator's notes reach the models.
  static let moderator = "moderator"

  var value: JSONObject

  private var providers: [JSONObject] { value["providers"]?.array?.compactMap(\.object) ?? [] }

  var hasPerson: Bool { value["human_speaker"] == true }

  /// The settings that the config gives.
  func write(to settings: inout RoomSettings) {
    settings.introductions = value["intros"]?.bool ?? settings.introductions
    settings.interrupts = value["interrupts"]?.bool ?? settings.interrupts
    settings.interruptThreshold = value["interrupt_threshold"]?.int ?? settings.interruptThreshold
    settings.maxTriggers = value["max_triggers"]?.int ?? settings.maxTriggers
  }

  /// All models in the config's order.
  func models(_ context: ResolutionContext) -> [RoomModel] {
    providers.enumerated().flatMap { index, provider in
      let isBuiltin = RoomModel.isBuiltin(provider, context)
      return (provider["models"]?.array ?? []).enumerated().map { place, model in
        RoomModel(
          written: model.string ?? "", isBuiltin: isBuiltin, provider: index,
          path: "\(RoomConfigReader.root).providers[\(index)].models[\(place)]")
      }
    }
  }

  /// The options of each model. A provider's own payload replaces the common one.
  func participants(
    _ options: Options, _ context: ResolutionContext
  ) throws(ConfigurationError) -> [ParticipantOptions] {
    var participants: [ParticipantOptions] = []
    for model in models(context) {
      let path = "\(RoomConfigReader.root).providers[\(model.provider)]"
      var own = try access(providers[model.provider], at: path, options, context)
      own["model"] = .string(VariableText.literal(model.model))
      participants.append(
        ParticipantOptions(
          name: model.name, own: own, of: options,
          .init(
            prefix: path + ".", places: ["endpoint": path + ".url", "model": model.path], paths: .base)))
    }
    return participants
  }

  /// The options of the moderator; nil if there is none.
  func moderator(
    _ options: Options, _ context: ResolutionContext
  ) throws(ConfigurationError) -> ParticipantOptions? {
    guard let moderator = value["moderator"]?.object else { return nil }
    let path = "\(RoomConfigReader.root).moderator"
    var own = try access(moderator, at: path, options, context)
    let model = RoomModel(
      written: moderator["model"]?.string ?? "", isBuiltin: RoomModel.isBuiltin(moderator, context),
      provider: 0, path: path + ".model")
    own["model"] = .string(VariableText.literal(model.model))
    own["payload"] = moderator["payload"] ?? [:]
    return ParticipantOptions(
      name: Self.moderator, own: own, of: options,
      .init(prefix: path + ".", places: ["endpoint": path + ".url"], paths: .base))
  }

  /// The config with the common payload in each provider that has none of its own.
  func withPayload(_ payload: JSONValue?) -> RoomConfig {
    guard let payload else { return self }
    return changingProviders { $0["payload"] = $0["payload"] ?? payload }
  }

  var withoutPayloads: RoomConfig { changingProviders { $0["payload"] = nil } }

  private func changingProviders(_ change: (inout JSONObject) -> Void) -> RoomConfig {
    var config = self
    config.value["providers"] = .array(
      providers.map { provider in
        var provider = provider
        change(&provider)
        return .object(provider)
      })
    return config
  }

  /// The options that say how an endpoint is reached. The token becomes the header that the dialect has for
  /// it, unless a header carries credentials.
  private func access(
    _ provider: JSONObject, at path: String, _ options: Options, _ context: ResolutionContext
  ) throws(ConfigurationError) -> JSONObject {
    let url = provider["url"]?.string ?? ""
    var own: JSONObject = ["endpoint": .string(url), "system_prompt": ""]
    own["api"] = provider["api"]
    own["payload"] = provider["payload"]
    var headers = provider["headers"]?.object ?? [:]
    let api = provider["api"]?.string.flatMap(API.init)
    func endpoint(_ headers: JSONObject) throws(InvalidValue) -> Endpoint {
      try Endpoint.resolve(url, api: api, headers: headers, environment: context.environment, paths: .base)
    }
    if let token = provider["token"]?.string, let plain = try? endpoint([:]) {
      let header = plain.api.dialect.keyHeader
      let field: JSONObject = [header.name: .string(header.prefix + token)]
      do {
        _ = try VariableText(token, environment: context.environment)
        _ = try endpoint(field)
      } catch {
        throw options.failure(path + ".token", error.description)
      }
      if !headers.keys.contains(where: KeyHeader.isCredential) { headers.merge(field) { $1 } }
    }
    own["headers"] = .object(headers)
    return own
  }
}

/// A model of a room's config.
struct RoomModel {
  /// The model as it is asked for.
  let model: String
  let name: String
  /// The index of its provider.
  let provider: Int
  /// Where the config names it.
  let path: String

  /// The name in requests.
  var apiName: String { Participant.apiName(of: name) }

  /// A model is named by what follows the last slash; a builtin one by what follows a `#`, else by its file
  /// without directory and extension, else by itself.
  init(written: String, isBuiltin: Bool, provider: Int, path: String) {
    self.provider = provider
    self.path = path
    let text = VariableText.withoutVariables(written)
    guard isBuiltin else {
      model = text
      name = String(text[(text.lastIndex(of: "/").map(text.index(after:)) ?? text.startIndex)...])
      return
    }
    if let hash = text.lastIndex(of: "#") {
      model = String(text[..<hash])
      name = String(text[text.index(after: hash)...])
    } else {
      model = text
      let file = text.split(separator: ":", maxSplits: 1).last?.split(separator: "/").last ?? ""
      let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file
      name = String(stem.isEmpty ? file : stem)
    }
  }

  /// Whether a provider has the models that ship in the program.
  static func isBuiltin(_ provider: JSONObject, _ context: ResolutionContext) -> Bool {
    let url = try? VariableText(provider["url"]?.string ?? "", environment: context.environment)
    return url.map { String(decoding: $0.expanded, as: UTF8.self) == Endpoint.builtin.source } ?? false
  }

  /// A builtin model whose file is relative to `directory`, as one relative to the current directory.
  static func moved(_ model: String, to directory: String) -> String {
    let directory = directory.hasPrefix("./") ? String(directory.dropFirst(2)) : directory
    guard !directory.isEmpty, directory != ".", let colon = model.firstIndex(of: ":") else { return model }
    let file = model[model.index(after: colon)...]
    if file.isEmpty || file.hasPrefix("/") { return model }
    return model[...colon] + (directory == "/" ? "/" : directory + "/") + file
  }
}
