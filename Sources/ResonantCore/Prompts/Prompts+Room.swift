// SPDX-License-Identifier: MIT

extension Prompts {
  // MARK: Choosing the next speaker

  static let nextSpeakerTool =
    "Ask for a particular participant to speak next. Call it beside your message; without it, somebody is chosen "
    + "for you."
  static let nextSpeakerArgument = "The participant's name."
  static let chooseSpeakerTool = "Say which participant should speak next."

  static func vote(among names: [String]) -> String {
    "It is time to vote on who speaks next: \(list(names)). Call the tool with the name of the participant whose "
      + "contribution would help the conversation most now."
  }

  static func chooseSpeaker(among names: [String], all: [String], topic: String?, said: String) -> String {
    """
    You moderate a conversation between \(list(all)).\(topic.map { " Its topic: \($0)" } ?? "")

    The conversation so far:

    \(said.isEmpty ? "(Nobody has spoken yet.)" : said)

    Choose who speaks next: \(list(names)). Call the tool with the name.
    """
  }

  // MARK: A room

  /// What every participant reads first.
  static func introduction(models: [String], people: [String], topic: String) -> String {
    let all = list(models + people)
    let kinds =
      people.isEmpty
      ? "All of them are AI models. A person has set up the room and reads along, but takes no part."
      : "\(list(people)) is a person, who has set up the room; the others are AI models."
    return """
      This is a group conversation between \(all). \(kinds)

      The topic of the room:

      \(topic)
      """
  }

  /// The instructions to a model that hold for the whole conversation.
  static func roomInstructions(name: String, choosesSpeakers: Bool, setsTriggers: Bool) -> String {
    var lines = [
      "You are \(name), one of the participants of a group conversation. Speak as yourself, with opinions of your "
        + "own, respond to what the others say, and keep your messages short.",
      "Others' messages begin with their names in brackets, such as [somebody]. Do not begin yours with your name.",
      "A message that breaks off with a dash was interrupted; that can happen to you and to the others. The "
        + "moderator is not a participant: it explains interruptions and gives directions, which you follow.",
    ]
    if choosesSpeakers {
      lines.append(
        "With the tool \(requestNextSpeaker) you may say who should speak after you. Call it beside your message."
      )
    }
    lines.append("If you have nothing to add, call the tool skip instead of writing a message.")
    if setsTriggers {
      lines.append(
        "With the tool set_triggers you may list subjects or claims on which you want to interrupt the others."
      )
    }
    return lines.joined(separator: "\n\n")
  }

  private static let requestNextSpeaker = "request_next_speaker"

  static func introductions(_ bios: [(name: String, text: String)]) -> String {
    "How the others have introduced themselves:\n"
      + bios.map { "- \($0.name): \($0.text)" }.joined(separator: "\n")
  }

  static func triggers(_ triggers: [String], limit: Int) -> String {
    triggers.isEmpty
      ? "You have set no triggers; you may set up to \(limit)."
      : "Your triggers (\(triggers.count) of at most \(limit)):\n"
        + triggers.map { "- \($0)" }.joined(separator: "\n")
  }

  static let selfIntroduction =
    "You are about to join a group conversation. Introduce yourself to the others in at most 50 words: your "
    + "character, what you care about, and how you like to talk. Answer with the introduction alone."

  static let yourTurn = "(It is your turn to speak.)"

  static func wordLimit(_ limit: Int) -> String {
    "Please keep your next message to at most \(limit) word\(limit == 1 ? "" : "s")."
  }
  static let noWordLimit =
    "The word limit has been lifted; your next message may be as long as it needs to be."

  static func interruptedByPerson(_ name: String) -> String {
    "The human interrupted \(name) and passed the mic."
  }
  static func interrupted(_ name: String, by interrupter: String) -> String {
    "\(interrupter) interrupted \(name)."
  }

  static let skipTool = "Pass: say nothing this time."
  static let triggersTool =
    "Replace your list of triggers: subjects or claims on which you want to interrupt whoever is speaking. An "
    + "empty list removes all of them."
  static let triggersArgument = "Each trigger in at most 8 words."

  // MARK: The moderator's checks

  static func check(speaker: String, snippet: String) -> String {
    """
    You decide whether somebody may interrupt a speaker in a group conversation. \(speaker) is speaking; the most \
    recent words are:

    \(snippet)

    Score with the tool, for each of the other participants, how well these words match one of their triggers. Be \
    strict: a high score stops \(speaker) in mid-sentence.
    """
  }

  static let scoreTool = "Give the scores."

  static func score(_ name: String, triggers: [String], threshold: Int) -> String {
    """
    How strongly \(name) should interrupt now, from 1 to 10. 1: unrelated to the triggers. \
    \(max(2, threshold / 2)): loosely related. \(threshold) or more: a trigger is clearly met, and \(name) interrupts. \
    Triggers: \(triggers.joined(separator: "; "))
    """
  }
  static let rationale = "The reason, in a few words."

  private static func list(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }
}
