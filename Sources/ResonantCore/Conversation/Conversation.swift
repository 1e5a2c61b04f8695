// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A conversation between any number of participants. Each turn: select the speaker, build its perspective,
/// stream the reply, append the turn, notify the observers, then stop or go on.
///
/// Cancelling the task that runs it cuts the current turn and ends the conversation as interrupted.
public actor Conversation {
  let participants: [Participant]
  /// One for each participant.
  private let models: [any ChatModel]
  private let settings: ConversationSettings
  private let selection: any SpeakerSelection
  private let observers: [any ConversationObserver]
  private let drain: Drain
  /// Everything said and done so far.
  private(set) var transcript: Transcript
  /// Events that the observers have not been told yet; those that happen together are reported together.
  private var news: [ConversationEvent] = []
  /// The attempt whose turn is in `news`.
  private var unrecorded: Attempt?
  private let clock = ContinuousClock()

  /// - Parameters:
  ///   - transcript: the header, preambles and turns so far; a cut last turn is asked for again.
  ///   - selection: nil for the order in the settings.
  init(
    participants: [Participant], models: [any ChatModel], settings: ConversationSettings,
    transcript: Transcript, observers: [any ConversationObserver], drain: Drain = Drain(),
    selection: (any SpeakerSelection)? = nil
  ) {
    self.participants = participants
    self.models = models
    self.settings = settings
    self.selection = selection ?? settings.order.selection(seed: settings.seed)
    self.observers = observers
    self.drain = drain
    self.transcript = transcript
    self.transcript.end = nil
    while let last = self.transcript.turns.last, last.outcome.isCut {
      self.transcript.forgetTurns(above: last.number - 1)
    }
  }

  /// Runs to the end. Rethrows an observer's error: the conversation cannot be recorded.
  @discardableResult
  public func run() async throws -> Transcript.End {
    let start = clock.now
    let earlier = transcript.turns.duration(pause: settings.delay)
    open()
    var ending = reasonToStop.map { Ending(reason: $0) }
    while ending == nil {
      try await tell()
      if settings.delay > .zero, !transcript.turns.isEmpty { await pause() }
      ending = try await takeTurn()
    }
    let end = conclude(ending ?? .interrupted, milliseconds: earlier + (clock.now - start).milliseconds)
    try await tell()
    return end
  }

  /// Not inlined into `run`: that would add 2 KB to the frame of each conversation that waits for a reply.
  @inline(never)
  private func conclude(_ ending: Ending, milliseconds: Int) -> Transcript.End {
    let end = Transcript.End(
      reason: ending.reason, turns: transcript.turns.count,
      characters: transcript.turns.reduce(0) { $0 + $1.characters }, usage: transcript.spent,
      milliseconds: milliseconds.clamped(to: Transcript.counts), error: ending.error)
    transcript.end = end
    news.append(.ended(end, transcript))
    return end
  }

  /// Why the conversation would stop in its current state; nil if another turn is due.
  public var reasonToStop: StopReason? { settings.reasonToStop(transcript) }

  /// How a conversation ends.
  private struct Ending {
    var reason: StopReason
    var error: String?

    static let interrupted = Ending(reason: .interrupted)
  }

  /// Begins the conversation with the first participant's opening, if there is one and nothing has been said.
  private func open() {
    news.append(.began(transcript))
    guard transcript.turns.isEmpty, let opening = settings.opening else { return }
    append(
      Turn(
        number: 1, speaker: participants[0].name, model: participants[0].model, text: opening,
        outcome: .opening, started: Date()))
  }

  private func pause() async {
    let sleep = Task { [delay = settings.delay] in _ = try? await Task.sleep(for: delay) }
    let token = drain.watch { sleep.cancel() }
    defer { drain.forget(token) }
    await withTaskCancellationHandler {
      await sleep.value
    } onCancel: {
      sleep.cancel()
    }
  }

  /// Notifies the observers of the events since the last call.
  private func tell() async throws {
    guard !news.isEmpty else { return }
    let events = news
    news = []
    for observer in observers { try await observer.observe(events) }
    unrecorded?.noteRecorded()
    unrecorded = nil
  }

  private func append(_ turn: Turn) {
    transcript.turns.append(turn)
    news.append(.spoke(turn, transcript))
  }

  private func occur(_ kind: String, _ fields: JSONObject, at time: Date = Date()) {
    let event = Transcript.Event(kind: kind, time: time, after: transcript.turns.count, fields: fields)
    transcript.events.append(event)
    news.append(.occurred(event))
  }
}

