// SPDX-License-Identifier: MIT

import OrderedCollections

/// What answers to a person depend on.
struct RoomView: Sendable {
  var transcript: Transcript?
  var names: [String] = []
  var state: RoomState?

  /// The participants whose names match: the one with exactly this name, else all that contain it.
  func names(matching text: String) -> [String] {
    if let exact = names.first(where: { $0.lowercased() == text.lowercased() }) { return [exact] }
    return names.filter { $0.lowercased().contains(text.lowercased()) }
  }
}

/// The effect of a command outside the state.
struct CommandResult: Sendable {
  var answer: String?
  /// The reply that is cut.
  var cut: (live: LiveReply, verdict: LiveReply.Verdict)?

  static func say(_ text: String) -> CommandResult { CommandResult(answer: text) }
  static let nothing = CommandResult()
}

extension RoomControl.State {
  /// A room that holds itself after failures, and is not let go on, has failed.
  var ending: ConversationStep { failure.map { .stop(.error, error: $0) } ?? .stop(.quit) }

  mutating func perform(_ command: RoomCommand, isLate: Bool) -> CommandResult {
    switch command {
    case .pass: return pass()
    case .say: return .say("it is not your turn; an empty line passes the mic, /next human gives it to you")
    case .interrupt: return isLate ? dropInterrupt() : interrupt()
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
    if isHeld, input == nil { grants += 1 }
    return .nothing
  }

  private mutating func interrupt() -> CommandResult {
    guard let speech else { return .say("nobody speaks, so there is nobody to interrupt") }
    return CommandResult(cut: (speech.live, .listener(name: RoomPerson.name)))
  }

  private mutating func dropInterrupt() -> CommandResult {
    let whom = speech?.speaker ?? ""
    happenings.append(
      Happening("interrupt", ["by": .string(RoomPerson.name), "whom": .string(whom), "dropped": true]))
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
    return CommandResult(cut: speech.map { ($0.live, .quit) })
  }

  // MARK: Choices

  private mutating func setNext(_ next: RoomCommand.Next) -> CommandResult {
    switch next {
    case .random: return choose(nil)
    case .cycle:
      // Takes the wish of a line that is not in the transcript yet into account.
      let pending = happenings.last { $0.kind == "next" }.map { $0.fields["speaker"]?.string }
      let current = pending ?? view.state?.wish?.speaker
      guard let current, let index = view.names.firstIndex(of: current) else {
        return choose(view.names.first)
      }
      return choose(index + 1 < view.names.count ? view.names[index + 1] : nil)
    case .name(let text):
      let matches = view.names(matching: text)
      guard matches.count == 1 else {
        let names = (matches.isEmpty ? view.names : matches).joined(separator: ", ")
        return .say(
          matches.isEmpty ? "nobody is called \(text); there are \(names)" : "\(text) can mean \(names)")
      }
      return choose(matches[0])
    }
  }

  private mutating func choose(_ name: String?) -> CommandResult {
    happenings.append(Happening("next", ["speaker": name.map(JSONValue.string) ?? .null]))
    return .say("next: \(name ?? "random")")
  }

  private mutating func rewind(to number: Int) -> CommandResult {
    guard speech == nil, input != .turn else {
      return .say("nothing can be rewound while somebody speaks; interrupt first")
    }
    let count = view.transcript?.turns.count ?? 0
    guard number < count else {
      return .say(count == 0 ? "there is nothing to rewind" : "/rewind takes a number from 0 to \(count - 1)")
    }
    rewind = number
    isHeld = true
    grants = 0
    return .say("rewound to message \(number); the room is held")
  }

  // MARK: Levels

  private mutating func setWords(_ level: RoomCommand.Level) -> CommandResult {
    let pending = happenings.last { $0.kind == "words" }.map { $0.fields["limit"]?.int }
    let current = pending ?? view.state?.wordLimit
    let limit: Int? =
      switch level {
      case .value(let number): number
      case .off: nil
      case .up: Ladder.words(current, isUp: true)
      case .down: Ladder.words(current, isUp: false)
      }
    if limit != current {
      happenings.append(Happening("words", ["limit": limit.map { .int($0) } ?? .null]))
    }
    return .say(limit.map { "at most \($0) words a message" } ?? "no word limit")
  }

  private mutating func setSpeed(_ level: RoomCommand.Level) -> CommandResult {
    switch level {
    case .value(let number): speed = Double(number)
    case .off: speed = nil
    case .up: speed = Ladder.speed(speed, isUp: true)
    case .down: speed = Ladder.speed(speed, isUp: false)
    }
    return .say(
      speed.map { "\(Int($0.rounded())) chunks of 4 characters a second" } ?? "text is shown as it comes")
  }

  // MARK: Answers

  private var status: String {
    let doing =
      speech.map { "\($0.speaker) speaks" } ?? (input == .turn ? "your turn" : isHeld ? "held" : "running")
    let next =
      happenings.last { $0.kind == "next" }.map { $0.fields["speaker"]?.string } ?? view.state?.wish?.speaker
    let pendingWords = happenings.last { $0.kind == "words" }.map { $0.fields["limit"]?.int }
    let words = pendingWords ?? view.state?.wordLimit
    let facts = [
      doing, isHeld && doing != "held" ? "held afterwards" : nil, "turn \(view.transcript?.turns.count ?? 0)",
      "next: \(next ?? "random")", words.map { "at most \($0) words" } ?? "no word limit",
      speed.map { "speed \(Int($0.rounded()))" }, failure.map { "held because \($0)" },
    ]
    return facts.compactMap(\.self).joined(separator: " · ")
  }
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
