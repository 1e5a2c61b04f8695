// SPDX-License-Identifier: MIT

/// A line that a person enters in a room.
indirect enum RoomCommand: Sendable, Equatable {
  /// A setting with a ladder of usual values.
  enum Level: Sendable, Equatable { case value(Int), up, down, off }
  enum Next: Sendable, Equatable { case name(String), random, cycle }

  /// An empty line: passes the mic.
  case pass
  case say(String)
  case interrupt
  case hold, go
  case next(Next)
  case rewind(Int)
  case words(Level)
  case speed(Level)
  case status, history, help, quit
  case showChecks(Bool)
  case bio(String)
  /// Another command, performed once this many code points of the coming turn are shown.
  case at(Int, RoomCommand)

  static let manual = """
    An empty line passes the mic: it interrupts whoever speaks, lets the next one
    speak while the room is held, and skips your own turn. Other text is said on
    your turn alone.
      /hold, /go        hold the room after this turn; let it go on
      /next NAME        who speaks next; random: nobody in particular; without a
                        name: one participant after the other
      /interrupt        interrupt the speaker
      /words N          most words of a message; + and -: more, fewer; off: any
      /speed N          show N chunks of 4 characters a second; +, -, off, and 0
                        stands still
      /history          the messages so far, numbered
      /rewind N         go back to message N; the room is then held
      /status           who speaks, who is next, turn and limits
      /mod on, off      show the moderator's checks, or not
      /bio TEXT         introduce yourself, before the first turn
      /quit             end the conversation
    // before a line says it with one slash; \\ at its end goes on in the next line.
    /at N COMMAND acts once N characters of the coming turn are shown.
    """

  /// Throws a sentence for the person.
  static func parse(_ line: String) throws(InvalidValue) -> RoomCommand {
    let text = line.trimmed
    guard text.hasPrefix("/") else { return text.isEmpty ? .pass : .say(text) }
    guard !text.hasPrefix("//") else { return .say(String(text.dropFirst())) }
    let word = String(text.prefix { !$0.isWhitespace })
    let rest = String(text.dropFirst(word.count)).trimmed
    return try parse(word.lowercased(), rest)
  }

  private static func parse(_ word: String, _ rest: String) throws(InvalidValue) -> RoomCommand {
    switch word {
    case "/next": return .next(rest.isEmpty ? .cycle : rest.lowercased() == "random" ? .random : .name(rest))
    case "/rewind": return .rewind(try number(rest, atLeast: 0, for: word))
    case "/words": return .words(try level(rest, atLeast: 1, for: word))
    case "/speed": return .speed(try level(rest, atLeast: 0, for: word))
    case "/mod": return .showChecks(try switched(rest, for: word))
    case "/bio":
      guard !rest.isEmpty else { throw InvalidValue("/bio needs a text") }
      return .bio(rest)
    case "/at": return try at(rest)
    default: break
    }
    guard let command = plain[word] else {
      let words =
        Array(plain.keys).sorted() + ["/next", "/rewind", "/words", "/speed", "/mod", "/bio", "/at"]
      let hint = Suggestion.text(for: word, among: words)
      let list = ", only \(words.joined(separator: " ")); // before a line says it with one slash"
      throw InvalidValue("there is no control \(excerpt(word))\(hint.isEmpty ? list : hint)")
    }
    guard rest.isEmpty else { throw InvalidValue("\(word) takes no argument") }
    return command
  }

  private static let plain: [String: RoomCommand] = [
    "/hold": .hold, "/go": .go, "/status": .status, "/history": .history, "/help": .help, "/quit": .quit,
    "/interrupt": .interrupt,
  ]

  private static func at(_ rest: String) throws(InvalidValue) -> RoomCommand {
    let count = String(rest.prefix { !$0.isWhitespace })
    let command = String(rest.dropFirst(count.count)).trimmed
    let place = try number(count, atLeast: 1, for: "/at")
    guard command.hasPrefix("/"), !command.hasPrefix("//") else {
      throw InvalidValue("/at needs a number of characters and a control, such as /at 100 /interrupt")
    }
    let inner = try parse(command)
    if case .at = inner { throw InvalidValue("/at cannot hold another /at") }
    return .at(place, inner)
  }

  private static func number(_ text: String, atLeast least: Int, for word: String) throws(InvalidValue) -> Int
  {
    guard let number = Int(text), number >= least, number <= 1_000_000_000 else {
      throw InvalidValue("\(word) needs a whole number from \(least), not \"\(Self.excerpt(text))\"")
    }
    return number
  }

  private static func level(
    _ text: String, atLeast least: Int, for word: String
  ) throws(InvalidValue) -> Level {
    switch text.lowercased() {
    case "+": return .up
    case "-": return .down
    case "off": return .off
    default:
      guard let number = Int(text), number >= least, number <= 1_000_000 else {
        throw InvalidValue("\(word) needs a whole number from \(least), +, - or off")
      }
      return .value(number)
    }
  }

  private static func switched(_ text: String, for word: String) throws(InvalidValue) -> Bool {
    switch text.lowercased() {
    case "on": return true
    case "off": return false
    default: throw InvalidValue("\(word) needs on or off")
    }
  }

  private static func excerpt(_ text: String) -> String { String(text.prefix(40)) }
}

/// The usual values of a setting that is changed step by step; nil means no limit.
enum Ladder {
  private static let words = [10, 25, 50, 100, 200, 500]

  /// The next word limit up (`isUp`) or down.
  static func words(_ limit: Int?, isUp: Bool) -> Int? {
    guard let limit else { return isUp ? nil : words.last }
    return isUp ? words.first { $0 > limit } : words.last { $0 < limit } ?? min(limit, words[0])
  }

  /// The next speed in chunks per second, by steps of 1.5 between 3 and 500; 0 stands still.
  static func speed(_ speed: Double?, isUp: Bool) -> Double? {
    guard let speed else { return isUp ? nil : 500 }
    if isUp { return speed < 3 ? 3 : speed * 1.5 > 500 ? nil : speed * 1.5 }
    return speed / 1.5 < 3 ? 0 : speed / 1.5
  }
}