// MARK: - One turn

extension Conversation {
  /// Asks for one turn. Returns an ending if the conversation ends with or before this turn; nil if it goes
  /// on.
  private func takeTurn() async throws -> Ending? {
    guard !Task.isCancelled, !drain.isUnderWay else { return .interrupted }
    let index: Int
    do throws(ModelError) {
      index = try await selection.next(after: transcript, among: participants)
    } catch {
      return fail(with: error, by: nil)
    }
    let speaker = participants[index]
    let number = transcript.turns.count + 1
    let attempt = Attempt(
      LiveReply(
        limit: settings.maxChars, echoedPrefix: participants.count > 2 ? "[\(speaker.name)]:" : nil))
    news.append(.asked(turn: number, speaker: speaker, attempt: attempt))
    try await tell()
    let asked = (time: Date(), instant: clock.now)
    let answer = await ask(models[index], request(for: index, turn: number), attempt)
    unrecorded = attempt
    return finish(attempt, answer, asked, by: index)
  }

  private func request(for index: Int, turn: Int) -> ModelRequest {
    let participant = participants[index]
    var generator = SplitMix64(seed: settings.seed, turn: turn)
    return ModelRequest(
      turn: turn, system: participant.systemPrompt, systemPlacement: participant.systemPlacement,
      messages: Perspective.messages(for: index, among: participants, after: transcript.turns),
      stream: settings.stream, seed: generator.next(),
      ownTurns: transcript.turns.count { $0.speaker == participant.name && $0.outcome.isGenerated },
      roles: participant.roles)
  }

  private func ask(
    _ model: any ChatModel, _ request: ModelRequest, _ attempt: Attempt
  ) async -> Result<Completion, ModelError> {
    let token = drain.watch { attempt.endWaiting() }
    defer { drain.forget(token) }
    return await withTaskCancellationHandler {
      do throws(ModelError) {
        return .success(try await model.reply(to: request, in: attempt))
      } catch {
        return .failure(error)
      }
    } onCancel: {
      attempt.live.cut(.signal)
    }
  }

  /// The turn with what the attempt knows of it.
  private func turn(
    by speaker: Participant, _ attempt: Attempt, _ asked: (time: Date, instant: ContinuousClock.Instant)
  ) -> Turn {
    let start = attempt.start ?? asked
    var turn = Turn(
      number: transcript.turns.count + 1, speaker: speaker.name, model: speaker.model,
      text: attempt.live.text,
      outcome: attempt.live.verdict?.outcome ?? .finished, started: start.time)
    turn.milliseconds = (clock.now - start.instant).milliseconds
    turn.firstTokenMilliseconds = attempt.live.firstArrival.map { ($0 - start.instant).milliseconds }
    turn.thinking = attempt.live.thinking
    for entry in attempt.notices { note(entry.notice, at: entry.time, by: speaker) }
    return turn
  }

