// SPDX-License-Identifier: MIT

import OrderedCollections

extension ResolvedConversation {
  /// What a recorded conversation goes on with: its own settings, `overrides` laid over them. A common option
  /// among the overrides holds for every participant, whatever was recorded of each.
  ///
  /// Recorded headers stay with the endpoint that they were meant for; another endpoint needs its own. Throws
  /// when something is not given that the file does not hold, such as the values of headers.
  public static func continuing(
    _ transcript: Transcript, file: String, overrides: Options, context: ResolutionContext
  ) throws(ConfigurationError) -> ResolvedConversation {
    try Continuation(transcript: transcript, file: file, overrides: overrides, context: context).resolve()
  }

  /// The flags among the options that tell how a conversation begins. For one that has begun they are passed over.
  public static func settledFlags(among options: JSONObject) -> [String] {
    Continuation.settled.filter { options[$0] != nil }.map(ChatOption.flag)
  }
}

/// Rebuilds the options of a conversation from its transcript.
private struct Continuation {
  let transcript: Transcript
  /// As it was held at last.
  private let header: Transcript.Header
  let file: String
  let overrides: Options
  let context: ResolutionContext

  init(transcript: Transcript, file: String, overrides: Options, context: ResolutionContext) {
    self.transcript = transcript
    header = transcript.latestHeader
    self.file = file
    self.overrides = Self.open(overrides)
    self.context = context
  }

  static let settled = ["opening", "opening_file", "no_opening", "alice_preamble", "bob_preamble"]

  /// The overrides without those that can have no effect any more.
  private static func open(_ overrides: Options) -> Options {
    var open = overrides
    for key in settled { open.values[key] = nil }
    return open
  }

  private var recorded: [Transcript.Participant] { header.participants }
  private var settings: JSONObject { header.settings }

  func resolve() throws(ConfigurationError) -> ResolvedConversation {
    guard header.mode == .chat, recorded.count >= 2 else { throw failure("only a chat can go on") }
    for key in ["template", "alice_name", "bob_name"] where overrides.values[key] != nil {
      throw overrides.failure(key, "cannot change in a conversation that has begun")
    }
    if overrides.values["no_save"] != nil {
      throw overrides.failure("no_save", "cannot be given: a conversation goes on in its own file")
    }
    let source = OptionSource.file(file, path: "header")
    var common = settings.filter { OptionTable[$0.key] != nil && !isOfParticipant($0.key) }
    if let seed = header.seed { common["seed"] = .number(String(seed)) }
    var options = try Options.read(common, source: source, context: context).overlaid(by: overrides)
    try addParticipants(to: &options)
    let resolved = try ResolvedConversation.resolve(options, context: context)
    for index in recorded.indices where keepsEndpoint(index) {
      try checkNothingIsMissing(from: resolved.participants[index].endpoint, index)
    }
    return resolved
  }

  private func addParticipants(to options: inout Options) throws(ConfigurationError) {
    try checkFurtherNames()
    for (index, side) in OptionTable.sides.enumerated() {
      for (key, value) in try inherited(index) { options.values[side + key] = value }
    }
    var further: [JSONValue] = []
    for index in recorded.indices.dropFirst(2) {
      let inherited = try inherited(index)
      further.append(.object(overridden(index).merging(inherited) { _, inherited in inherited }))
    }
    if !further.isEmpty { options.values["participant"] = .array(further) }
  }

  private func checkFurtherNames() throws(ConfigurationError) {
    for (index, object) in (overrides.values["participant"]?.array ?? []).enumerated() {
      let name = object["name"]?.string
      if !recorded.dropFirst(2).contains(where: { $0.name == name }) {
        throw overrides.failure("participant[\(index)].name", "names no further participant of \(file)")
      }
    }
  }

  private func isOfParticipant(_ key: String) -> Bool {
    key == "participant" || OptionTable.sides.contains(where: key.hasPrefix)
  }

  private func failure(_ message: String) -> ConfigurationError {
    ConfigurationError(OptionPlace(file: file), message)
  }

  /// `--headers or --bob-headers`: the flags that give a participant something.
  private func flags(_ key: String, _ index: Int) -> String {
    index < 2
      ? "\(ChatOption.flag(key)) or \(ChatOption.flag(OptionTable.sides[index] + key))"
      : "\(ChatOption.flag(key)) or --participant"
  }
}

