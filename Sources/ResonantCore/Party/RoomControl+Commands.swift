// SPDX-License-Identifier: MIT

import OrderedCollections

/// What answers to a person depend on.
struct RoomView: Sendable {
  var transcript: Transcript?
  var names: [String] = []
  var state: RoomState?
  /// How the next speaker is chosen if nobody is asked for.
  var order = ""

  /// The one who spoke last, or tried to.
  var lastSpeaker: String? {
    transcript.flatMap { $0.attempts.last?.fields["speaker"]?.string ?? $0.turns.last?.speaker }
  }

  /// The participants whose names match: the one with exactly this name, else all that contain it.
  func names(matching text: String) -> [String] {
    if let exact = names.first(where: { $0.lowercased() == text.lowercased() }) { return [exact] }
    return names.filter { $0.lowercased().contains(text.lowercased()) }
  }
}

/// The effect of a command outside the state.
struct CommandResult: Sendable {
  var answer: String?
  /// The reply that is cut, and whose it is.
  var cut: (live: LiveReply, verdict: LiveReply.Verdict, speaker: String)?

  static func say(_ text: String) -> CommandResult { CommandResult(answer: text) }
  static let nothing = CommandResult()
}

extension RoomControl.State {
  /// A room that holds itself after failures, and is not let go on, has failed.
  var ending: ConversationStep { failure.map { .stop(.error, error: $0) } ?? .stop(.quit) }

  mutating func perform(_ command: RoomCommand, isLate: Bool) -> CommandResult {
    switch command {
    case .pass: return pass()
    case .say(let text): return .say(refusal(of: text))
    case .interrupt: return isLate ? dropInterrupt(of: speech?.speaker ?? "") : interrupt()
    case .hold: return hold()
    case .go: return go()
    case .next(let next): return setNext(next)
    case .rewind(let number): return rewind(to: number)
    case .words(let level): return setWords(level)
    case .speed(let level): return setSpeed(level)
    case .status: return .say(status)
    case .history: return .say(view.history)
    case .help: return .say(RoomCommand.manual)
    case .quit: return quit()
    case .showChecks(let isOn):
      showsChecks = isOn
      return .say("the moderator's checks are \(isOn ? "shown" : "not shown")")
    case .bio: return .say("introductions are over")
    case .at(let count, let command):
      stops.append(.init(count: count, command: command))
      return .nothing
    }
  }

  // MARK: Turns

  private mutating func pass() -> CommandResult {
    if speech != nil { return interrupt() }
    guard !isChoosing else { return .say("the next speaker is being chosen") }
    guard isHeld, input == nil else { return .nothing }
    grants += 1
    return .nothing
  }

  private func refusal(of text: String) -> String {
    let line = text.count > 60 ? text.prefix(60) + "…" : text[...]
    return "not said: \"\(line)\"; \(wayToSpeak)"
  }

  private static let wayToTurn = "/next \(RoomPerson.name), an empty line, then the text"

  /// What a person has to enter to be heard.
  private var wayToSpeak: String {
    guard view.names.contains(RoomPerson.name) else {
      return "nobody takes part in this room (human_speaker is false); an empty line passes the mic"
    }
    guard isHeld, speech == nil, !isChoosing else {
      return "it is not your turn, which /next \(RoomPerson.name) gives to you; an empty line passes the mic"
    }
    if view.lastSpeaker == RoomPerson.name {
      return "somebody else has to speak before, with an empty line; then \(Self.wayToTurn)"
    }
    let isNext = nextSpeaker == RoomPerson.name
    return isNext ? "to say it: an empty line, then the text" : "to say it: \(Self.wayToTurn)"
  }

  private mutating func interrupt() -> CommandResult {
    guard let speech else { return .say("nobody speaks, so there is nobody to interrupt") }
    return CommandResult(cut: (speech.live, .listener(name: RoomPerson.name), speech.speaker))
  }

  mutating func dropInterrupt(of whom: String) -> CommandResult {
    note(Happening("interrupt", ["by": .string(RoomPerson.name), "whom": .string(whom), "dropped": true]))
    return .say("the interrupt is dropped: \(whom) had finished before")
  }

  private mutating func hold() -> CommandResult {
    guard !isHeld || grants > 0 else { return .say("the room is held already") }
    isHeld = true
    grants = 0
    return .say("held" + (speech == nil ? "" : " after this turn"))
  }

  private mutating func go() -> CommandResult {
    isHeld = false
    failure = nil
    return .say("the room goes on")
  }

  private mutating func quit() -> CommandResult {
    isQuitting = true
    return CommandResult(cut: speech.map { ($0.live, .quit, $0.speaker) })
  }

  // MARK: Choices

