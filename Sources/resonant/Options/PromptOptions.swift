// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// Who takes part, and what each is told before the first turn.
struct PromptOptions: ParsableArguments {
  @Option(help: .option("alice_name", "name")) var aliceName: String?
  @Option(help: .option("bob_name", "name")) var bobName: String?
  @Option(parsing: .singleValue, help: .option("participant", "json|@file")) var participant: [String] = []
  @Option(help: .option("template", "file"), completion: .file()) var template: String?
  @Option(help: .option("system_prompt", "text")) var systemPrompt: String?
  @Option(help: .option("alice_system_prompt", "text")) var aliceSystemPrompt: String?
  @Option(help: .option("bob_system_prompt", "text")) var bobSystemPrompt: String?
  @Option(help: .option("system_prompt_file", "file"), completion: .file()) var systemPromptFile: String?
  @Option(help: .option("alice_system_prompt_file", "file"), completion: .file())
  var aliceSystemPromptFile: String?
  @Option(help: .option("bob_system_prompt_file", "file"), completion: .file())
  var bobSystemPromptFile: String?
  @Flag(help: .option("top_level_system")) var topLevelSystem = false
  @Flag(help: .option("alice_top_level_system")) var aliceTopLevelSystem = false
  @Flag(help: .option("bob_top_level_system")) var bobTopLevelSystem = false
  @Option(help: .option("alice_preamble", "file"), completion: .file()) var alicePreamble: String?
  @Option(help: .option("bob_preamble", "file"), completion: .file()) var bobPreamble: String?
  @Option(help: .option("opening", "text")) var opening: String?
  @Option(help: .option("opening_file", "file"), completion: .file()) var openingFile: String?
  @Flag(help: .option("no_opening")) var noOpening = false

  func write(to overlay: inout Overlay) {
    overlay.set("alice_name", aliceName)
    overlay.set("bob_name", bobName)
    overlay.set("participant", participant)
    overlay.set("template", template)
    overlay.set("system_prompt", systemPrompt)
    overlay.set("alice_system_prompt", aliceSystemPrompt)
    overlay.set("bob_system_prompt", bobSystemPrompt)
    overlay.set("system_prompt_file", systemPromptFile)
    overlay.set("alice_system_prompt_file", aliceSystemPromptFile)
    overlay.set("bob_system_prompt_file", bobSystemPromptFile)
    overlay.set("top_level_system", topLevelSystem)
    overlay.set("alice_top_level_system", aliceTopLevelSystem)
    overlay.set("bob_top_level_system", bobTopLevelSystem)
    overlay.set("alice_preamble", alicePreamble)
    overlay.set("bob_preamble", bobPreamble)
    overlay.set("opening", opening)
    overlay.set("opening_file", openingFile)
    overlay.set("no_opening", noOpening)
  }
}
