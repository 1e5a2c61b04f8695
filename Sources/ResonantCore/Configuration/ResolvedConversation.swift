// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Everything that must be known to hold a conversation, made from options.
public struct ResolvedConversation: Sendable, Equatable {
  /// Two or more, the first to speak first.
  public var participants: [Participant]
  public var settings: ConversationSettings
  public var request: RequestSettings
  public var output: OutputSettings
  /// What a header records as `settings`: with the participants' facts and preambles, everything that a later
  /// run needs, but no secret.
  public var recorded: JSONObject
  /// The participants as a header names them.
  public var facts: [Transcript.Participant]
  /// Where the relative paths of builtin models (`script:FILE`) start; empty for the current directory.
  public var directory: String

  /// Turns options into values. Nothing is sent; files that options name are read.
  public static func resolve(
    _ options: Options, context: ResolutionContext
  ) throws(ConfigurationError) -> ResolvedConversation {
    let options = options.flattened()
    return try resolve(options, try ParticipantOptions.all(options), context: context)
  }

  /// - Parameter own: what is said of each participant alone, in the order of speaking.
  static func resolve(
    _ options: Options, _ own: [ParticipantOptions], context: ResolutionContext
  ) throws(ConfigurationError) -> ResolvedConversation {
    try ParticipantOptions.checkNames(of: own, options)
    let participants = try ParticipantResolver(options: options, context: context).participants(own)
    let settings = try options.settings(context)
    return ResolvedConversation(
      participants: participants, settings: settings.conversation, request: settings.request,
      output: settings.output, recorded: options.recorded(settings, participants, own),
      facts: participants.map(\.facts), directory: context.directory)
  }

  /// Checks options as they were written and turns them into values.
  public static func resolve(
    options: JSONObject, source: OptionSource, context: ResolutionContext
  ) throws(ConfigurationError) -> ResolvedConversation {
    try resolve(try Options.read(options, source: source, context: context), context: context)
  }

  /// Why a transcript would not go on with it; nil when there is a turn to ask for.
  public func reasonToStop(_ transcript: Transcript) -> StopReason? { settings.reasonToStop(transcript) }

  /// The transcript with which it begins.
  public func transcript(id: String, created: Date, trial: Transcript.Trial? = nil) -> Transcript {
    var header = Transcript.Header(
      id: id, created: created, program: Version.program, seed: settings.seed, participants: facts,
      settings: recorded)
    header.trial = trial
    return Transcript(header: header, preambles: preambles)
  }

  /// The preambles as a transcript records them.
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
  /// The participant as a header names it.
  var facts: Transcript.Participant {
    Transcript.Participant(
      name: name, model: model, endpoint: endpoint.display, api: endpoint.api.rawValue,
      systemPrompt: systemPrompt?.string, payload: Redactor.masked(writtenPayload),
      headerNames: endpoint.headerNames, headerReferences: endpoint.headerReferences)
  }
}
