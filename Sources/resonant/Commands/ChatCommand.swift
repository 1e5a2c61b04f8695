// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// `resonant chat`: one conversation between two or more participants.
struct ChatCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat", abstract: "Hold a conversation of two participants or more.",
    discussion: """
        resonant --endpoint ollama --model gemma3 --max-turns 12
        resonant --endpoint builtin: --alice-model eliza --bob-model parry

      Needs an endpoint and a model for each side. Most flags exist for one side, too: \
      --alice-endpoint, --bob-system-prompt. The builtin models (eliza, parry, echo, script:FILE, \
      replay:TRANSCRIPT) need no network. Keys come from the environment: OPENAI_API_KEY, \
      ANTHROPIC_API_KEY, OPENROUTER_API_KEY and the like.
      """)

  @OptionGroup var options: ChatOptions

  func run() async throws {
    let host = Host.current
    let overlay = try Options.read(options.overlay(), source: .commandLine, context: host.context)
    let conversation = try ResolvedConversation.resolve(overlay, context: host.context)
    let transcript = conversation.transcript(id: host.randomID(), created: host.now)
    let trial = try host.prepare(conversation, transcript: transcript, process: options.process)
    try await host.hold(try await host.withFiles(trial), process: options.process)
  }
}
