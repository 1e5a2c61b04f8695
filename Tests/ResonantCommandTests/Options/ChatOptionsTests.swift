// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore
import Testing

@testable import resonant

@Suite struct ChatOptionsTests {
  private struct Command: ParsableCommand {
    @OptionGroup var options: ChatOptions
  }

  /// A word that each option takes on the command line; nil for a switch.
  private func sample(_ option: ChatOption) -> String? {
    switch option.kind {
    case .boolean: nil
    case .integer, .seed, .seconds: "7"
    case .choice(let words): words[0]
    default: "text"
    }
  }

  @Test func theHelpListsExactlyTheOptionsOfTheTable() {
    let help = Command.helpMessage(columns: 400)
    let flags = help.split(separator: "\n").compactMap { line in
      line.firstMatch(of: /^\s+(--[a-z-]+)/).map { String($0.1) }
    }
    #expect(Set(flags) == Set(OptionTable.all.map(\.flag)))
    #expect(flags.count == OptionTable.all.count)
    for option in OptionTable.all { #expect(help.contains(option.help)) }
  }

  @Test func everyFlagBecomesItsKey() throws {
    for option in OptionTable.all {
      let arguments = [option.flag] + [sample(option)].compactMap(\.self)
      let overlay = try ChatOptions.parse(arguments).overlay()
      let key = option.scope == .process ? [] : [option.key]
      #expect(Array(overlay.keys) == key)
    }
  }

  @Test func nothingGivenSaysNothing() throws {
    #expect(try ChatOptions.parse([]).overlay() == [:])
  }

  @Test func valuesKeepTheirKind() throws {
    let overlay = try ChatOptions.parse([
      "--max-turns", "3", "--delay", "0.5", "--seed", "18446744073709551615", "--no-html", "--opening=-hi",
      "--model", "a", "--model", "b", "--stop-phrase", "x", "--stop-phrase", "y", "--order", "round-robin",
      "--system-prompt", "",
    ]).overlay()
    #expect(
      overlay == [
        "model": "b", "system_prompt": "", "opening": "-hi", "max_turns": 3, "order": "round-robin",
        "stop_phrase": ["x", "y"], "seed": .number("18446744073709551615"), "delay": 0.5, "no_html": true,
      ])
  }

  @Test(arguments: [
    ["--max-turns", "x"], ["--delay", "inf"], ["--api", "smtp"], ["--unknown"], ["--model"],
  ])
  func wrongArgumentsAreRefused(arguments: [String]) {
    #expect(throws: (any Error).self) { try ChatOptions.parse(arguments) }
  }
}
