// SPDX-License-Identifier: MIT

import OrderedCollections

extension Options {
  /// Beside the options, a header's settings name the participants whose endpoint has a query or user info,
  /// which is not recorded.
  static let hiddenURLParts = "endpoint_queries"

  /// What a header records as `settings`, keyed like options and in their order, those of participants first.
  func recorded(
    _ settings: ChatSettings, _ participants: [Participant], _ given: [ParticipantOptions]
  ) -> JSONObject {
    var recorded = ofParticipants(given)
    for option in OptionTable.all where option.isRecordedSetting && option.owner == nil {
      recorded[option.key] = value(of: option, settings)
    }
    let hiding = participants.filter { $0.endpoint.hidesPart }.map { JSONValue.string($0.name) }
    if !hiding.isEmpty { recorded[Self.hiddenURLParts] = .array(hiding) }
    return recorded
  }

  private func value(of option: ChatOption, _ settings: ChatSettings) -> JSONValue? {
    // Seconds are recorded as they were written.
    if case .seconds = option.kind, let written = values[option.key] { return written }
    return option.setting.map { $0.read(settings) } ?? values[option.key]
  }

  /// The options of participants that what else is recorded of each does not tell. A switch that is off says nothing,
  /// nor one beside the common switch that is on.
  private func ofParticipants(_ given: [ParticipantOptions]) -> JSONObject {
    var recorded: JSONObject = [:]
    let options = OptionTable.ownOptions.filter { $0.value.isRecordedSetting }
    for field in options.keys where values[field] != false { recorded[field] = values[field] }
    let open = options.filter { recorded[$0.key] != true }
    let sides = OptionTable.sides.count
    for participant in given.prefix(sides) {
      for field in open.keys where participant.own[field] != false {
        recorded[participant.prefix + field] = participant.own[field]
      }
    }
    let further = given.dropFirst(sides)
    if further.contains(where: { one in open.keys.contains { ![nil, false].contains(one.own[$0]) } })
    {
      recorded["participant"] = .array(further.map { .object(Self.values(of: open, $0)) })
    }
    return recorded
  }

  private static func values(
    of options: OrderedDictionary<String, ChatOption>, _ given: ParticipantOptions
  ) -> JSONObject {
    options.reduce(into: ["name": .string(given.name)]) {
      $0[$1.key] = given.own[$1.key] ?? ($1.value.kind == .boolean ? false : nil)
    }
  }
}

extension Transcript.Header {
  /// What the header records of a participant, keyed as in the object of one: what the participant itself tells, but
  /// for its headers, and what stands among the settings.
  func options(of index: Int) -> JSONObject {
    let participant = participants[index]
    var options = participant.options
    let sides = OptionTable.sides
    let further = settings["participant"]?.array?.first { $0["name"]?.string == participant.name }
    for (field, option) in OptionTable.ownOptions where option.isRecordedSetting {
      options[field] = sides.indices.contains(index) ? settings[sides[index].prefix + field] : further?[field]
    }
    return options
  }
}

extension Transcript.Participant {
  /// What a header says of the participant, as far as it is keyed like options.
  var options: JSONObject {
    var options = JSONObject.make { write(to: &$0) }.filter { OptionTable.ownOptions[$0.key] != nil }
    options["system_prompt"] = .string(systemPrompt ?? "")
    return options
  }
}
