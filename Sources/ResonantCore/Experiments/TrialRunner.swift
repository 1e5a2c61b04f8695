// SPDX-License-Identifier: MIT

/// A conversation that is ready to start: everything is checked, nothing has been sent.
public final class PreparedTrial: Sendable {
  public let conversation: ResolvedConversation
  let models: ConversationModels
  /// The header, the preambles, and the existing turns.
  public let transcript: Transcript
  /// What the person in front of a room does.
  let control: RoomControl
  /// Nil to record nothing.
  public let record: RecordWriter?
  /// The path of the page; nil for none.
  public let page: String?

  init(
    _ conversation: ResolvedConversation, models: ConversationModels, transcript: Transcript,
    control: RoomControl = RoomControl(.unattended),
    files: (record: RecordWriter?, page: String?) = (nil, nil)
  ) {
    self.conversation = conversation
    self.models = models
    self.transcript = transcript
    self.control = control
    (record, page) = files
    // A person may choose a speaker before the room has begun.
    control.show(
      RoomView(
        transcript: transcript, names: conversation.participants.map(\.name),
        order: conversation.settings.order.rawValue))
  }

  /// A trial without files.
  ///
  /// - Throws: `InvalidValue` when a builtin model does not exist, or its script can't be read.
  public convenience init(
    _ conversation: ResolvedConversation, transcript: Transcript,
    control: RoomControl = RoomControl(.unattended), network: EndpointNetwork
  ) throws(InvalidValue) {
    self.init(
      conversation, models: try ConversationModels(conversation, network, control: control),
      transcript: transcript, control: control)
  }

  /// The same trial with files.
  public func recorded(in record: RecordWriter, page: String? = nil) -> PreparedTrial {
    PreparedTrial(
      conversation, models: models, transcript: transcript, control: control, files: (record, page))
  }

  /// Not inlined into `TrialRunner.run`, whose frame would grow by 2 KB for each conversation.
  @inline(never)
  fileprivate func conversation(observers: [any ConversationObserver], drain: Drain) -> Conversation {
    Conversation(
      participants: conversation.participants, models: models.participants, settings: conversation.settings,
      transcript: transcript, observers: observers, drain: drain, rules: rules(drain))
  }

  private func rules(_ drain: Drain) -> any ConversationRules {
    let settings = conversation.settings
    guard let room = conversation.room else {
      let selection = settings.order.selection(
        seed: settings.seed, models: models.participants, moderator: models.moderator)
      return ChatRules(participants: conversation.participants, settings: settings, selection: selection)
    }
    let parts = RoomParts(
      participants: conversation.participants, models: models.participants, moderator: models.moderator,
      settings: room)
    return Room(parts, conversation: settings, control: control, drain: drain)
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
    let conversation = trial.conversation(
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
