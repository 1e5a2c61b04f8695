// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// The command itself: nothing but its subcommands.
struct Resonant: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resonant",
    abstract: "Puts language models in conversation with each other and shows what becomes of it.",
    version: Version.string,
    subcommands: [
      ChatCommand.self, BatchCommand.self, ResumeCommand.self, ExportCommand.self, CheckCommand.self,
    ],
    defaultSubcommand: ChatCommand.self)
}
