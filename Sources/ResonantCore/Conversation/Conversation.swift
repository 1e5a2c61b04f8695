// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A conversation of any number of participants: select the speaker, build its perspective, stream the reply,
/// append the turn, tell the observers, stop or go on.
///
/// Cancelling the task that runs it cuts the turn in flight and ends the conversation as interrupted.
/// An actor not for sharing, but to keep its state out of the frames of its async calls, in which thousands of
/// conversations wait.
public actor Conversation {
  let participants: [Participant]
  /// One for each participant.
  let models: [any ChatModel]
  let settings: ConversationSettings
  let observers: [any ConversationObserver]
  /// True once no further turn is to begin.
  let isDraining: @Sendable () -> Bool
  private(set) var transcript: Transcript
  private var utterances: [Utterance] = []
  private var spent = Usage.zero
  /// Code points that every request carries for a participant, before the utterances.
  private let baseCharacters: [Int]
  private var spokenCharacters = 0
  private let clock = ContinuousClock()

  /// - Parameters:
  ///   - transcript: the header and preambles, and the turns there are already; a cut last turn is asked again.
  public init(
    participants: [Participant], models: [any ChatModel], settings: ConversationSettings,
    transcript: Transcript,
    observers: [any ConversationObserver], isDraining: @escaping @Sendable () -> Bool = { false }
  ) {
    self.participants = participants
    self.models = models
    self.settings = settings
    self.observers = observers
    self.isDraining = isDraining
    self.transcript = transcript
    self.transcript.end = nil
    baseCharacters = participants.map { participant in
      participant.preamble.reduce(participant.systemPrompt?.string.unicodeScalars.count ?? 0) {
        $0 + $1.content.string.unicodeScalars.count
      }
    }
    while self.transcript.turns.last?.outcome.isCut == true { self.transcript.turns.removeLast() }
    for turn in self.transcript.turns {
      spent = spent + (turn.usage ?? .zero)
      spokenCharacters += turn.characters
    }
    utterances = self.transcript.turns.compactMap { Self.utterance($0, among: participants) }
  }

  /// Why the conversation as it stands would not go on; nil when there is a turn to ask for.
  public var reasonToStop: StopReason? {
    if let last = transcript.turns.last, last.outcome == .finished || last.outcome == .truncated {
      if settings.stopPhrases.contains(where: { last.text.contains($0) }) { return .stopPhrase }
      if settings.stopOnLoop, let reason = settledReason { return reason }
    }
    if transcript.turns.count >= settings.maxTurns { return .maxTurns }
    if let budget = settings.budgetTokens, spent.total >= budget { return .budget }
    return nil
  }

  /// Runs to the end, which it returns. Throws what an observer throws: the conversation can't be recorded.
  public func run() async throws -> Transcript.End {
    let start = clock.now
    try await announce(.began(transcript))
    let ending = try await converse()
    let end = Transcript.End(
      reason: ending.reason, turns: transcript.turns.count,
      characters: transcript.turns.reduce(0) { $0 + $1.characters },
      usage: spent, milliseconds: (clock.now - start).milliseconds, error: ending.error)
    transcript.end = end
    try await announce(.ended(end, transcript))
    return end
  }

  private struct Ending {
    var reason: StopReason
    var error: String?
  }

  private func converse() async throws -> Ending {
    if transcript.turns.isEmpty, let opening = settings.opening { try await open(with: opening) }
    while true {
      if Task.isCancelled || isDraining() { return Ending(reason: .interrupted) }
      if let reason = reasonToStop { return Ending(reason: reason) }
      if !transcript.turns.isEmpty, settings.delay > .zero {
        do { try await Task.sleep(for: settings.delay, clock: clock) } catch { continue }
        if isDraining() { continue }
      }
      if let ending = try await takeTurn() { return ending }
    }
  }

  private func open(with opening: String) async throws {
    let speaker = participants[0]
    let turn = Turn(
      number: 1, speaker: speaker.name, model: speaker.model, text: opening, outcome: .opening,
      started: Date())
    try await append(turn)
  }

  /// Asks the next speaker; nil when the conversation goes on.
  private func takeTurn() async throws -> Ending? {
    let number = transcript.turns.count + 1
    let selection = SpeakerSelection(order: settings.order, seed: settings.seed)
    let index = selection.next(turn: number, after: utterances.last?.speaker, of: participants.count)
    let participant = participants[index]
    let live = LiveReply(
      limit: settings.maxChars, echoedPrefix: participants.count > 2 ? "[\(participant.name)]:" : nil)
    var turn = Turn(
      number: number, speaker: participant.name, model: participant.model, text: "", outcome: .finished,
      started: Date())
    try await announce(.asked(turn: number, speaker: participant, reply: live))
    let start = clock.now
    let answer = await ask(index, turn: number, into: live)
    turn.milliseconds = (clock.now - start).milliseconds
    turn.firstTokenMilliseconds = live.firstArrival.map { ($0 - start).milliseconds }
    turn.text = live.text
    turn.thinking = live.thinking
    for entry in live.notices(from: 0) { try await note(entry.notice, at: entry.time, by: participant) }
    return try await finish(turn, by: index, answer: answer, verdict: live.verdict)
  }

  private func ask(_ index: Int, turn: Int, into live: LiveReply) async -> Result<Completion, ModelError> {
    let participant = participants[index]
    var generator = SplitMix64(seed: settings.seed, turn: turn)
    let request = ModelRequest(
      turn: turn, system: participant.systemPrompt, systemPlacement: participant.systemPlacement,
      messages: Perspective.messages(for: index, among: participants, after: utterances),
      stream: settings.stream, seed: generator.next(),
      ownTurns: transcript.turns.count { $0.speaker == participant.name && $0.outcome.isGenerated })
    let model = models[index]
    return await withTaskCancellationHandler {
      do throws(ModelError) {
        return .success(try await model.reply(to: request, into: live))
      } catch {
        return .failure(error)
      }
    } onCancel: {
      live.cut(.interrupted)
    }
  }

  /// Decides what became of a turn, records it, and says whether the conversation ends with it.
  private func finish(
    _ asked: Turn, by index: Int, answer: Result<Completion, ModelError>, verdict: LiveReply.Verdict?
  ) async throws -> Ending? {
    var turn = asked
    var problem: ModelError?
    switch answer {
    case .success(let completion):
      turn.usage = completion.usage
      turn.finishReason = completion.finishReason
      turn.toolCalls = completion.toolCalls
      turn.retries = completion.retries
      turn.servedModel = completion.servedModel == turn.model ? nil : completion.servedModel
    case .failure(let error):
      turn.retries = max(0, error.attempts - 1)
      problem = error
    }
    let isCut = verdict == .interrupted || problem?.kind == .cancelled
    if problem?.kind == .exhausted, turn.text.isEmpty { return Ending(reason: .exhausted) }
    if !isCut, problem == nil { problem = emptiness(of: &turn) }
    turn.outcome =
      isCut ? .interrupted : problem != nil ? .incomplete : verdict == .truncated ? .truncated : .finished
    if !turn.text.isEmpty || turn.outcome == .interrupted && turn.thinking != nil {
      try await append(estimated(turn, by: index))
    }
    if isCut { return Ending(reason: .interrupted) }
    guard let problem else { return nil }
    return try await fail(with: problem, by: participants[index])
  }

  /// Fills in what the others hear; an error when they would hear nothing.
  private func emptiness(of turn: inout Turn) -> ModelError? {
    if turn.text.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
      turn.text = ""
      guard turn.thinking != nil else { return ModelError(.malformed, "the reply is empty") }
      let reason = turn.finishReason.map { " (finish reason: \($0))" } ?? ""
      return ModelError(
        .malformed,
        "the reply has reasoning but no text\(reason); allow it more tokens, for example with --payload")
    }
    guard settings.filterThinking else { return nil }
    let filtered = ThinkingSpans.filter(turn.text)
    guard filtered.removed else { return nil }
    turn.heard = filtered.heard
    guard filtered.heard.isEmpty else { return nil }
    return ModelError(
      .malformed, "the reply is nothing but thinking, so nothing is left for the others to hear")
  }

  private func fail(with error: ModelError, by speaker: Participant) async throws -> Ending {
    var fields: JSONObject = JSONObject()
    fields["speaker"] = .string(speaker.name)
    fields["message"] = .string(error.message)
    if let status = error.status { fields["status"] = .int(status) }
    try await occur("error", fields)
    return Ending(reason: .error, error: "\(speaker.name): \(error.message)")
  }

  private func note(_ notice: LiveReply.Notice, at time: Date, by speaker: Participant) async throws {
    var fields = JSONObject()
    fields["speaker"] = .string(speaker.name)
    switch notice {
    case .retry(let status, let reason, let wait):
      fields["status"] = status.map { .int($0) } ?? .null
      fields["message"] = .string(reason)
      fields["wait_ms"] = .int(wait.milliseconds)
      try await occur("retry", fields, at: time)
    case .warning(let text):
      fields["text"] = .string(text)
      try await occur("note", fields, at: time)
    }
  }

  private func occur(_ kind: String, _ fields: JSONObject, at time: Date = Date()) async throws {
    let event = Transcript.Event(kind: kind, time: time, after: transcript.turns.count, fields: fields)
    transcript.events.append(event)
    try await announce(.occurred(event))
  }

  /// The turn with its tokens, at four characters each where the endpoint named none.
  private func estimated(_ turn: Turn, by index: Int) -> Turn {
    guard turn.usage == nil else { return turn }
    var turn = turn
    let prompt = baseCharacters[index] + spokenCharacters
    let completion = turn.characters + (turn.thinking?.unicodeScalars.count ?? 0)
    turn.usage = Usage(
      promptTokens: (prompt + 3) / 4, completionTokens: (completion + 3) / 4, estimated: true)
    return turn
  }

  private func append(_ turn: Turn) async throws {
    transcript.turns.append(turn)
    spent = spent + (turn.usage ?? .zero)
    spokenCharacters += turn.characters
    if let utterance = Self.utterance(turn, among: participants) { utterances.append(utterance) }
    try await announce(.spoke(turn, transcript))
  }

  /// What a turn adds to what the models see.
  private static func utterance(_ turn: Turn, among participants: [Participant]) -> Utterance? {
    guard let speaker = participants.firstIndex(where: { $0.name == turn.speaker }) else { return nil }
    return Utterance(
      speaker: speaker, said: turn.text, heard: turn.heard, name: participants.count > 2 ? turn.speaker : nil)
  }

  private var settledReason: StopReason? {
    switch Attractors.settled(transcript.turns.map { $0.heard ?? $0.text }) {
    case .verbatim: .loop
    case .minimal: .silence
    case nil: nil
    }
  }

  private func announce(_ event: ConversationEvent) async throws {
    for observer in observers { try await observer.observe(event) }
  }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  var milliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}
