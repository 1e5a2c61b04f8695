// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// A help text or an error of the argument parser.
struct ParserText {
  private static let errorPrefix = "Error: "
  private static let unknown = "Unknown option '"
  private static let invalid = "' is invalid for '"
  private static let choices = ". Please provide one of "
  /// The flag is a switch in other commands.
  private static let missingPage = "Missing value for '--html <file>'"

  private let text: String
  /// The command that the text is about, as its usage tells; nil for the root command.
  private let command: (any ParsableCommand.Type)?

  init(_ text: String) {
    self.text = text
    let usage =
      ["USAGE: resonant ", "Usage: resonant "].lazy.compactMap(text.firstRange).first
      .map { text[$0.upperBound...] } ?? ""
    let name = usage.prefix { $0.isLetter }
    command = Resonant.configuration.subcommands.first { $0.configuration.commandName == String(name) }
  }

  /// A help text, with a last line that tells where the other flags are, if it does not have all.
  var help: String {
    guard text.hasPrefix("OVERVIEW: "), let command, let name = command.configuration.commandName else {
      return text
    }
    let flags = Self.flags(of: command)
    let shown = Self.withoutCommonFlags(text)
    guard Self.flags(in: shown).count < flags.count else { return shown }
    return shown + "\nAll \(flags.count) flags: resonant \(name) --help-hidden"
  }

  /// An error, as this program words its own. The parser's suggestions know no abbreviations.
  var error: String {
    guard text.hasPrefix(Self.errorPrefix) else { return text }
    var lines = text.dropFirst(Self.errorPrefix.count).split(
      separator: "\n", omittingEmptySubsequences: false
    )
    .map(String.init)
    if lines[0].hasPrefix(Self.unknown), let command {
      let flag = String(lines[0].dropFirst(Self.unknown.count).prefix { $0 != "'" })
      let flags = Self.flags(of: command)
      lines[0] =
        "\(Self.unknown)\(flag)'"
        + (RequestParameter(flag, among: flags)?.hint ?? Suggestion.text(for: flag, among: flags))
    } else {
      Self.suggestChoice(&lines)
    }
    if lines[0] == Self.missingPage { lines[0] += ", where the report goes, as in --html report.html" }
    lines[0] = "resonant: " + lines[0].prefix(1).lowercased() + lines[0].dropFirst()
    return lines.joined(separator: "\n")
  }

  /// Puts the values that an option may have, or the one that was probably meant, on the line of the error.
  private static func suggestChoice(_ lines: inout [String]) {
    guard let end = lines[0].firstRange(of: choices), lines[0].contains(invalid) else { return }
    let value = lines[0].drop { $0 != "'" }.dropFirst().prefix { $0 != "'" }
    let listed = lines.dropFirst().prefix { $0.hasPrefix("  - ") }
    let inline = lines[0][end.upperBound...].split(separator: "'")
      .filter { $0.allSatisfy { $0.isLetter || $0 == "-" } }
    let names = listed.isEmpty ? inline.map(String.init) : listed.map { String($0.dropFirst(4)) }
    let suggestion = Suggestion.text(for: String(value), among: names)
    lines[0] =
      lines[0][..<end.lowerBound]
      + (suggestion.isEmpty ? "; there are \(names.joined(separator: ", "))" : suggestion)
    lines.removeSubrange(1..<(1 + listed.count))
  }

  /// The text of a command's help without the flags that every command has.
  private static func withoutCommonFlags(_ help: String) -> String {
    var lines = help.split(separator: "\n", omittingEmptySubsequences: false)
    lines.removeAll { $0.hasPrefix("  --version ") || $0.hasPrefix("  -h, --help ") }
    while let last = lines.last, last.isEmpty || last == "OPTIONS:" { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func flags(of command: any ParsableCommand.Type) -> [String] {
    flags(in: withoutCommonFlags(Resonant.helpMessage(for: command, includeHidden: true)))
  }

  /// The flags that a help text lists.
  private static func flags(in help: String) -> [String] {
    help.split(separator: "\n").filter { $0.hasPrefix("  --") }
      .map { $0.dropFirst(2).prefix { $0 == "-" || $0.isLetter || $0.isNumber } }.map(String.init)
  }
}
