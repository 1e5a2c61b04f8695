// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// The config and the flags of a room.
struct PartyOptions: ParsableArguments {
  enum Room: OptionSection {
    static var options: [ChatOption] {
      (OptionTable.rooms + OptionTable.models).ofRooms.filter { $0.kind != .party }
    }
  }
  enum Turns: OptionSection { static var options: [ChatOption] { OptionTable.turns.ofRooms } }
  enum Requests: OptionSection { static var options: [ChatOption] { OptionTable.requests.ofRooms } }
  enum Output: OptionSection { static var options: [ChatOption] { OptionTable.output.ofRooms } }

  @Argument(
    help: "The room's config, a JSON5 file. (default: config.json5, else config.json)",
    completion: .file(extensions: ["json5", "json"]))
  var config: String?

  @OptionGroup(title: "Room") private var room: OptionFlags<Room>
  @OptionGroup(title: "Course of the conversation") private var turns: OptionFlags<Turns>
  @OptionGroup(title: "Requests") private var requests: OptionFlags<Requests>
  @OptionGroup(title: "Output") private var output: OptionFlags<Output>
  @OptionGroup(title: "Room") var person: PersonOptions
  @OptionGroup(title: "Output") var process: ProcessOptions

  /// The given flags, keyed as in a plan, and the config, without the flags of the person and the process, which
  /// a plan can't set.
  ///
  /// - Throws: an error when no config is given and none is in the current directory.
  func overlay(_ context: ResolutionContext) throws(ConfigurationError) -> JSONObject {
    var overlay: JSONObject = [:]
    if let config {
      overlay["party"] = .string(config)
    } else {
      overlay["party"] = .string(try context.usualConfig())
    }
    return [room.values, turns.values, requests.values, output.values].reduce(into: overlay) {
      $0.merge($1) { $1 }
    }
  }
}

/// What a person in the room begins with.
struct PersonOptions: ParsableArguments {
  @Flag(help: "Begin at once, and go on without being asked to.") var go = false

  @Option(
    help: ArgumentHelp(
      "How the person introduces themselves to the models.", valueName: "text", visibility: .rare))
  var bio: String?

  @Option(
    help: ArgumentHelp(
      "A readable log of the room; must not exist yet. (default: beside the transcript)", valueName: "file",
      visibility: .rare),
    completion: .file())
  var moderationLog: String?
}
