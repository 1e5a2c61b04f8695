// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// `resonant resume`: continues a conversation in its transcript's file.
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on where a transcript stopped.",
    usage: "resonant resume <transcript> [<options>]",
    discussion: """
        resonant resume chat.jsonl --max-turns 60

      The conversation goes on in the same file, with the settings recorded there; flags override them from \
      there on, which is recorded, too; --max-turns is the new total. A turn that was cut is asked for again. \
      Header values and tokens that are not in the file have to be given again; those of a room with --party, \
      which names its config.
      """)

  @Argument(help: "The transcript, a .jsonl file.", completion: .file(extensions: ["jsonl"]))
  var transcript: String

  @OptionGroup var options: ResumeOptions

  func run() async throws {
    let host = Host.current
    let resumed = try await host.reopen(transcript)
    resumed.warnings.forEach(Diagnostics.warning)
    var recorded = try held(resumed)
    let overrides = try Options.read(options.overlay(), source: .commandLine, context: host.context)
    // Where nothing is left to do, what the file lacks is not missing.
    if options.overlay().keys.allSatisfy({ OptionTable[$0]?.isSetting == true }) {
      let settings = recorded.settings(overriddenBy: overrides)
      if isOver(recorded, settings) { return warn(about: settings, recorded) }
    }
    let conversation = try ResolvedConversation.continuing(
      recorded, file: transcript, overrides: overrides, context: host.context)
    conversation.warnings.forEach(Diagnostics.warning)
    warn(about: conversation.settings, recorded)
    if isOver(recorded, conversation.settings) { return }
    let event = conversation.resumption(of: recorded, at: host.now)
    if let event { recorded.events.append(event) }
    let files = TrialFiles.existing(transcript: transcript, html: conversation.output.html)
    let desk =
      conversation.mode == .party
      ? ControlDesk(
        isHeld: !options.person.go, bio: options.person.bio, isQuiet: options.process.quiet,
        environment: host.environment) : nil
    // Checks everything before the file is touched, so that an error leaves it unchanged.
    let trial = try host.prepare(
      conversation, transcript: recorded, control: desk?.control ?? RoomControl(.unattended),
      process: options.process
    ).recorded(in: resumed.writer, page: files.page)
    let log = try host.moderationLog(options.person.moderationLog, for: trial, isNew: false)
    if let event { try await record(event, resumed.writer) }
    try await host.hold(trial, process: options.process, desk: desk, log: log)
  }

  /// The transcript, if this command can continue it.
  private func held(_ resumed: RecordWriter.Resumed) throws(ConfigurationError) -> Transcript {
    guard let recorded = resumed.transcript else {
      throw ConfigurationError(
        OptionPlace(file: transcript), "has no header, so there is nothing to go on with")
    }
    guard let trial = recorded.header.trial else { return recorded }
    throw ConfigurationError(
      OptionPlace(file: transcript),
      "is a trial of the experiment \(trial.experiment), and only `resonant batch` goes on with that;"
        + " export it with `resonant export`, or branch it with `resonant fork`")
  }

  private func record(_ event: Transcript.Event, _ writer: RecordWriter) async throws {
    do {
      try await writer.append(.event(event))
    } catch {
      throw ConfigurationError(nil, "\(error)")
    }
  }

  /// Whether the conversation is over and nothing remains to be recorded; if so, warns about it.
  private func isOver(_ transcript: Transcript, _ settings: ConversationSettings) -> Bool {
    guard let end = transcript.end, end.reason.isFinal else { return false }
    switch settings.reasonToStop(transcript) {
    case nil: return false
    case .maxTurns?: break
    case let reason?:
      Diagnostics.warning(
        "\(self.transcript) is over: \(TextView.sentence(reason).lowercased()); \(Self.wayOn(reason))")
    }
    return true
  }

  /// How to continue a conversation that ended for this reason.
  private static func wayOn(_ reason: StopReason) -> String {
    switch reason {
    case .stopPhrase: "another --stop-phrase goes on"
    case .budget: "a higher --budget-tokens goes on"
    default: "nothing is left to do"
    }
  }

  /// Warns about options that would have no effect.
  private func warn(about settings: ConversationSettings, _ recorded: Transcript) {
    let overlay = options.overlay()
    if overlay["out"] != nil || overlay["name"] != nil {
      Diagnostics.warning("a conversation goes on in its own file; --out and --name are ignored")
    }
    let ignored = ResolvedConversation.ignoredFlags(among: overlay)
    if !ignored.isEmpty {
      Diagnostics.warning("the conversation has begun; \(ignored.joined(separator: ", ")) can't change that")
    }
    let turns = recorded.turns.count
    if let most = settings.maxTurns, turns >= most {
      Diagnostics.warning("\(transcript) has \(turns) turns already; give a higher --max-turns to go on")
    }
  }
}
