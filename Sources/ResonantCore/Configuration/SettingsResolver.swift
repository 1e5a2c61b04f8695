// SPDX-License-Identifier: MIT

import OrderedCollections

extension Options {
  /// The settings that the options give, with defaults for all others.
  func settings(_ context: ResolutionContext) throws(ConfigurationError) -> ChatSettings {
    try checkRivals()
    try checkOpening()
    try checkOrder()
    var settings = mode == .party ? ChatSettings.room : ChatSettings()
    if values["seed"] == nil { settings.conversation.seed = context.randomSeed() }
    for (key, value) in values { OptionTable[key]?.setting?.write(value, &settings) }
    if values["template"] != nil {
      settings.conversation.opening = nil
      if !settings.conversation.stopPhrases.contains(TemplateFile.stopPhrase) {
        settings.conversation.stopPhrases.append(TemplateFile.stopPhrase)
      }
    }
    if let config = roomConfig {
      config.write(to: &settings.room)
      settings.room.topic = try topic()
      try checkEnd(context)
    }
    try checkBaseName()
    settings.output.pandocPath = try pandocPath(context)
    return settings
  }

  private func checkOpening() throws(ConfigurationError) {
    guard let opening = text("opening") else { return }
    if values["template"] != nil {
      throw failure("opening", "cannot be given together with \(source.word(for: "template"))")
    }
    if opening.allSatisfy(\.isWhitespace) {
      throw failure(
        "opening",
        "must not be empty; give \(source.word(for: "no_opening")) to have the first participant begin")
    }
  }

  private func checkOrder() throws(ConfigurationError) {
    let isAsked = text("order") == SpeakerOrder.moderator.rawValue
    if let config = roomConfig {
      guard isAsked, config.value["moderator"] == nil else { return }
      throw failure("order", "needs a moderator in the room's config, an object with url and model")
    }
    let word = source.word(for: "moderator")
    if isAsked, values["moderator"] == nil {
      throw failure("order", "needs \(word), an object with endpoint and model")
    }
    if !isAsked, values["moderator"] != nil {
      throw failure("moderator", "is asked only with \(source.word(for: "order")) moderator")
    }
  }

  /// The topic without white space around it; empty if none is given.
  private func topic() throws(ConfigurationError) -> String {
    guard let text = text("topic") else { return "" }
    let start = text.drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else {
      throw failure("topic", "must not be empty")
    }
    return String(start[...last])
  }

  /// Checks that a room in which nobody takes part has something to talk about, and an end.
  private func checkEnd(_ context: ResolutionContext) throws(ConfigurationError) {
    if context.isAttended { return }
    if values["topic"] == nil {
      throw ConfigurationError(
        source.wholePlace, "a room in a batch needs a topic, since nobody is there to give one")
    }
    if values["max_turns"] == nil {
      throw ConfigurationError(source.wholePlace, "a room in a batch needs max_turns, or it would never end")
    }
  }

  private func checkBaseName() throws(ConfigurationError) {
    guard let name = text("name") else { return }
    let isPlain = !name.unicodeScalars.contains { $0 == "/" || $0.properties.generalCategory == .control }
    guard isPlain, name != ".", name != "..", name.utf8.count <= 240 else {
      throw failure("name", "must be a plain file name; give the directory with \(source.word(for: "out"))")
    }
  }

  /// The path of the program that `pandoc_path` names; nil when the option is not given.
  public func pandocPath(_ context: ResolutionContext) throws(ConfigurationError) -> String? {
    guard let command = text("pandoc_path") else { return nil }
    if command.contains("/") {
      if OptionFile.isProgram(command) { return command }
      throw failure("pandoc_path", "\(command) is not an executable file")
    }
    if let path = context.program(command) { return path }
    throw failure("pandoc_path", "there is no program \(command) on the PATH")
  }
}
