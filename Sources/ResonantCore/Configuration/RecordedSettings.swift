// SPDX-License-Identifier: MIT

import OrderedCollections

extension Options {
  /// The key of a list in a header's settings: the names of participants whose endpoint has a query or user
  /// info, which are not recorded.
  static let hiddenURLParts = "endpoint_queries"

  /// The value of a header's `settings`, keyed like options and in their order, starting with those of
  /// participants.
  ///
  /// - Parameter asked: the participants and the moderator.
  func recorded(
    _ settings: ChatSettings, _ asked: [Participant], _ given: [ParticipantOptions]
  ) -> JSONObject {
    var recorded = ofParticipants(given)
    for option in OptionTable.all where option.isRecordedSetting && option.field == nil {
      if option.applies(to: mode) { recorded[option.key] = value(of: option, settings) }
    }
    let hiding = asked.filter { $0.endpoint.hidesPart }.map { JSONValue.string($0.name) }
    if !hiding.isEmpty { recorded[Self.hiddenURLParts] = .array(hiding) }
    return recorded
  }

  private func value(of option: ChatOption, _ settings: ChatSettings) -> JSONValue? {
    // Seconds are recorded in the user's notation.
    if case .seconds = option.kind, let written = values[option.key] { return written }
    if let setting = option.setting { return setting.read(settings) }
    return values[option.key].map { RecordableOption.value($0, of: option.key) }
  }

  /// The options of participants that other fields of the header do not record. A switch that is off is not
  /// recorded, nor is a participant's own switch when the common one is on.
  private func ofParticipants(_ given: [ParticipantOptions]) -> JSONObject {
    var recorded: JSONObject = [:]
    var further = given.dropFirst(OptionTable.sides.count).map { ["name": .string($0.name)] as JSONObject }
    for (field, option) in OptionTable.ownOptions where option.isRecordedSetting {
      if values[field] != false { recorded[field] = values[field] }
      if values[field] == true { continue }
      for side in given.prefix(OptionTable.sides.count) where side.own[field] != false {
        recorded[side.prefix + field] = side.own[field]
      }
      let own = given.dropFirst(OptionTable.sides.count).map { $0.own[field] }
      if own.allSatisfy({ $0 == nil || $0 == false }) { continue }
      for index in own.indices {
        further[index][field] = own[index] ?? (option.kind == .boolean ? false : nil)
      }
    }
    if further.contains(where: { $0.count > 1 }) {
      recorded["participant"] = .array(further.map(JSONValue.object))
    }
    return recorded
  }
}

extension Transcript {
  /// The recorded settings of the conversation, with others on top.
  public func settings(overriddenBy options: Options) -> ConversationSettings {
    var settings = header.mode == .party ? ChatSettings.room : ChatSettings()
    for values in [latestHeader.settings, options.values] {
      for (key, value) in values { OptionTable[key]?.setting?.write(value, &settings) }
    }
    return settings.conversation
  }
}

extension Transcript.Header {
  /// The recorded options of a participant, keyed as in a participant's object: those in `participants`,
  /// except headers, and those in the settings.
  func options(of index: Int) -> JSONObject {
    let participant = participants[index]
    var options = participant.options
    let further = settings["participant"]?.array?.first { $0["name"]?.string == participant.name }
    for (field, option) in OptionTable.ownOptions where option.isRecordedSetting {
      options[field] = OptionTable.key(field, of: index).map { settings[$0] } ?? further?[field]
    }
    return options
  }
}

extension Transcript.Participant {
  /// The fields of a recorded participant that correspond to options.
  var options: JSONObject {
    var options = JSONObject.make { write(to: &$0) }.filter { OptionTable.ownOptions[$0.key] != nil }
    // What another tool's file does not tell has to be given.
    for key in ["endpoint", "model", "api"] where options[key] == "" { options[key] = nil }
    options["system_prompt"] = .string(systemPrompt ?? "")
    return options
  }
}
