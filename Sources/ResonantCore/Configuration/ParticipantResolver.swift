// SPDX-License-Identifier: MIT

import OrderedCollections

/// Makes the participants: what is theirs alone, else the common options, else the defaults.
struct ParticipantResolver {
  let options: Options
  let seats: [Seat]
  let context: ResolutionContext

  func participants() throws(ConfigurationError) -> [Participant] {
    var participants: [Participant] = []
    for seat in seats { participants.append(try participant(seat)) }
    let actors = participants.map(\.name)
    let companies = participants.map(\.company)
    for (index, seat) in seats.enumerated() {
      guard let line = seat.template else { continue }
      let fill = { TemplateFile.filled($0, actors: actors, companies: companies) }
      if seat.own["system_prompt"] == nil {
        let prompt = fill(line["system_prompt"]?.string ?? "")
        participants[index].systemPrompt = prompt.isEmpty ? nil : SharedText(prompt)
      }
      if seat.own["preamble"] == nil {
        participants[index].preamble = Self.messages(line["context"]).map {
          Message($0.role, fill($0.content.string), extra: $0.extra)
        }
      }
    }
    return participants
  }

  private func participant(_ seat: Seat) throws(ConfigurationError) -> Participant {
    let written = (seat.own["payload"] ?? options.values["payload"])?.object ?? [:]
    let payload = try filled(written, of: seat)
    let endpoint = try endpoint(seat).hiding(payload.values)
    let model = try model(seat)
    let dialect = endpoint.api.dialect
    let prompt =
      seat.own["system_prompt"]?.string ?? options.text("system_prompt") ?? Self.defaultSystemPrompt
    var participant = Participant(
      name: seat.name, model: model, endpoint: endpoint, systemPrompt: prompt.isEmpty ? nil : prompt,
      systemPlacement: hasTopLevelSystem(seat) ? .topLevel : dialect.systemPlacement,
      preamble: Self.messages(seat.own["preamble"]),
      payload: payload.filled,
      roles: options.text("roles").flatMap(RolePolicy.init) ?? dialect.roles)
    participant.writtenPayload = written
    return participant
  }

  private func filled(_ payload: JSONObject, of seat: Seat) throws(ConfigurationError) -> PayloadText {
    do {
      return try PayloadText(payload, environment: context.environment)
    } catch {
      let path = seat.own["payload"] == nil ? "payload" : seat.path("payload")
      throw options.failure("\(path).\(error.path)", error.reason)
    }
  }

  private func hasTopLevelSystem(_ seat: Seat) -> Bool {
    options.isOn("top_level_system") || seat.own["top_level_system"]?.bool ?? false
  }

  private static func messages(_ value: JSONValue?) -> [Message] {
    // The messages were checked when the options were read.
    value.flatMap { try? Preamble.messages($0) } ?? []
  }

  /// A value that the participant or all of them must be given, and the path of the option that gave it.
  private func required(
    _ key: String, of seat: Seat
  ) throws(ConfigurationError) -> (text: String, path: String) {
    if let own = seat.own[key]?.string { return (own, seat.path(key)) }
    if let common = options.text(key) { return (common, key) }
    let words = [key, "alice_\(key)", "bob_\(key)"].map(options.source.word)
    let ways =
      seat.prefix.hasPrefix("participant")
      ? "\(words[0]), or \(key) for this participant" : "\(words[0]), or both \(words[1]) and \(words[2])"
    throw ConfigurationError(options.source.wholePlace, "no \(key) for \(seat.name); give \(ways)")
  }

  private func model(_ seat: Seat) throws(ConfigurationError) -> String {
    let (text, path) = try required("model", of: seat)
    do {
      return String(
        decoding: try VariableText(text, environment: context.environment).expanded, as: UTF8.self)
    } catch {
      throw options.failure(path, error.description)
    }
  }

  private func endpoint(_ seat: Seat) throws(ConfigurationError) -> Endpoint {
    let (text, path) = try required("endpoint", of: seat)
    let api = (seat.own["api"]?.string ?? options.text("api")).flatMap(API.init)
    let headers = (seat.own["headers"] ?? options.values["headers"])?.object ?? [:]
    do {
      return try Endpoint.resolve(text, api: api, headers: headers, environment: context.environment)
    } catch {
      // Without its headers the endpoint shows whose fault it is.
      let isSound =
        (try? Endpoint.resolve(text, api: api, headers: [:], environment: context.environment)) != nil
      guard isSound else { throw options.failure(path, error.description) }
      let guilty = headers.keys.first { name in
        (try? Endpoint.resolve(
          text, api: api, headers: [name: headers[name] ?? .null], environment: context.environment)) == nil
      }
      let all = seat.own["headers"] == nil ? "headers" : seat.path("headers")
      // A flag is named as a whole: its value is one piece of JSON.
      let isInFile = options.source.place(of: all).file != nil
      throw options.failure(guilty.map { isInFile ? "\(all).\($0)" : all } ?? all, error.description)
    }
  }

  /// What a model is told when nothing else is said; a constant of the experiment, compared across programs.
  static let defaultSystemPrompt =
    "You are an AI agent. You'll be talking to another instance of an AI. You have complete freedom."
    + " Feel free to pursue whatever you want."
}

extension Participant {
  /// Who made the model: as the endpoint tells, else the model's name before a slash, else the model.
  var company: String {
    if let company = endpoint.company { return company }
    guard let slash = model.firstIndex(of: "/"), slash != model.startIndex else { return model }
    return String(model[..<slash])
  }
}
