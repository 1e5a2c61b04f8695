// SPDX-License-Identifier: MIT

import OrderedCollections

/// What options say of one participant alone, before the common ones fill in what is absent.
struct Seat {
  var name: String
  /// Before the keys of this participant in option paths: `alice_`, `participant[0].`.
  var prefix: String
  /// Keyed without the prefix.
  var own: JSONObject
  /// Its line of the template, if there is one.
  var template: JSONObject?

  func path(_ key: String) -> String { prefix + key }

  /// The participants in the order of speaking. Their names differ.
  static func all(_ options: Options) throws(ConfigurationError) -> [Seat] {
    let lines = options.values["template"]?.array?.compactMap(\.object)
    var seats = zip(OptionTable.sides, ["Alice", "Bob"]).map { side, name in
      let own = options.values.filter { $0.key.hasPrefix(side) }
      return Seat(
        name: name, prefix: side,
        own: JSONObject(
          uniqueKeysWithValues: own.map { (String($0.key.dropFirst(side.count)), $0.value) }))
    }
    seats += try further(options, lines: lines)
    for index in seats.indices {
      seats[index].template = lines?[index]
      if let name = seats[index].own["name"]?.string { seats[index].name = name }
      try checkName(at: index, of: seats, options)
    }
    return seats
  }

  private static func further(_ options: Options, lines: [JSONObject]?) throws(ConfigurationError) -> [Seat] {
    let objects = options.values["participant"]?.array?.compactMap(\.object) ?? []
    if let lines, objects.count > lines.count - 2 {
      throw options.failure(
        "participant[\(lines.count - 2)]",
        "is one too many: the template has \(lines.count) participants, Alice and Bob among them")
    }
    let count = max(objects.count, (lines?.count ?? 2) - 2)
    var seats: [Seat] = []
    for index in 0..<count {
      let prefix = "participant[\(index)]"
      let own = objects.indices.contains(index) ? objects[index] : [:]
      if own["name"] == nil, lines == nil { throw options.failure(prefix, "needs a name") }
      seats.append(Seat(name: "Participant \(index + 3)", prefix: prefix + ".", own: own))
    }
    return seats
  }

  private static func checkName(
    at index: Int, of seats: [Seat], _ options: Options
  ) throws(ConfigurationError) {
    let seat = seats[index]
    if seat.name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
      || seat.name.allSatisfy(\.isWhitespace)
    {
      throw options.failure(seat.path("name"), "must have visible characters and no control characters")
    }
    guard let other = seats[..<index].first(where: { $0.name == seat.name }) else { return }
    let named = seat.own["name"] == nil ? other : seat
    throw options.failure(named.path("name"), "two participants are named \(seat.name); names must differ")
  }
}
