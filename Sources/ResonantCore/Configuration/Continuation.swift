// SPDX-License-Identifier: MIT

import OrderedCollections

/// How a recorded conversation goes on.
public enum Continuing: Sendable, Equatable {
  /// In its own file.
  case resumed
  /// In a new file, with or without turns of the recorded one.
  case branch(hasTurns: Bool)
}

extension ResolvedConversation {
  /// Resolves a recorded conversation to be continued: its own settings with `overrides` on top. A common
  /// option among the overrides applies to every participant, even where the recorded values differ.
  ///
  /// Recorded headers are sent only to the endpoint that they were recorded for; another endpoint needs its
  /// own. Throws when required values that the file does not contain, such as those of headers, are missing.
  public static func continuing(
    _ transcript: Transcript, file: String, as way: Continuing = .resumed, overrides: Options,
    context: ResolutionContext
  ) throws(ConfigurationError) -> ResolvedConversation {
    try Continuation(transcript: transcript, file: file, way: way, overrides: overrides, context: context)
      .resolve()
  }

  /// The flags among the options that only concern the start of a conversation, which is over.
  public static func ignoredFlags(among options: JSONObject, _ way: Continuing = .resumed) -> [String] {
    let ignored = OptionTable.all.filter { $0.isIgnored(in: way) && options[$0.key] != nil }
    return (ignored.filter(\.isCommon) + ignored.filter { !$0.isCommon }).map(\.flag)
  }
}

/// Rebuilds the options of a conversation from its transcript.
private struct Continuation {
  let transcript: Transcript
  /// The header as of the last resumption.
  private let header: Transcript.Header
  let file: String
  let way: Continuing
  let overrides: Options
  let context: ResolutionContext

  init(
    transcript: Transcript, file: String, way: Continuing, overrides: Options, context: ResolutionContext
  ) {
    self.transcript = transcript
    header = transcript.latestHeader
    self.file = file
    self.way = way
    var open = overrides
    open.values.removeAll { OptionTable[$0.key]?.isIgnored(in: way) == true }
    self.overrides = open
    self.context = context
  }

  private var recorded: [Transcript.Participant] { header.participants }
  private var settings: JSONObject { header.settings }

  func resolve() throws(ConfigurationError) -> ResolvedConversation {
    guard recorded.count >= 2 else { throw failure("has fewer than two participants") }
    for key in overrides.values.keys where OptionTable[key]?.resumption == .refused {
      throw overrides.failure(key, "cannot change in a conversation that has begun")
    }
    if way == .resumed, overrides.values["no_save"] != nil {
      throw overrides.failure("no_save", "cannot be given: a conversation goes on in its own file")
    }
    if header.mode == .chat, overrides.values["party"] != nil {
      throw ConfigurationError(OptionPlace(path: "--party"), "is for rooms, but \(file) is a chat")
    }
    let source = OptionSource.file(file, path: "header")
    let options = try Options.read(try common(), source: source, context: context)
      .overlaid(by: overrides).completed(context)
    guard options.mode == header.mode else {
      throw failure("does not hold its room's config; give it with --party")
    }
    let own =
      header.mode == .party ? try ParticipantOptions.all(options, context) : try participants(options)
    var resolved = try ResolvedConversation.resolve(options, own, context: context)
    resolved.warnings += lackOfPrompts()
    guard resolved.participants.map(\.name) == recorded.map(\.name) else {
      throw overrides.failure(
        "party", "names other participants than \(file): \(recorded.map(\.name).joined(separator: ", "))")
    }
    for index in recorded.indices where !recorded[index].human && keepsEndpoint(index) {
      try checkNothingIsMissing(from: resolved.participants[index].endpoint, index)
    }
    try checkModerator(of: resolved)
    return resolved
  }

  /// The recorded options of the conversation as a whole that no override replaces.
  private func common() throws(ConfigurationError) -> JSONObject {
    var common = settings.filter { OptionTable[$0.key]?.isCommon == true && overrides.values[$0.key] == nil }
    if let order = overrides.values["order"], order != .string(SpeakerOrder.moderator.rawValue) {
      common["moderator"] = nil
    }
    if overrides.values["payload"] != nil, let config = common["party"]?.object {
      common["party"] = .object(RoomConfig(value: config).withoutPayloads.value)
    }
    for key in ["party", "moderator"] {
      guard let object = common[key]?.object else { continue }
      if let hidden = Self.maskedKey(in: object) {
        throw failure("\(key).\(hidden) is not in the file; give it again with \(ChatOption.flag(key))")
      }
    }
    if let seed = header.seed { common["seed"] = .number(String(seed)) }
    return common
  }

  private func participants(_ options: Options) throws(ConfigurationError) -> [ParticipantOptions] {
    try checkFurtherNames()
    var participants: [ParticipantOptions] = []
    for index in recorded.indices {
      try checkWhereToAsk(index)
      let own = overridden(index).merging(try inherited(index)) { _, inherited in inherited }
      participants.append(ParticipantOptions(index, own: own, of: options))
    }
    return participants
  }

