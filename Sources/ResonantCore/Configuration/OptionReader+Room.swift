// SPDX-License-Identifier: MIT

import OrderedCollections

extension OptionReader {
  /// Reads the config of a room: the object itself, or the file at a path.
  mutating func readParty(_ value: JSONValue) throws(ConfigurationError) {
    if value.isNull { return }
    if let config = value.object { return try readParty(config, source: result.source, directory: "") }
    guard let path = value.string else {
      throw wrong("a path or an object", value, at: RoomConfigReader.root)
    }
    if path.isEmpty { return }
    let name = context.path(path)
    let bytes: [UInt8]
    do throws(InvalidValue) {
      bytes = try OptionFile.bytes(name, limit: PlanFile.maximumSize)
    } catch {
      let place = result.source.place(of: RoomConfigReader.root)
      throw ConfigurationError(place.file == nil ? nil : place, "the config can't be read: \(error)")
    }
    let file = try PlanFile(name: name, bytes: bytes)
    try readParty(file.value, source: file.roomSource, directory: OptionFile.directory(of: path))
  }

  fileprivate mutating func readParty(
    _ config: JSONObject, source: OptionSource, directory: String
  ) throws(ConfigurationError) {
    var reader = RoomConfigReader(source: source, context: context, directory: directory)
    let config = try reader.read(config)
    result.values[RoomConfigReader.root] = .object(config)
    result.warnings += reader.warnings
    result.source = result.source.overlaid(by: source, keys: [RoomConfigReader.root])
  }
}

extension PlanFile {
  /// Whether this is the config of a room, and no plan.
  public var isRoomConfig: Bool { value["providers"] != nil }

  /// The source of the option `party`, whose value this file is.
  var roomSource: OptionSource { source(of: RoomConfigReader.root, at: "") }
}

extension Options {
  /// The options for the room whose config is in a file that has been read.
  public static func room(
    _ file: PlanFile, context: ResolutionContext
  ) throws(ConfigurationError) -> Options {
    var reader = OptionReader([:], source: .commandLine, context: context)
    try reader.readParty(file.value, source: file.roomSource, directory: file.directory)
    return reader.result
  }

  /// The options with the fields that dotted keys give in their objects, which are then checked.
  func completed(_ context: ResolutionContext) throws(ConfigurationError) -> Options {
    let hasFields = values.keys.contains { $0.hasPrefix("party.") || $0.hasPrefix("moderator.") }
    var options = flattened()
    if hasFields { options = try options.rechecked(context) }
    try options.checkMode()
    guard let config = options.roomConfig else { return options }
    options.values["party"] = .object(config.withPayload(options.values["payload"]).value)
    options.values["payload"] = nil
    return options
  }

  private func rechecked(_ context: ResolutionContext) throws(ConfigurationError) -> Options {
    var options = self
    let reader = OptionReader([:], source: source, context: context)
    if let moderator = values["moderator"]?.object {
      options.values["moderator"] = .object(try reader.moderator(moderator, at: "moderator"))
    }
    if let party = values["party"]?.object {
      var reader = RoomConfigReader(source: source, context: context)
      options.values["party"] = .object(try reader.read(party))
      options.warnings += reader.warnings
    }
    return options
  }

  /// Checks that a chat has no options of a room, and a room none of a chat.
  private func checkMode() throws(ConfigurationError) {
    for key in values.keys {
      guard let option = OptionTable[String(key.prefix { $0 != "." })], !option.applies(to: mode) else {
        continue
      }
      throw failure(
        key,
        mode == .party
          ? "is for chats, and cannot be given together with party"
          : "is for rooms, and needs party, a config")
    }
  }
}

extension ResolutionContext {
  /// The config of a room that is given none: `config.json5`, else `config.json`, in the current directory.
  public func usualConfig() throws(ConfigurationError) -> String {
    let names = ["config.json5", "config.json"]
    if let name = names.first(where: { OptionFile.exists(path($0)) }) { return name }
    throw ConfigurationError(
      nil, "there is no \(names.joined(separator: " and no ")) here; give the path of the room's config")
  }
}
