// SPDX-License-Identifier: MIT

import OrderedCollections

/// The options of one participant: its own, and the common ones.
///
/// Sets of options keep the keys of their source, since they are laid over each other key by key. Afterwards
/// this type combines `alice_…`, `bob_…` and the list of further participants into one array, so that later
/// stages need not distinguish them.
struct ParticipantOptions {
  /// Where and how the participant's own options are written.
  struct Notation {
    /// The prefix of their keys in option paths: `alice_`, `participant[0].`.
    var prefix: String
    /// The paths of options that are not made of prefix and key.
    var places: [String: String] = [:]
    /// How the endpoint is completed with a path.
    var paths = Endpoint.PathRule.endpoint
  }

  var name: String
  let notation: Notation
  /// The participant's own options, keyed as in a participant's object.
  let own: JSONObject
  private let options: Options
  /// The participant's line of the template, if there is one.
  var template: JSONObject?

  /// - Parameter index: the position in the speaking order, from 0.
  init(_ index: Int, own: JSONObject, of options: Options) {
    let sides = OptionTable.sides
    let isSide = sides.indices.contains(index)
    self.init(
      name: own["name"]?.string ?? (isSide ? sides[index].name : "Participant \(index + 1)"), own: own,
      of: options,
      Notation(prefix: isSide ? sides[index].prefix : "participant[\(index - sides.count)]."))
  }

  init(name: String, own: JSONObject, of options: Options, _ notation: Notation) {
    self.name = name
    self.own = own
    self.options = options
    self.notation = notation
  }

  var prefix: String { notation.prefix }

  /// The participant's own value of an option, else the common one.
  subscript(key: String) -> JSONValue? {
    own[key] ?? (OptionTable[key]?.field == nil ? nil : options.values[key])
  }

  /// Whether a switch is on, either the participant's own or the common one.
  func isOn(_ key: String) -> Bool { own[key] == true || options.isOn(key) }

  /// The path of the option that the subscript returns.
  func path(of key: String) -> String { own[key] == nil ? key : notation.places[key] ?? prefix + key }

  /// The participants in the order of speaking, without a person.
  static func all(
    _ options: Options, _ context: ResolutionContext
  ) throws(ConfigurationError) -> [ParticipantOptions] {
    if let config = options.roomConfig { return try config.participants(options, context) }
    let lines = options.values["template"]?.array?.compactMap(\.object)
    let sides = OptionTable.sides.indices.map { own(of: $0, in: options.values) }
    let further = options.values["participant"]?.array?.compactMap(\.object) ?? []
    let given = sides + further
    if let lines, given.count > lines.count {
      throw options.failure(
        "participant[\(lines.count - sides.count)]",
        "is one too many: the template has \(lines.count) participants, Alice and Bob among them")
    }
    var all: [ParticipantOptions] = []
    for index in 0..<max(given.count, lines?.count ?? 0) {
      let own = given.indices.contains(index) ? given[index] : [:]
      if index >= sides.count, own["name"] == nil, lines == nil {
        throw options.failure("participant[\(index - sides.count)]", "needs a name")
      }
      all.append(ParticipantOptions(index, own: own, of: options))
      all[index].template = lines?[index]
    }
    return all
  }

  /// The moderator; nil if there is none.
  static func moderator(
    of options: Options, _ context: ResolutionContext
  ) throws(ConfigurationError) -> ParticipantOptions? {
    if let config = options.roomConfig { return try config.moderator(options, context) }
    guard let own = options.values["moderator"]?.object else { return nil }
    for key in ["endpoint", "model"] where own[key] == nil {
      throw options.failure("moderator", "has no \(key)")
    }
    // The moderator is no participant, so it takes none of the common options.
    var alone = options
    alone.values = alone.values.filter { OptionTable[$0.key]?.field == nil }
    return ParticipantOptions(
      name: RoomConfig.moderator, own: own.merging(["system_prompt": ""]) { $1 }, of: alone,
      Notation(prefix: "moderator."))
  }

  /// The own options of one of the first two participants, keyed as in a participant's object.
  static func own(of index: Int, in values: JSONObject) -> JSONObject {
    values.reduce(into: [:]) {
      let option = OptionTable[$1.key]
      if let field = option?.field, option?.participant == index { $0[field] = $1.value }
    }
  }

  /// Checks that names are visible and distinct.
  static func checkNames(
    of all: [ParticipantOptions], _ options: Options
  ) throws(ConfigurationError) {
    for (index, participant) in all.enumerated() {
      let name = participant.name
      guard VisibleName.matches(name) else {
        throw options.failure(
          participant.prefix + "name", "must have visible characters and no control characters")
      }
      guard let other = all[..<index].first(where: { $0.name == name }) else { continue }
      let named = participant.own["name"] == nil ? other : participant
      throw options.failure(
        named.prefix + "name", "two participants are named \(name); names must differ")
    }
  }
}