  private mutating func setNext(_ next: RoomCommand.Next) -> CommandResult {
    switch next {
    case .random: return choose(nil)
    case .cycle:
      // Takes the wish of a line that is not in the transcript yet into account.
      guard let current = nextSpeaker, let index = view.names.firstIndex(of: current) else {
        return choose(view.names.first)
      }
      return choose(index + 1 < view.names.count ? view.names[index + 1] : nil)
    case .name(let text):
      let matches = view.names(matching: text)
      guard matches.count == 1 else {
        let names = (matches.isEmpty ? view.names : matches).joined(separator: ", ")
        return .say(
          matches.isEmpty
            ? "nobody is called \(text.prefix(40)); there are \(names)"
            : "\(text.prefix(40)) can mean \(names)")
      }
      // Another turn of the same person cannot follow; an empty line, which begins other turns, would pass this one.
      if input == .turn, matches[0] == RoomPerson.name {
        return .say("it is your turn already: say something; an empty line passes")
      }
      return choose(matches[0])
    }
  }

  private mutating func choose(_ name: String?) -> CommandResult {
    note(Happening("next", ["speaker": name.map(JSONValue.string) ?? .null]))
    let last = speech?.speaker ?? view.lastSpeaker
    guard let name, name == last, view.names.count > 1, !isChoosing else {
      return .say("next: \(name ?? "random")")
    }
    return .say("next: \(name), if somebody else speaks before: nobody speaks twice in a row")
  }

  private mutating func rewind(to number: Int) -> CommandResult {
    guard speech == nil else {
      return .say("nothing can be rewound while somebody speaks; interrupt first")
    }
    guard input != .turn else {
      return .say("it is your turn, in which nothing can be rewound: an empty line passes, then rewind")
    }
    let count = messages
    guard number < count else {
      return .say(count == 0 ? "there is nothing to rewind" : "/rewind takes a number from 0 to \(count - 1)")
    }
    steps.append(.rewind(to: number))
    isHeld = true
    grants = 0
    return .say("rewound to message \(number); the room is held")
  }

  // MARK: Levels

  private mutating func setWords(_ level: RoomCommand.Level) -> CommandResult {
    let current = wordLimit
    let limit: Int? =
      switch level {
      case .value(let number): number
      case .off: nil
      case .up: Ladder.words(current, isUp: true)
      case .down: Ladder.words(current, isUp: false)
      }
    if limit != current { note(Happening("words", ["limit": limit.map { .int($0) } ?? .null])) }
    return .say(limit.map { "at most \($0) words a message" } ?? "no word limit")
  }

  private mutating func setSpeed(_ level: RoomCommand.Level) -> CommandResult {
    let wanted: Double? =
      switch level {
      case .value(let number): Double(number)
      case .off: nil
      case .up: Ladder.speed(speed, isUp: true)
      case .down: Ladder.speed(speed, isUp: false)
      }
    guard wanted != 0 || mayStandStill else {
      return .say("at speed 0 the room would stand still for ever: no line comes while somebody speaks")
    }
    speed = wanted
    if speed == 0 { return .say("the text stands still") }
    return .say(
      speed.map { "\(Int($0.rounded())) chunks of 4 characters a second" } ?? "text is shown as it comes")
  }

  // MARK: What holds once all steps are taken

  var happenings: [Happening] { steps.compactMap(\.happening) }

  var isRewinding: Bool { steps.contains { if case .rewind = $0 { true } else { false } } }

  private mutating func note(_ happening: Happening) { steps.append(.happening(happening)) }

  /// The person's or a model's wish; nil for none.
  private var nextSpeaker: String? {
    for step in steps.reversed() {
      switch step {
      case .rewind: return nil
      case .happening(let happening) where happening.kind == "next":
        return happening.fields["speaker"]?.string
      default: break
      }
    }
    return view.state?.wish?.speaker
  }

  private var wordLimit: Int? {
    guard let change = happenings.last(where: { $0.kind == "words" }) else { return view.state?.wordLimit }
    return change.fields["limit"]?.int
  }

  private var messages: Int {
    for case .rewind(let number) in steps.reversed() { return number }
    return view.transcript?.turns.count ?? 0
  }

  // MARK: Answers

  private var status: String {
    let turn = "turn \(messages)"
    let doing: [String]
    if let speaker = speech?.speaker ?? (input == .turn ? "you" : nil) {
      doing = ["turn \(messages + 1), speaking: \(speaker)"]
    } else if isChoosing {
      doing = ["choosing the next speaker", turn]
    } else {
      doing = [isHeld ? "held" : "running", turn]
    }
    let facts: [String?] =
      doing + [
        isHeld && doing.first != "held" ? "held afterwards" : nil,
        "next: \(nextSpeaker ?? view.order)", wordLimit.map { "at most \($0) words" } ?? "no word limit",
        speed.map { "speed \(Int($0.rounded()))" }, failure.map { "held because \($0)" },
      ]
    return facts.compactMap(\.self).joined(separator: " · ")
  }
}

extension ConversationStep {
  var happening: Happening? { if case .happening(let happening) = self { happening } else { nil } }
}

extension RoomView {
  /// The numbered messages, each with the notes that belong to it.
  fileprivate var history: String {
    guard let transcript, !transcript.turns.isEmpty else { return "nobody has spoken yet" }
    return transcript.timeline.compactMap { moment in
      switch moment {
      case .turn(let turn):
        "\(turn.number). [\(turn.speaker)]: \(turn.utteranceForOthers)"
      case .event(let event) where event.isModeratorNote:
        "   [moderator]: \(event.fields["text"]?.string ?? "")"
      default: nil
      }
    }.joined(separator: "\n")
  }
}
