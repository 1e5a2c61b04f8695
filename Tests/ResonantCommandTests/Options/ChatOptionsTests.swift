// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore
import Testing

@testable import resonant

@Suite struct ChatOptionsTests {
  private struct Chat: ParsableCommand { @OptionGroup var options: ChatOptions }
  private struct Party: ParsableCommand { @OptionGroup var options: PartyOptions }
  private struct Resume: ParsableCommand { @OptionGroup var options: ResumeOptions }

  /// A word that each option takes on the command line; nil for a switch.
  private func sample(_ option: ChatOption) -> String? {
    switch option.kind {
    case .boolean: nil
    case .integer, .seed, .seconds: "7"
    case .choice(let words): words[0]
    default: "text"
    }
  }

  private static let ofRooms = OptionTable.all.filter { $0.applies(to: .party) && $0.key != "party" }

  @Test func theHelpListsExactlyTheOptionsOfTheTable() {
    let person = ["--go", "--bio", "--moderation-log"]
    for (command, options, others) in [
      (Chat.self, OptionTable.all.filter { $0.applies(to: .chat) }, []),
      (Party.self, Self.ofRooms, person), (Resume.self, OptionTable.all, person),
    ] as [(any ParsableCommand.Type, [ChatOption], [String])] {
      let help = command.helpMessage(includeHidden: true, columns: 400)
      let flags = help.split(separator: "\n").compactMap { line in
        line.firstMatch(of: /^\s+(--[a-z-]+)/).map { String($0.1) }
      }
      #expect(Set(flags) == Set(options.map(\.flag) + others))
      #expect(flags.count == options.count + others.count)
      for option in options { #expect(help.contains(option.help)) }
    }
  }

  @Test func everyFlagBecomesItsKey() throws {
    for option in OptionTable.all {
      let arguments = [option.flag] + [sample(option)].compactMap(\.self)
      let keys = option.scope == .process ? [] : [option.key]
      #expect(Array(try ResumeOptions.parse(arguments).overlay().keys) == keys)
      if option.applies(to: .chat) {
        #expect(Array(try ChatOptions.parse(arguments).overlay().keys) == keys)
      }
    }
    for option in Self.ofRooms {
      let arguments = ["room.json5", option.flag] + [sample(option)].compactMap(\.self)
      let keys = option.scope == .process ? [] : [option.key]
      let overlay = try PartyOptions.parse(arguments).overlay(context)
      #expect(Array(overlay.keys) == ["party"] + keys)
    }
  }

  private let context = ResolutionContext(environment: [:], directory: "/nowhere") { 1 }

  @Test func aRoomWithoutAConfigSaysWhatItLooksFor() throws {
    let options = try PartyOptions.parse([])
    #expect {
      try options.overlay(context)
    } throws: {
      "\($0)" == "there is no config.json5 and no config.json here; give the path of the room's config"
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
