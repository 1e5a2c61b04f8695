// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// The flags of a chat.
struct ChatOptions: ParsableArguments {
  enum Models: OptionSection { static var options: [ChatOption] { OptionTable.models } }
  enum Prompts: OptionSection { static var options: [ChatOption] { OptionTable.prompts } }
  enum Turns: OptionSection { static var options: [ChatOption] { OptionTable.turns.ofChats } }
  enum Requests: OptionSection { static var options: [ChatOption] { OptionTable.requests } }
  enum Output: OptionSection { static var options: [ChatOption] { OptionTable.output } }

  @OptionGroup(title: "Models") private var models: OptionFlags<Models>
  @OptionGroup(title: "Participants and prompts") private var prompts: OptionFlags<Prompts>
  @OptionGroup(title: "Course of the conversation") private var turns: OptionFlags<Turns>
  @OptionGroup(title: "Requests") private var requests: OptionFlags<Requests>
  @OptionGroup(title: "Output") private var output: OptionFlags<Output>
  @OptionGroup(title: "Output") var process: ProcessOptions

  /// The given flags, keyed as in a plan, without the flags of the process, which a plan can't set.
  func overlay() -> JSONObject {
    [models.values, prompts.values, turns.values, requests.values, output.values].reduce(into: [:]) {
      $0.merge($1) { $1 }
    }
  }
}