  /// Decides how a turn is recorded, and whether the conversation ends with it.
  ///
  /// Not inlined into `takeTurn`: that would enlarge the frame of each conversation that waits for a reply.
  @inline(never)
  private func finish(
    _ attempt: Attempt, _ answer: Result<Completion, ModelError>,
    _ asked: (time: Date, instant: ContinuousClock.Instant), by index: Int
  ) -> Ending? {
    var turn = turn(by: participants[index], attempt, asked)
    var problem: ModelError?
    switch answer {
    case .success(let completion): turn.take(completion)
    case .failure(let error):
      turn.retries = max(0, error.requests - 1)
      if error.kind == .exhausted, turn.text.isEmpty { return Ending(reason: .exhausted) }
      if error.kind == .cancelled { turn.outcome = .interrupted } else { problem = error }
    }
    if turn.outcome != .interrupted {
      problem = problem ?? emptiness(of: &turn)
      if problem != nil { turn.outcome = .incomplete }
    }
    if !turn.text.isEmpty || turn.outcome == .interrupted && turn.thinking != nil {
      turn.usage = turn.usage ?? estimatedUsage(of: turn, by: index)
      append(turn)
    }
    if turn.outcome == .interrupted { return .interrupted }
    if let problem { return fail(with: problem, by: participants[index]) }
    return reasonToStop.map { Ending(reason: $0) }
  }

  /// Fills in what the others hear; returns an error if that is nothing.
  private func emptiness(of turn: inout Turn) -> ModelError? {
    if turn.text.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
      turn.text = ""
      if !turn.toolCalls.isEmpty {
        return ModelError(
          .malformed, "the reply calls a tool and has no text; leave tools and functions out of --payload")
      }
      return ModelError(
        .malformed, turn.thinking == nil ? "the reply is empty" : "the reply has reasoning but no text")
    }
    guard settings.filterThinking else { return nil }
    let filtered = ThinkingSpans.filter(turn.text)
    guard filtered.removed else { return nil }
    turn.heard = filtered.heard
    guard filtered.heard.isEmpty else { return nil }
    return ModelError(
      .malformed, "the reply is nothing but thinking, so nothing is left for the others to hear")
  }

  /// Estimates the tokens of a turn for which the endpoint reported none, at four characters per token.
  private func estimatedUsage(of turn: Turn, by index: Int) -> Usage {
    let participant = participants[index]
    let prompt = participant.preamble.map(\.content) + [participant.systemPrompt].compactMap(\.self)
    let characters =
      prompt.reduce(0) { $0 + $1.string.unicodeScalars.count }
      + transcript.turns.reduce(0) { $0 + $1.characters }
    let completion = turn.characters + (turn.thinking?.unicodeScalars.count ?? 0)
    return Usage(promptTokens: (characters + 3) / 4, completionTokens: (completion + 3) / 4, estimated: true)
  }

  /// - Parameter speaker: nil if no speaker could be chosen.
  private func fail(with error: ModelError, by speaker: Participant?) -> Ending? {
    var fields = JSONObject()
    fields["speaker"] = speaker.map { .string($0.name) }
    fields["message"] = .string(error.message)
    if let status = error.status { fields["status"] = .int(status) }
    occur("error", fields)
    switch settings.onFailure {
    case .end:
      return Ending(reason: .error, error: (speaker.map { "\($0.name): " } ?? "") + error.message)
    case .goOn: return reasonToStop.map { Ending(reason: $0) }
    }
  }

  private func note(_ notice: Attempt.Notice, at time: Date, by speaker: Participant) {
    var fields = JSONObject()
    fields["speaker"] = .string(speaker.name)
    switch notice {
    case .retry(let status, let reason, let wait):
      fields["status"] = status.map { .int($0) } ?? .null
      fields["message"] = .string(reason)
      fields["wait_ms"] = .int(wait.milliseconds)
      occur("retry", fields, at: time)
    case .warning(let text):
      fields["text"] = .string(text)
      occur("note", fields, at: time)
    }
  }
}

extension Turn {
  /// Takes over what the model reported besides the text.
  fileprivate mutating func take(_ completion: Completion) {
    usage = completion.usage
    finishReason = completion.finishReason
    toolCalls = completion.toolCalls
    retries = completion.retries
    servedModel = completion.servedModel == model ? nil : completion.servedModel
  }
}

extension [Turn] {
  /// Duration of the turns and the pauses between them in milliseconds, clamped to what a record may contain.
  func duration(pause: Duration) -> Int {
    dropFirst().reduce(first?.milliseconds ?? 0) {
      ($0 + pause.milliseconds + $1.milliseconds).clamped(to: Transcript.counts)
    }
  }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  var milliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}
