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

/// The root command as shells complete it: also with the flags of the default command, which need no command.
struct CompletedResonant: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: Resonant.configuration.commandName, abstract: Resonant.configuration.abstract,
    version: Version.program, subcommands: Resonant.configuration.subcommands)

  /// Whether this process prints the completions of a shell.
  static let isWanted = CommandLine.arguments.contains { $0.hasPrefix("--generate-completion-script") }

  @OptionGroup var options: ChatOptions

  /// A script of completions in which the parser's function for bash, which looks for flags before it looks for a
  /// command (-2), offers commands alone after the program's name, and for a command's flags the values of that command.
  static func corrected(_ script: String) -> String {
    let values = "case \"${prev}\" in\n"
    let change = """
      [[ -n "${cur}" || "${COMP_CWORD}" -gt 1 ]] || COMPREPLY=()
          [[ "${positional_number}" -eq -2 ]] ||
      """
    return script.replacing(values, with: "\(change) \(values)", maxReplacements: 1)
  }
}