// MARK: - One participant

extension Continuation {
  /// The overrides for one participant alone.
  private func overridden(_ index: Int) -> JSONObject {
    guard index < 2 else {
      let objects = overrides.values["participant"]?.array?.compactMap(\.object) ?? []
      return objects.first { $0["name"]?.string == recorded[index].name } ?? [:]
    }
    let side = OptionTable.sides[index]
    return OptionTable.participantKeys.reduce(into: [:]) { $0[$1] = overrides.values[side + $1] }
  }

  private func override(_ key: String, _ index: Int) -> JSONValue? {
    overridden(index)[key] ?? overrides.values[key]
  }

  /// What holds of a participant as recorded, because no override replaces it.
  private func inherited(_ index: Int) throws(ConfigurationError) -> JSONObject {
    var inherited = facts(index).filter { $0.key == "name" || override($0.key, index) == nil }
    if keepsEndpoint(index) {
      if override("api", index) == nil { inherited["api"] = .string(recorded[index].api) }
      let given = override("headers", index)?.object
      if given?.isEmpty != true {
        inherited["headers"] = .object(recorded[index].headerReferences.merging(given ?? [:]) { $1 })
      }
    }
    if let hidden = inherited["payload"]?.object.flatMap(Self.maskedKey) {
      throw failure(
        "the payload's \(hidden) of \(recorded[index].name) is not in the file; give it with"
          + " \(flags("payload", index))")
    }
    return inherited
  }

  /// The recorded facts, keyed like the options of a participant.
  private func facts(_ index: Int) -> JSONObject {
    let participant = recorded[index]
    let preamble = transcript.preambles.filter { $0.owner == participant.name }.map {
      Message($0.role, $0.content, extra: $0.extra).option
    }
    let place = index < 2 ? settings[OptionTable.sides[index] + "top_level_system"] : placement(index)
    var facts: JSONObject = [
      "name": .string(participant.name), "model": .string(participant.model),
      "endpoint": .string(participant.endpoint), "payload": .object(participant.payload),
      "system_prompt": .string(participant.systemPrompt ?? ""), "preamble": .array(preamble),
    ]
    facts["top_level_system"] = place
    return facts
  }

  private func placement(_ index: Int) -> JSONValue? {
    settings["participant"]?.array?.first { $0["name"]?.string == recorded[index].name }?["top_level_system"]
  }

  /// The first key whose value was masked, with those around it; nil when nothing is.
  private static func maskedKey(in payload: JSONObject) -> String? {
    for (key, value) in payload {
      if value == .string(Redactor.mask) || value.array?.contains(.string(Redactor.mask)) == true {
        return key
      }
      if let inner = value.object.flatMap(maskedKey) { return "\(key).\(inner)" }
    }
    return nil
  }

  /// Whether the participant is still asked where it was, also when the URL is given again.
  private func keepsEndpoint(_ index: Int) -> Bool {
    guard let text = override("endpoint", index)?.string else { return true }
    let urls = [text, recorded[index].endpoint].map { text in
      let endpoint = try? Endpoint.resolve(
        text, api: API(rawValue: recorded[index].api), headers: [:], environment: context.environment)
      return endpoint?.url.prefix { $0 != "?" }
    }
    return urls[0] == urls[1]
  }

  private func checkNothingIsMissing(from endpoint: Endpoint, _ index: Int) throws(ConfigurationError) {
    let participant = recorded[index]
    let hidden = settings[Options.hiddenURLParts]?.array ?? []
    if hidden.contains(.string(participant.name)), override("endpoint", index) == nil {
      throw failure(
        "the query or user info of \(participant.name)'s endpoint is not in the file; give the URL again with"
          + " \(flags("endpoint", index))")
    }
    if override("headers", index)?.object?.isEmpty == true { return }
    let present = Set(endpoint.headerNames.map { $0.lowercased() })
    let missing = participant.headerNames.filter { !present.contains($0.lowercased()) }
    if !missing.isEmpty {
      throw failure(
        "the file does not hold the headers of \(participant.name) (\(missing.joined(separator: ", "))); give"
          + " them with \(flags("headers", index))")
    }
  }
}
