// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Everything needed to hold a conversation, resolved from options.
public struct ResolvedConversation: Sendable, Equatable {
  /// Two or more, in the speaking order; in a room, the person is the last.
  public var participants: [Participant]
  public var settings: ConversationSettings
  public var request: RequestSettings
  public var output: OutputSettings
  /// The value of a header's `settings`. Together with the participants and preambles it contains everything
  /// a later run needs, except secrets.
  public var recorded: JSONObject
  /// The participants as recorded in a header.
  public var facts: [Transcript.Participant]
  /// What makes the conversation a room; nil for a chat.
  public var room: RoomSettings?
  /// The model that chooses the next speaker in the order `moderator`, and lets models of a room interrupt each
  /// other.
  public var moderator: Participant?
  /// The base of the relative paths of builtin models (`script:FILE`); empty for the current directory.
  public var directory: String
  /// Sentences about what was read but has no effect.
  public var warnings: [String] = []

  public var mode: Transcript.Mode { room == nil ? .chat : .party }

  /// Resolves options. Sends no request, but reads files that options name.
  public static func resolve(
    _ options: Options, context: ResolutionContext
  ) throws(ConfigurationError) -> ResolvedConversation {
    let options = try options.completed(context)
    return try resolve(options, try ParticipantOptions.all(options, context), context: context)
  }

  /// - Parameters:
  ///   - options: completed options.
  ///   - own: the options of each participant, in the speaking order.
  static func resolve(
    _ options: Options, _ own: [ParticipantOptions], context: ResolutionContext
  ) throws(ConfigurationError) -> ResolvedConversation {
    try ParticipantOptions.checkNames(of: own, options)
    let resolver = ParticipantResolver(options: options, context: context)
    var participants = try resolver.participants(own)
    var moderator: Participant?
    if let given = try ParticipantOptions.moderator(of: options, context) {
      moderator = try resolver.participant(given)
    }
    let settings = try options.settings(context)
    let recorded = options.recorded(settings, participants + [moderator].compactMap(\.self), own)
    if options.mode == .party {
      for index in participants.indices {
        participants[index].systemPrompt = SharedText(
          Prompts.roomInstructions(
            name: participants[index].name, choosesSpeakers: settings.conversation.order.letsSpeakersChoose,
            setsTriggers: settings.room.setsTriggers(moderator != nil)))
      }
    }
    if options.roomConfig?.hasPerson == true { participants.append(.person(named: RoomConfig.person)) }
    return ResolvedConversation(
      participants: participants, settings: settings.conversation, request: settings.request,
      output: settings.output, recorded: recorded, facts: participants.map(\.facts),
      room: options.mode == .party ? settings.room : nil, moderator: moderator, directory: context.directory,
      warnings: options.warnings)
  }

  /// Checks options as written, then resolves them.
  public static func resolve(
    options: JSONObject, source: OptionSource, context: ResolutionContext
  ) throws(ConfigurationError) -> ResolvedConversation {
    try resolve(try Options.read(options, source: source, context: context), context: context)
  }

  /// Everybody whose answers come from a model: the participants but for a person, and the moderator.
  public var modelled: [Participant] { participants.filter { !$0.isHuman } + [moderator].compactMap(\.self) }

  /// Gives a room the topic that its options lack.
  public mutating func setTopic(_ topic: String) {
    room?.topic = topic
    recorded["topic"] = .string(topic)
  }

  /// The transcript at the start of the conversation.
  public func transcript(id: String, created: Date, trial: Transcript.Trial? = nil) -> Transcript {
    var header = Transcript.Header(
      id: id, created: created, program: Version.program, mode: mode, seed: settings.seed,
      participants: facts, settings: recorded)
    header.topic = room?.topic
    header.trial = trial
    return Transcript(header: header, preambles: preambles)
  }

  /// The preambles as recorded in a transcript.
  public var preambles: [Transcript.Preamble] {
    participants.flatMap { participant in
      participant.preamble.enumerated().map { index, message in
        Transcript.Preamble(
          owner: participant.name, index: index + 1, role: message.role, content: message.content.string,
          extra: message.extra)
      }
    }
  }
}

extension Participant {
  /// The participant as recorded in a header.
  var facts: Transcript.Participant {
    Transcript.Participant(
      name: name, model: model, endpoint: isHuman ? "" : endpoint.display,
      api: endpoint.api.rawValue, systemPrompt: systemPrompt?.string,
      payload: Redactor.masked(writtenPayload), headerNames: endpoint.headerNames,
      headerReferences: endpoint.headerReferences, human: isHuman)
  }
}
