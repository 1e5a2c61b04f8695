// SPDX-License-Identifier: MIT

@testable import ResonantCore

extension Sample {
  /// A room of three models and a person, in which everything happens that can.
  static var room: Transcript {
    var transcript = Transcript(
      header: header(
        participant("Ada", model: "org/ada", prompt: "You are Ada."),
        participant("Ben", model: "org/ben", prompt: "You are Ben."),
        participant("Cai", model: "org/cai", prompt: "You are Cai."),
        Transcript.Participant(name: "human", model: "", endpoint: "", api: "openai", human: true)))
    transcript.header.mode = .party
    transcript.header.topic = "What is a city for?"
    transcript.header.settings["order"] = "vote"
    transcript.header.settings["party"] = ["moderator": ["url": "builtin:", "model": "judge"]]
    transcript.turns = [
      turn(1, "Ada", "Shelter."), person(2, "And who pays?"), turn(3, "Ben", "", .passed),
      turn(4, "Cai", "The towers of", .interrupted), turn(5, "Ada", "No towers."),
      turn(6, "Ben", "half", .incomplete),
      turn(7, "Cai", "", .interrupted),
    ]
    for participant in transcript.header.participants {
      for index in transcript.turns.indices where transcript.turns[index].speaker == participant.name {
        transcript.turns[index].model = participant.model
      }
    }
    transcript.events = events
    transcript.end = .init(reason: .quit, turns: 7, characters: 60, usage: .zero, milliseconds: 900)
    return transcript
  }

  static func event(_ kind: String, after: Int, _ fields: JSONObject) -> Transcript.Event {
    Transcript.Event(kind: kind, time: start, after: after, fields: fields)
  }

  private static func person(_ number: Int, _ text: String) -> Turn {
    Turn(number: number, speaker: "human", model: "", text: text, outcome: .human, started: start)
  }

  private static let events = [
    event("bio", after: 0, ["speaker": "Ada", "text": "Ada, a sceptic."]),
    event("error", after: 0, ["speaker": "Ben", "message": "HTTP 503", "during": "bio"]),
    event("bio", after: 0, ["speaker": "human", "text": "I mend benches."]),
    event("words", after: 0, ["limit": 50]),
    event(
      "selection", after: 0,
      ["speaker": "Ada", "by": "vote", "votes": ["Ada": .null, "Ben": "Ada", "Cai": "Ada"]]),
    event("retry", after: 0, ["speaker": "Ada", "message": "HTTP 529"]),
    event(
      "tool", after: 1,
      ["speaker": "Ada", "name": "request_next_speaker", "arguments": ["participant": "human"]]),
    event("selection", after: 1, ["speaker": "human", "by": "tool"]),
    event("next", after: 2, ["speaker": "Ben"]),
    event("selection", after: 2, ["speaker": "Ben", "by": "human"]),
    event("tool", after: 3, ["speaker": "Ben", "name": "skip", "arguments": [:]]),
    event("selection", after: 3, ["speaker": "Ben", "by": "human", "dropped": true]),
    event("selection", after: 3, ["speaker": "Cai", "by": "moderator", "valid": true]),
    event(
      "check", after: 3,
      [
        "number": 1, "speaker": "Cai", "snippet": "The towers of", "dropped": false,
        "scores": ["Ada": ["score": 9, "rationale": "towers are praised"], "Ben": .null],
      ]),
    event("interrupt", after: 4, ["by": "Ada", "whom": "Cai", "dropped": false]),
    event("note", after: 4, ["text": "Ada interrupted Cai."]),
    event("selection", after: 4, ["speaker": "Ada", "by": "interrupt"]),
    event(
      "tool", after: 5,
      ["speaker": "Ada", "name": "set_triggers", "arguments": ["triggers": ["towers", "1900"]]]),
    event("triggers", after: 5, ["speaker": "Ada", "triggers": ["towers", "1900"]]),
    event(
      "tool", after: 5,
      ["speaker": "Ada", "name": "search", "arguments": ["q": "towers"], "problem": "there is no such tool"]),
    event("selection", after: 5, ["speaker": "Cai", "by": "human"]),
    event("error", after: 5, ["speaker": "Cai", "message": "HTTP 429", "status": 429]),
    event("error", after: 6, ["speaker": "Ben", "message": "the stream ended"]),
    event(
      "check", after: 6, ["number": 2, "speaker": "Cai", "snippet": "", "scores": .null, "dropped": true]),
    event("interrupt", after: 6, ["by": "Ben", "whom": "Cai", "dropped": true]),
    event("rewind", after: 6, ["to": 6]), event("words", after: 6, ["limit": .null]),
    event("hold", after: 6, ["reason": "3 turns in a row failed"]),
  ]
}

extension Sample {
  /// The room with a text in every place that holds text from outside.
  static func hostileRoom(_ text: String) -> Transcript {
    var transcript = room
    transcript.header.topic = text + "\n" + text
    transcript.header.settings["order"] = .string(text)
    transcript.header.settings["moderator"] = ["model": .string(text), "endpoint": .string(text)]
    for index in transcript.header.participants.indices {
      transcript.header.participants[index].name += text
      transcript.header.participants[index].systemPrompt = "\(index)" + text
    }
    for index in transcript.turns.indices {
      transcript.turns[index].speaker += text
      if !transcript.turns[index].text.isEmpty { transcript.turns[index].text += text }
    }
    for index in transcript.events.indices {
      transcript.events[index].fields = hostile(.object(transcript.events[index].fields), text).object ?? [:]
      // Where a value decides what happened, or names a person, it stays itself.
      for key in ["by", "name", "during"] {
        guard let value = events[index].fields[key] else { continue }
        transcript.events[index].fields[key] = value
      }
    }
    return transcript
  }

  private static func hostile(_ value: JSONValue, _ text: String) -> JSONValue {
    if let string = value.string { return .string(string + text) }
    if let items = value.array { return .array(items.map { hostile($0, text) }) }
    guard let members = value.object else { return value }
    var changed = JSONObject()
    // Names of participants are keys, too.
    for (key, member) in members {
      changed[key.first?.isUppercase == true ? key + text : key] = hostile(member, text)
    }
    return .object(changed)
  }
}
