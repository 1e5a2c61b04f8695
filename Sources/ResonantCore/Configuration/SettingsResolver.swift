// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Options {
  func conversationSettings(_ context: ResolutionContext) throws(ConfigurationError) -> ConversationSettings {
    var settings = ConversationSettings()
    let hasTemplate = values["template"] != nil
    settings.opening = try opening(default: hasTemplate ? nil : settings.opening)
    settings.maxTurns = int("max_turns") ?? settings.maxTurns
    settings.maxChars = int("max_chars") ?? settings.maxChars
    settings.order = try order()
    settings.filterThinking = isOn("filter_thinking")
    settings.stream = !isOn("no_stream")
    settings.stopPhrases = texts("stop_phrase")
    if hasTemplate, !settings.stopPhrases.contains(TemplateFile.stopPhrase) {
      settings.stopPhrases.append(TemplateFile.stopPhrase)
    }
    settings.stopOnLoop = isOn("stop_on_loop")
    settings.budgetTokens = int("budget_tokens")
    settings.delay = duration("delay") ?? settings.delay
    settings.seed = seed() ?? context.randomSeed()
    return settings
  }

  private func opening(default fallback: String?) throws(ConfigurationError) -> String? {
    guard let opening = text("opening") else { return isOn("no_opening") ? nil : fallback }
    if isOn("no_opening") {
      throw failure("opening", "cannot be given together with \(source.word(for: "no_opening"))")
    }
    if values["template"] != nil {
      throw failure("opening", "cannot be given together with \(source.word(for: "template"))")
    }
    if opening.allSatisfy(\.isWhitespace) {
      throw failure(
        "opening",
        "must not be empty; give \(source.word(for: "no_opening")) to have the first participant begin")
    }
    return opening
  }

  private func order() throws(ConfigurationError) -> SpeakerOrder {
    let later = "needs the group conversation, which this version does not have yet"
    if values["moderator"] != nil { throw failure("moderator", later) }
    let order = text("order").flatMap(SpeakerOrder.init) ?? .roundRobin
    if [.chain, .vote, .moderator].contains(order) { throw failure("order", "\(order.rawValue) \(later)") }
    return order
  }

  func requestSettings() -> RequestSettings {
    var settings = RequestSettings()
    settings.connectTimeout = duration("connect_timeout") ?? settings.connectTimeout
    settings.firstByteTimeout = duration("first_byte_timeout") ?? settings.firstByteTimeout
    settings.idleTimeout = duration("idle_timeout") ?? settings.idleTimeout
    settings.retries = int("retries") ?? settings.retries
    return settings
  }

  func outputSettings(_ context: ResolutionContext) throws(ConfigurationError) -> OutputSettings {
    var settings = OutputSettings()
    settings.directory = text("out") ?? settings.directory
    settings.name = try baseName()
    settings.html = !isOn("no_html")
    settings.save = !isOn("no_save")
    settings.showThinking = isOn("show_thinking")
    settings.pandocPath = try pandocPath(context)
    return settings
  }

  private func baseName() throws(ConfigurationError) -> String? {
    guard let name = text("name") else { return nil }
    let isPlain = !name.unicodeScalars.contains { $0 == "/" || $0.properties.generalCategory == .control }
    guard isPlain, name != ".", name != "..", name.utf8.count <= 240 else {
      throw failure("name", "must be a plain file name; give the directory with \(source.word(for: "out"))")
    }
    return name
  }

  /// The program that `pandoc_path` names; nil when nothing is given.
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