  private func checkFurtherNames() throws(ConfigurationError) {
    for (index, object) in (overrides.values["participant"]?.array ?? []).enumerated() {
      let name = object["name"]?.string
      if !recorded.dropFirst(2).contains(where: { $0.name == name }) {
        throw overrides.failure("participant[\(index)].name", "names no further participant of \(file)")
      }
    }
  }

  private func failure(_ message: String) -> ConfigurationError {
    ConfigurationError(OptionPlace(file: file), message)
  }

  /// The flags that set `key` for a participant, such as `--headers or --bob-headers`.
  private func flags(_ key: String, _ index: Int) -> String {
    if header.mode == .party { return ChatOption.flag("party") }
    return "\(ChatOption.flag(key)) or \(ChatOption.flag(OptionTable.key(key, of: index) ?? "participant"))"
  }
}

// MARK: - Options of one participant

extension Continuation {
  /// The overrides for this participant alone.
  private func overridden(_ index: Int) -> JSONObject {
    if OptionTable.sides.indices.contains(index) {
      return ParticipantOptions.own(of: index, in: overrides.values)
    }
    let objects = overrides.values["participant"]?.array?.compactMap(\.object) ?? []
    return objects.first { $0["name"]?.string == recorded[index].name } ?? [:]
  }

  private func override(_ key: String, _ index: Int) -> JSONValue? {
    overridden(index)[key] ?? overrides.values[key]
  }

  /// Throws when nobody says where the replies of a participant come from: files of other tools name no
  /// endpoints, and some no models.
  private func checkWhereToAsk(_ index: Int) throws(ConfigurationError) {
    let (own, recorded) = (facts(index), recorded[index])
    let missing = ["endpoint", "model"].filter { own[$0] == nil && override($0, index) == nil }
    guard !missing.isEmpty else { return }
    let ways = missing.map { flags($0, index) }.joined(separator: ", and ")
    throw failure("does not hold the \(missing.joined(separator: " and ")) of \(recorded.name); give \(ways)")
  }

  /// A warning if it is not known with which system prompts some participants were asked before.
  private func lackOfPrompts() -> [String] {
    let names = recorded.indices.filter { index in
      let participant = recorded[index]
      return participant.endpoint.isEmpty && !participant.human && participant.systemPrompt == nil
        && override("system_prompt", index) == nil
    }.map { recorded[$0].name }
    guard !names.isEmpty else { return [] }
    return [
      "\(file) does not hold the system prompts of \(names.joined(separator: ", ")); they go on without,"
        + " unless \(ChatOption.flag("system_prompt")) gives one"
    ]
  }

  /// The recorded values of a participant that no override replaces.
  private func inherited(_ index: Int) throws(ConfigurationError) -> JSONObject {
    var inherited = facts(index).filter { $0.key == "name" || override($0.key, index) == nil }
    if !keepsEndpoint(index) {
      inherited["api"] = nil
    } else {
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

  /// The recorded values of a participant, keyed as in a participant's object.
  private func facts(_ index: Int) -> JSONObject {
    var facts = header.options(of: index)
    facts["preamble"] = .array(
      transcript.preambles.filter { $0.owner == recorded[index].name }.map {
        Message($0.role, $0.content, extra: $0.extra).option
      })
    return facts
  }

  /// The dotted path of the first masked value; nil when nothing is masked.
  private static func maskedKey(in object: JSONObject) -> String? {
    for (key, value) in object {
      if value == .string(Redactor.mask) || value.array?.contains(.string(Redactor.mask)) == true {
        return key
      }
      if let inner = value.object.flatMap(maskedKey) { return "\(key).\(inner)" }
      for (index, item) in (value.array ?? []).enumerated() {
        if let inner = item.object.flatMap(maskedKey) { return "\(key)[\(index)].\(inner)" }
      }
    }
    return nil
  }

  /// Whether the participant keeps its endpoint, even if the URL is given again.
  private func keepsEndpoint(_ index: Int) -> Bool {
    if header.mode == .party { return overrides.values["party"] == nil }
    guard let text = override("endpoint", index)?.string else { return true }
    let urls = [text, recorded[index].endpoint].map { text in
      let endpoint = try? Endpoint.resolve(
        text, api: API(rawValue: recorded[index].api), headers: [:], environment: context.environment)
      return endpoint?.url.prefix { $0 != "?" }
    }
    return urls[0] == urls[1]
  }

  private func checkModerator(of resolved: ResolvedConversation) throws(ConfigurationError) {
    let key = header.mode == .party ? "party" : "moderator"
    let isHidden = settings[Options.hiddenURLParts]?.array?.contains(.string(RoomConfig.moderator)) == true
    guard isHidden, resolved.moderator != nil, overrides.values[key] == nil else { return }
    throw failure(
      "the query or user info of the moderator's endpoint is not in the file; give it again with"
        + " \(ChatOption.flag(key))")
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
