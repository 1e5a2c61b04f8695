// SPDX-License-Identifier: MIT

/// A conversation that is ready to start: everything is checked, nothing has been sent.
public final class PreparedTrial: Sendable {
  public let conversation: ResolvedConversation
  let models: [any ChatModel]
  /// The header, the preambles, and the existing turns.
  public let transcript: Transcript
  /// Nil to record nothing.
  public let record: RecordWriter?
  /// The path of the page; nil for none.
  public let page: String?

  init(
    _ conversation: ResolvedConversation, models: [any ChatModel], transcript: Transcript,
    record: RecordWriter? = nil, page: String? = nil
  ) {
    self.conversation = conversation
    self.models = models
    self.transcript = transcript
    self.record = record
    self.page = page
  }

  /// A trial without files.
  ///
  /// - Throws: `InvalidValue` when a builtin model does not exist, or its script can't be read.
  public convenience init(
    _ conversation: ResolvedConversation, transcript: Transcript, network: EndpointNetwork
  ) throws(InvalidValue) {
    self.init(conversation, models: try Self.models(for: conversation, network), transcript: transcript)
  }

  /// The same trial with files.
  public func recorded(in record: RecordWriter, page: String? = nil) -> PreparedTrial {
    PreparedTrial(conversation, models: models, transcript: transcript, record: record, page: page)
  }

  /// The models of the participants.
  ///
  /// - Throws: `InvalidValue` when a builtin model does not exist, or its script can't be read.
  static func models(
    for conversation: ResolvedConversation, _ network: EndpointNetwork
  ) throws(InvalidValue) -> [any ChatModel] {
    var models: [any ChatModel] = []
    for participant in conversation.participants {
      models.append(try model(of: participant, in: conversation, network))
    }
    return models
  }

  private static func model(
    of participant: Participant, in conversation: ResolvedConversation, _ network: EndpointNetwork
  ) throws(InvalidValue) -> any ChatModel {
    guard participant.endpoint.isBuiltin else {
      return network.model(
        participant.model, at: participant.endpoint, payload: participant.payload,
        settings: conversation.request)
    }
    do {
      return try BuiltinModel.make(
        participant.model, payload: participant.payload, participant: participant.name,
        directory: conversation.directory)
    } catch {
      throw InvalidValue("\(participant.name): \(error)")
    }
  }
}

/// The result of a trial.
public struct TrialResult: Sendable {
  /// Nil when the conversation could not be recorded.
  public let end: Transcript.End?
  /// Errors with files, one sentence each.
  public let problems: [String]

  public var isFailed: Bool { end == nil || end?.reason == .error || !problems.isEmpty }
}

/// Holds conversations; single conversations, groups and batches all use it.
public struct TrialRunner: Sendable {
  public let pages: PageRenderer
  /// Called with each problem that does not stop the conversation.
  let warn: @Sendable (String) -> Void

  public init(pages: PageRenderer, warn: @escaping @Sendable (String) -> Void) {
    self.pages = pages
    self.warn = warn
  }

  /// Holds one conversation to its end. Cancelling the task interrupts it; finished turns are on disk.
  public func run(
    _ trial: PreparedTrial, observers: [any ConversationObserver] = [], drain: Drain = Drain()
  ) async -> TrialResult {
    let checkpoint = trial.page.map { HTMLCheckpoint(path: $0, renderer: pages, warn: warn) }
    let files: [(any ConversationObserver)?] = [trial.record, checkpoint]
    let conversation = Conversation(
      participants: trial.conversation.participants, models: trial.models,
      settings: trial.conversation.settings, transcript: trial.transcript,
      observers: files.compactMap(\.self) + observers, drain: drain)
    var end: Transcript.End?
    var problems: [String] = []
    do {
      end = try await conversation.run()
    } catch {
      problems.append("\(error)")
    }
    if let problem = await checkpoint?.finish() { problems.append(problem) }
    return TrialResult(end: end, problems: problems)
  }
}

extension HTMLCheckpoint: ConversationObserver {
  public func observe(_ event: ConversationEvent) {
    switch event {
    case .spoke(_, let transcript), .ended(_, let transcript): update(transcript)
    case .began, .asked, .occurred: break
    }
  }
}
