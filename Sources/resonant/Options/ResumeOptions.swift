// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// The flags of any conversation, of which some may be for chats or rooms alone.
struct ResumeOptions: ParsableArguments {
  enum Models: OptionSection { static var options: [ChatOption] { OptionTable.models.ofContinuations } }
  enum Prompts: OptionSection { static var options: [ChatOption] { OptionTable.prompts.ofContinuations } }
  enum Room: OptionSection { static var options: [ChatOption] { OptionTable.rooms.ofContinuations } }
  enum Turns: OptionSection { static var options: [ChatOption] { OptionTable.turns.ofContinuations } }
  enum Requests: OptionSection { static var options: [ChatOption] { OptionTable.requests.ofContinuations } }
  enum Output: OptionSection { static var options: [ChatOption] { OptionTable.output.ofContinuations } }

  @OptionGroup(title: "Models") private var models: OptionFlags<Models>
  @OptionGroup(title: "Participants and prompts") private var prompts: OptionFlags<Prompts>
  @OptionGroup(title: "Room") private var room: OptionFlags<Room>
  @OptionGroup(title: "Course of the conversation") private var turns: OptionFlags<Turns>
  @OptionGroup(title: "Requests") private var requests: OptionFlags<Requests>
  @OptionGroup(title: "Output") private var output: OptionFlags<Output>
  @OptionGroup(title: "Room") var person: PersonOptions
  @OptionGroup(title: "Output") var process: ProcessOptions

  /// The given flags, keyed as in a plan.
  func overlay() -> JSONObject {
    [models.values, prompts.values, room.values, turns.values, requests.values, output.values]
      .reduce(into: [:]) { $0.merge($1) { $1 } }
  }
}
