// SPDX-License-Identifier: MIT

import OrderedCollections

extension Options {
  /// The settings that the options give, with defaults for all others.
  func settings(_ context: ResolutionContext) throws(ConfigurationError) -> ChatSettings {
    try checkRivals()
    try checkOpening()
    try checkOrder()
    var settings = ChatSettings()
    if values["seed"] == nil { settings.conversation.seed = context.randomSeed() }
    for (key, value) in values { OptionTable[key]?.setting?.write(value, &settings) }
    if values["template"] != nil {
      settings.conversation.opening = nil
      if !settings.conversation.stopPhrases.contains(TemplateFile.stopPhrase) {
        settings.conversation.stopPhrases.append(TemplateFile.stopPhrase)
      }
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
    let later = "needs the group conversation, which this version does not have yet"
    if values["moderator"] != nil { throw failure("moderator", later) }
    if let order = text("order").flatMap(SpeakerOrder.init), [.chain, .vote, .moderator].contains(order) {
      throw failure("order", "\(order.rawValue) \(later)")
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
