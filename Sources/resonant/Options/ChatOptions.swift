// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// Every flag of a conversation.
struct ChatOptions: ParsableArguments {
  enum Models: OptionSection { static var options: [ChatOption] { OptionTable.models } }
  enum Prompts: OptionSection { static var options: [ChatOption] { OptionTable.prompts } }
  enum Turns: OptionSection { static var options: [ChatOption] { OptionTable.turns } }
  enum Requests: OptionSection { static var options: [ChatOption] { OptionTable.requests } }
  enum Output: OptionSection { static var options: [ChatOption] { OptionTable.output } }

  @OptionGroup(title: "Models") private var models: OptionFlags<Models>
  @OptionGroup(title: "Participants and prompts") private var prompts: OptionFlags<Prompts>
  @OptionGroup(title: "Course of the conversation") private var turns: OptionFlags<Turns>
  @OptionGroup(title: "Requests") private var requests: OptionFlags<Requests>
  @OptionGroup(title: "Files") private var output: OptionFlags<Output>
  @OptionGroup(title: "Screen") var process: ProcessOptions

  /// The flags that were given, keyed as in a plan; those of the process apart, which have no keys there.
  func overlay() -> JSONObject {
    [models.values, prompts.values, turns.values, requests.values, output.values].reduce(into: [:]) {
      $0.merge($1) { $1 }
    }
  }
}
