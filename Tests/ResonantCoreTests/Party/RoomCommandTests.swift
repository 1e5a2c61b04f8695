// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

@Suite struct RoomCommandTests {
  static let lines: [(String, RoomCommand)] = [
    ("", .pass), ("  \t", .pass), ("hello", .say("hello")), ("  hello  ", .say("hello")),
    ("two\nlines", .say("two\nlines")), ("//etc", .say("/etc")), ("a /hold", .say("a /hold")),
    ("/hold", .hold), ("/GO ", .go), ("/interrupt", .interrupt), ("/status", .status), ("/history", .history),
    ("/help", .help), ("/quit", .quit),
    ("/next", .next(.cycle)), ("/next random", .next(.random)), ("/next Random", .next(.random)),
    ("/next gpt-4 turbo", .next(.name("gpt-4 turbo"))),
    ("/rewind 0", .rewind(0)), ("/rewind 12", .rewind(12)),
    ("/words 50", .words(.value(50))), ("/words +", .words(.up)), ("/words -", .words(.down)),
    ("/words off", .words(.off)),
    ("/speed 0", .speed(.value(0))), ("/speed 7", .speed(.value(7))), ("/speed +", .speed(.up)),
    ("/speed -", .speed(.down)), ("/speed OFF", .speed(.off)),
    ("/mod on", .showChecks(true)), ("/mod off", .showChecks(false)),
    ("/bio I am a gull.", .bio("I am a gull.")), ("/bio two\nlines", .bio("two\nlines")),
    ("/at 100 /interrupt", .at(100, .interrupt)), ("/at 1 /next Bob", .at(1, .next(.name("Bob")))),
  ]

  @Test(arguments: lines)
  func aLineIsACommand(line: String, command: RoomCommand) throws {
    #expect(try RoomCommand.parse(line) == command)
  }

  static let refused: [(String, String)] = [
    ("/nonsense", "there is no control /nonsense"), ("/", "there is no control /"),
    ("/hold now", "/hold takes no argument"), ("/rewind", "whole number from 0"),
    ("/rewind -1", "whole number from 0"), ("/rewind two", "not \"two\""),
    ("/words 0", "whole number from 1"),
    ("/words 2.5", "whole number from 1"), ("/speed -1", "whole number from 0"), ("/speed", "+, - or off"),
    ("/mod", "needs on or off"), ("/bio", "/bio needs a text"), ("/at", "whole number from 1"),
    ("/at 0 /hold", "whole number from 1"), ("/at 5", "a number of characters and a control"),
    ("/at 5 hello", "a number of characters and a control"),
    ("/at 5 //hello", "a number of characters and a control"), ("/at 5 /at 6 /hold", "cannot hold another"),
    ("/at 5 /nonsense", "there is no control /nonsense"),
  ]

  @Test(arguments: refused)
  func anythingElseIsExplained(line: String, explanation: String) {
    let error = #expect(throws: InvalidValue.self) { try RoomCommand.parse(line) }
    #expect(error?.description.contains(explanation) == true, "\(error?.description ?? "")")
  }

  @Test(
    arguments: [
      (nil, true, nil), (nil, false, 500), (500, true, nil), (500, false, 200), (200, false, 100),
      (100, false, 50),
      (50, false, 25), (25, false, 10), (10, false, 10), (10, true, 25), (7, false, 7), (7, true, 10),
      (60, true, 100), (60, false, 50), (1_000, true, nil), (1_000, false, 500),
    ] as [(Int?, Bool, Int?)])
  func wordsFollowTheLadder(limit: Int?, isUp: Bool, next: Int?) {
    #expect(Ladder.words(limit, isUp: isUp) == next)
  }

  @Test(
    arguments: [
      (nil, true, nil), (nil, false, 500), (0, true, 3), (0, false, 0), (3, true, 4.5), (3, false, 0),
      (4.5, false, 3), (400, true, nil), (500, true, nil), (30, true, 45), (30, false, 20), (1, true, 3),
    ] as [(Double?, Bool, Double?)])
  func speedGoesInStepsOfAHalf(speed: Double?, isUp: Bool, next: Double?) {
    #expect(Ladder.speed(speed, isUp: isUp) == next)
  }
}
