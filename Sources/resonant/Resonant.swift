// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// The root command, which only has subcommands.
struct Resonant: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resonant",
    abstract: "Puts language models in conversation with each other and shows what becomes of it.",
    version: Version.program,
    subcommands: [
      ChatCommand.self, PartyCommand.self, BatchCommand.self, AnalyzeCommand.self, ExportCommand.self,
      ResumeCommand.self, ForkCommand.self, CheckCommand.self,
    ],
    defaultSubcommand: ChatCommand.self)

  /// The default subcommand takes no positional arguments, so an unknown first word must be a mistyped
  /// command.
  static func checkCommand(_ word: String?) throws(ConfigurationError) {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    guard let word, !word.isEmpty, !word.hasPrefix("-"), !names.contains(word) else { return }
    let suggestion = Suggestion.text(for: word, among: names)
    throw ConfigurationError(
      nil,
      "there is no command '\(word)'"
        + (suggestion.isEmpty ? "; there are \(names.joined(separator: ", "))" : suggestion))
  }
}
