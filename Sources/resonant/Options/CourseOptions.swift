// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// How a conversation goes on and when it ends.
struct CourseOptions: ParsableArguments {
  @Option(help: .option("max_turns", "n")) var maxTurns: Int?
  @Option(help: .option("max_chars", "n")) var maxChars: Int?
  @Option(help: .option("order")) var order: SpeakerOrder?
  @Option(help: .option("moderator", "json|@file")) var moderator: String?
  @Option(help: .option("roles")) var roles: RolePolicy?
  @Flag(help: .option("filter_thinking")) var filterThinking = false
  @Flag(help: .option("no_stream")) var noStream = false
  @Option(parsing: .singleValue, help: .option("stop_phrase", "text")) var stopPhrase: [String] = []
  @Flag(help: .option("stop_on_loop")) var stopOnLoop = false
  @Option(help: .option("budget_tokens", "n")) var budgetTokens: Int?
  @Option(help: .option("seed", "n")) var seed: UInt64?

  func write(to overlay: inout Overlay) {
    overlay.set("max_turns", maxTurns)
    overlay.set("max_chars", maxChars)
    overlay.set("order", order?.rawValue)
    overlay.set("moderator", moderator)
    overlay.set("roles", roles?.rawValue)
    overlay.set("filter_thinking", filterThinking)
    overlay.set("no_stream", noStream)
    overlay.set("stop_phrase", stopPhrase)
    overlay.set("stop_on_loop", stopOnLoop)
    overlay.set("budget_tokens", budgetTokens)
    overlay.set("seed", seed)
  }
}
