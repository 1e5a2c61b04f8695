// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// `resonant party`: a group conversation of several models, and possibly a person.
struct PartyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "party", abstract: "Hold a group conversation: several models, and possibly you.",
    discussion: """
        resonant party config.json5 --topic "Can a machine be bored?"
        resonant party config.json5 --topic "The sea" --go --max-turns 40

      The room is described by a config of Tea Party: providers with url, token and models, and possibly a moderator. \
      It begins held: an empty line lets one participant speak, /go lets the room go on, /help lists the other \
      controls. On a terminal they act at once; from a pipe, a line is taken where input is due.
      """)

  @OptionGroup var options: PartyOptions

  func run() async throws {
    let host = Host.current
    let overlay = try Options.read(
      try options.overlay(host.context), source: .commandLine, context: host.context)
    var conversation = try ResolvedConversation.resolve(overlay, context: host.context)
    conversation.warnings.forEach(Diagnostics.warning)
    let desk = ControlDesk(
      isHeld: !options.person.go, bio: options.person.bio, isQuiet: options.process.quiet,
      environment: host.environment)
    // Finds every error before the person is asked for anything.
    _ = try host.prepare(
      conversation, transcript: conversation.transcript(id: "", created: host.now), process: options.process)
    try await giveTopic(to: &conversation, desk)
    let transcript = conversation.transcript(id: host.randomID(), created: host.now)
    let trial = try host.prepare(
      conversation, transcript: transcript, control: desk.control, process: options.process)
    let (recorded, log) = try await host.withFiles(trial, moderationLog: options.person.moderationLog)
    try await host.hold(recorded, process: options.process, desk: desk, log: log)
  }

  /// Takes the topic from the first line of input if no option gives it.
  private func giveTopic(to conversation: inout ResolvedConversation, _ desk: ControlDesk) async throws {
    guard conversation.room?.topic.isEmpty == true else { return }
    desk.start()
    guard let topic = await desk.topic() else {
      desk.stop()
      throw ConfigurationError(
        nil, "the room has no topic; give it with --topic, or as the first line of input")
    }
    conversation.setTopic(topic)
  }
}
