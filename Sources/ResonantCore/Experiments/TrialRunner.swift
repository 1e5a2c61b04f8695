// SPDX-License-Identifier: MIT

/// A conversation that is ready to be held: everything is checked, nothing is sent yet.
public struct PreparedTrial: Sendable {
  public var conversation: ResolvedConversation
  /// The header, the preambles, and the turns that are there already.
  public var transcript: Transcript
  /// Nil to keep no record.
  public var record: RecordWriter?
  /// Path of the page; nil for none.
  public var page: String?

  public init(
    conversation: ResolvedConversation, transcript: Transcript, record: RecordWriter? = nil, page: String? = nil
  ) {
    self.conversation = conversation
    self.transcript = transcript
    self.record = record
    self.page = page
  }
}

/// What became of a trial.
public struct TrialResult: Sendable {
  /// Nil when the conversation could not be recorded.
  public var end: Transcript.End?
  /// What went wrong with files, a sentence each.
  public var problems: [String]

  public var isFailed: Bool { end == nil || end?.reason == .error || !problems.isEmpty }
}

/// Holds conversations: the one path that single conversations, groups and batches take.
public struct TrialRunner: Sendable {
  let models: ModelProvider
  let pages: PageRenderer
  /// Told of each thing that is amiss but stops nothing.
  let warn: @Sendable (String) -> Void

  public init(models: ModelProvider, pages: PageRenderer, warn: @escaping @Sendable (String) -> Void) {
    self.models = models
    self.pages = pages
    self.warn = warn
  }

  /// Holds one conversation to its end. Cancelling the task interrupts it; what is finished is on disk.
  ///
  /// - Throws: `InvalidValue` when a builtin model is none, or its script can't be read.
  public func run(
    _ trial: PreparedTrial, observers: [any ConversationObserver] = [],
    isDraining: @escaping @Sendable () -> Bool = { false }
  ) async throws(InvalidValue) -> TrialResult {
    let checkpoint = trial.page.map { HTMLCheckpoint(path: $0, renderer: pages, warn: warn) }
    let files: [(any ConversationObserver)?] = [trial.record, checkpoint]
    var conversation = Conversation(
      participants: trial.conversation.participants, models: try models.models(for: trial.conversation),
      settings: trial.conversation.settings, transcript: trial.transcript,
      observers: files.compactMap(\.self) + observers, isDraining: isDraining)
    var result = TrialResult(end: nil, problems: [])
    do {
      result.end = try await conversation.run()
    } catch {
      result.problems.append("\(error)")
    }
    if let problem = await checkpoint?.finish() { result.problems.append(problem) }
    return result
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
