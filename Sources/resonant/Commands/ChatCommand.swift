// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// `resonant chat`: one conversation between two or more participants.
struct ChatCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat", abstract: "Hold a conversation of two participants or more.",
    discussion: """
      Needs an endpoint and a model for each side: a URL, a preset (ollama, lmstudio, llamacpp, vllm, openai, \
      anthropic, openrouter), or builtin: for the models eliza, parry, echo, script:FILE and replay:TRANSCRIPT, \
      which need no network. Keys come from the environment: OPENAI_API_KEY, ANTHROPIC_API_KEY, \
      OPENROUTER_API_KEY and the like.
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
