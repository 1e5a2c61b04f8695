// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// `resonant fork`: new conversations that begin with the turns of another one.
struct ForkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fork", abstract: "Branch a transcript at a turn, and possibly inject a message there.",
    discussion: """
        resonant fork chat.jsonl --at 20 --inject "What is a rock?" --as Bob \\
          --max-turns 40 --repeats 10

      What was said up to the turn is copied into a new file, and the conversation goes on from there with the \
      settings of the transcript; flags override them. Header values and tokens that are not in the file have to be \
      given again; those of a room with --party. A batch's transcripts can be forked, and those of other tools, \
      which name no endpoints: give --endpoint, and --model where the file has none.
      """)

  @Argument(
    help: "The transcript; FILE#INDEX for one of several.",
    completion: .file())
  var transcript: String

  @OptionGroup(visibility: .rare) var form: SourceForm

  @OptionGroup(title: "Branch") var place: BranchOptions

  @OptionGroup var options: ResumeOptions

  func run() async throws {
    let host = Host.current
    let parent = try host.read(transcript, from: form.from)
    parent.warnings.forEach(Diagnostics.warning)
    let branch = try branch(of: parent.transcript)
    // Nobody takes part in a trial, whatever its config says, nor in one fork after the other.
    let isAttended = parent.transcript.header.trial == nil && place.repeats == 1
    let conversation = try conversation(branch, host, isAttended: isAttended)
    let desk =
      conversation.mode == .party && isAttended
      ? ControlDesk(
        isHeld: !options.person.go, bio: options.person.bio, isQuiet: options.process.quiet,
        environment: host.environment) : nil
    let trials = try (1...place.repeats).map { number in
      let conversation = numbered(conversation, number)
      return try host.prepare(
        conversation,
        transcript: branch.transcript(of: conversation, id: host.randomID(), created: host.now),
        control: desk?.control ?? RoomControl(.unattended), process: options.process)
    }
    // Finds a file that exists already before anything is sent.
    for trial in trials { _ = try host.newFiles(for: trial) }
    try await hold(trials, host, desk)
  }

  /// Holds one fork after the other; an interruption ends them all.
  private func hold(_ trials: [PreparedTrial], _ host: Host, _ desk: ControlDesk?) async throws {
    var failure: RunEnd?
    for trial in trials {
      let (recorded, log) = try await host.withFiles(trial, moderationLog: options.person.moderationLog)
      do {
        try await host.hold(recorded, process: options.process, desk: desk, log: log)
      } catch let end as RunEnd where end.code == 1 {
        failure = end
      }
    }
    if let failure { throw failure }
  }

  /// The conversation of the fork with this number.
  private func numbered(_ conversation: ResolvedConversation, _ number: Int) -> ResolvedConversation {
    guard place.repeats > 1 else { return conversation }
    var numbered = conversation
    numbered.settings.seed = Branch.seed(number, from: conversation.settings.seed)
    numbered.output.name = conversation.output.name.map { "\($0)-\(number)" }
    return numbered
  }
}

// MARK: - What is asked for

extension ForkCommand {
  /// Checks the flags against the transcript.
  private func branch(of parent: Transcript) throws(ConfigurationError) -> Branch {
    let last = parent.lastBranchableTurn
    guard 0...last ~= place.at else {
      throw failure("--at", "\(transcript) can be branched after turn 0 to \(last), not \(place.at)")
    }
    guard place.repeats > 0 else { throw failure("--repeats", "must be at least 1") }
    return Branch(of: parent, after: place.at, injecting: try injection(into: parent))
  }

  private func injection(into parent: Transcript) throws(ConfigurationError) -> Transcript.Injection? {
    switch (place.inject, place.speaker) {
    case (nil, nil): return nil
    case (nil, _?): throw failure("--as", "needs --inject, the message")
    case (_?, nil): throw failure("--inject", "needs --as, the participant in whose name it is said")
    case (let text?, let name?):
      let names = parent.header.participants.map(\.name)
      guard names.contains(name) else {
        throw failure(
          "--as", "nobody in \(transcript) is named \(name), only \(names.joined(separator: ", "))")
      }
      guard !text.allSatisfy(\.isWhitespace) else { throw failure("--inject", "must not be empty") }
      return Transcript.Injection(text, as: name)
    }
  }

  private func conversation(
    _ branch: Branch, _ host: Host, isAttended: Bool
  ) throws(ConfigurationError) -> ResolvedConversation {
    let way = Continuing.branch(hasTurns: branch.turns > 0)
    let overlay = options.overlay()
    var context = host.context
    context.isAttended = isAttended
    try checkRoom(branch.stem.header, overlay)
    let overrides = try Options.read(overlay, source: .commandLine, context: context)
    let conversation = try ResolvedConversation.continuing(
      branch.stem, file: transcript, as: way, overrides: overrides, context: context)
    conversation.warnings.forEach(Diagnostics.warning)
    let ignored = ResolvedConversation.ignoredFlags(among: overlay, way)
    if !ignored.isEmpty {
      Diagnostics.warning("the conversation has begun; \(ignored.joined(separator: ", ")) can't change that")
    }
    if let most = conversation.settings.maxTurns, branch.turns >= most {
      Diagnostics.warning(
        "the fork begins with \(branch.turns) turns; give a higher --max-turns to go on")
    }
    return conversation
  }

  /// Checks what several forks of a room need, in which nobody can take part or end them.
  private func checkRoom(_ header: Transcript.Header, _ overlay: JSONObject) throws(ConfigurationError) {
    guard header.mode == .party, place.repeats > 1 else { return }
    if header.participants.contains(where: \.human) {
      throw failure("--repeats", "a person takes part in \(transcript), who can be in one fork at a time")
    }
    if overlay["max_turns"] == nil, header.settings["max_turns"] == nil {
      throw failure("--repeats", "needs --max-turns, since nobody is there to end the room")
    }
    if options.person.moderationLog != nil {
      throw failure("--moderation-log", "is for one fork; each of several has its log beside its transcript")
    }
  }

  private func failure(_ flag: String, _ message: String) -> ConfigurationError {
    ConfigurationError(OptionPlace(path: flag), message)
  }
}

/// Where a fork branches off, and with what.
struct BranchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The last turn that is copied; 0 begins anew.", valueName: "turn"))
  var at: Int

  @Option(help: ArgumentHelp("What is said in the next turn, word for word.", valueName: "text"))
  var inject: String?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("The participant in whose name it is said.", valueName: "name"))
  var speaker: String?

  @Option(
    help: ArgumentHelp(
      "How many forks, one after the other (NAME-1, NAME-2 with --name).",
      valueName: "n"))
  var repeats = 1
}
