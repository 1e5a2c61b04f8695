// SPDX-License-Identifier: MIT

import OrderedCollections

/// Resolves the participants. Their own options take precedence over the common ones, these over the
/// defaults.
struct ParticipantResolver {
  let options: Options
  let context: ResolutionContext

  /// - Parameter own: the options of each participant, in the speaking order.
  func participants(_ own: [ParticipantOptions]) throws(ConfigurationError) -> [Participant] {
    var participants: [Participant] = []
    for own in own { participants.append(try participant(own)) }
    let actors = participants.map(\.name)
    let companies = participants.map(\.company)
    for (index, participant) in own.enumerated() {
      guard let line = participant.template else { continue }
      let fill = { TemplateFile.filled($0, actors: actors, companies: companies) }
      if participant.own["system_prompt"] == nil {
        let prompt = fill(line["system_prompt"]?.string ?? "")
        participants[index].systemPrompt = prompt.isEmpty ? nil : SharedText(prompt)
      }
      if participant.own["preamble"] == nil {
        participants[index].preamble = Self.messages(line["context"]).map {
          Message($0.role, fill($0.content.string), extra: $0.extra)
        }
      }
    }
    return participants
  }

  func participant(_ given: ParticipantOptions) throws(ConfigurationError) -> Participant {
    let written = given["payload"]?.object ?? [:]
    let payload = try filled(written, of: given)
    let endpoint = try endpoint(given).hiding(payload.values)
    let model = try model(given)
    let dialect = endpoint.api.dialect
    let prompt = given["system_prompt"]?.string ?? Prompts.defaultSystemPrompt
    var participant = Participant(
      name: given.name, model: model, endpoint: endpoint, systemPrompt: prompt.isEmpty ? nil : prompt,
      systemPlacement: given.isOn("top_level_system") ? .topLevel : dialect.systemPlacement,
      preamble: Self.messages(given["preamble"]),
      payload: payload.filled,
      roles: options.text("roles").flatMap(RolePolicy.init) ?? dialect.roles)
    participant.writtenPayload = written
    return participant
  }

  private func filled(
    _ payload: JSONObject, of given: ParticipantOptions
  ) throws(ConfigurationError) -> PayloadText {
    do {
      return try PayloadText(payload, environment: context.environment)
    } catch {
      throw options.failure("\(given.path(of: "payload")).\(error.path)", error.reason)
    }
  }

  private static func messages(_ value: JSONValue?) -> [Message] {
    // The messages were checked when the options were read.
    value.flatMap { try? Preamble.messages($0) } ?? []
  }

  /// A text option that must be given, either for the participant or for all.
  private func required(_ key: String, of given: ParticipantOptions) throws(ConfigurationError) -> String {
    if let text = given[key]?.string { return text }
    let keys = [key] + OptionTable.sides.map { $0.prefix + key }
    let words = keys.map(options.source.word)
    let ways =
      OptionTable[given.prefix + key] == nil
      ? "\(words[0]), or \(key) for this participant" : "\(words[0]), or both \(words[1]) and \(words[2])"
    throw ConfigurationError(options.source.wholePlace, "no \(key) for \(given.name); give \(ways)")
  }

  private func model(_ given: ParticipantOptions) throws(ConfigurationError) -> String {
    let text = try required("model", of: given)
    do {
      return String(
        decoding: try VariableText(text, environment: context.environment).expanded, as: UTF8.self)
    } catch {
      throw options.failure(given.path(of: "model"), error.description)
    }
  }

  private func endpoint(_ given: ParticipantOptions) throws(ConfigurationError) -> Endpoint {
    let text = try required("endpoint", of: given)
    let api = given["api"]?.string.flatMap(API.init)
    let headers = given["headers"]?.object ?? [:]
    func endpoint(_ headers: JSONObject) throws(InvalidValue) -> Endpoint {
      try Endpoint.resolve(
        text, api: api, headers: headers, environment: context.environment, paths: given.notation.paths)
    }
    do {
      return try endpoint(headers)
    } catch {
      // If the endpoint is valid without headers, the error is in a header.
      guard (try? endpoint([:])) != nil else {
        throw options.failure(given.path(of: "endpoint"), error.description)
      }
      let guilty = headers.keys.first { (try? endpoint([$0: headers[$0] ?? .null])) == nil }
      let all = given.path(of: "headers")
      // On the command line the place is the whole flag, since its value is one JSON text.
      let isInFile = options.source.place(of: all).file != nil
      throw options.failure(guilty.map { isInFile ? "\(all).\($0)" : all } ?? all, error.description)
    }
  }
}

extension Participant {
  /// The company behind the model: as the endpoint tells, else the part of the model's name before a slash,
  /// else the model's name.
  var company: String {
    if let company = endpoint.company { return company }
    guard let slash = model.firstIndex(of: "/"), slash != model.startIndex else { return model }
    return String(model[..<slash])
  }
}
