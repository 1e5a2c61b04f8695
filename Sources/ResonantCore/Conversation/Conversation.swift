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
  private let rules: any ConversationRules
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
  ///   - rules: those of a room; nil for a chat in which no moderator chooses the speakers.
  init(
    participants: [Participant], models: [any ChatModel], settings: ConversationSettings,
    transcript: Transcript, observers: [any ConversationObserver], drain: Drain = Drain(),
    rules: (any ConversationRules)? = nil
  ) {
    self.participants = participants
    self.models = models
    self.settings = settings
    self.rules =
      rules
      ?? ChatRules(
        participants: participants, settings: settings,
        selection: settings.order.selection(seed: settings.seed, models: models, moderator: nil))
    self.observers = observers
    self.drain = drain
    self.transcript = transcript
    self.transcript.end = nil
    self.transcript.forgetCutTurns()
  }

  /// Runs to the end. Rethrows an observer's error: the conversation cannot be recorded.
  @discardableResult
  public func run() async throws -> Transcript.End {
    let start = clock.now
    let earlier = transcript.ownTurns.duration(pause: settings.delay)
    open()
    var ending = reasonToStop.map { Ending(reason: $0) }
    var isPauseDue = true
    while ending == nil {
      try await tell()
      // Before the rules are asked, so that what happens meanwhile still counts for the next turn.
      if isPauseDue, settings.delay > .zero, !transcript.turns.isEmpty { await pause() }
      isPauseDue = false
      let step = await rules.nextStep(after: transcript)
      if case .turn = step {
        ending = try await takeTurn()
        isPauseDue = true
      } else {
        ending = take(step)
      }
    }
    let end = conclude(ending ?? .interrupted, milliseconds: earlier + (clock.now - start).milliseconds)
    try await tell()
    return end
  }

  /// Takes a step besides a turn.
  private func take(_ step: ConversationStep) -> Ending? {
    switch step {
    case .turn: break
    case .happening(let happening): occur(happening)
    case .rewind(let number):
      transcript.rewind(to: number)
      occur(Happening("rewind", ["to": .int(number)]))
    case .stop(let reason, let error): return Ending(reason: reason, error: error)
    }
    return nil
  }

  /// Not inlined into `run`: that would add 2 KB to the frame of each conversation that waits for a reply.
  @inline(never)
  private func conclude(_ ending: Ending, milliseconds: Int) -> Transcript.End {
    let turns = transcript.wholeTurns
    let end = Transcript.End(
      reason: ending.reason, turns: turns.count, characters: turns.reduce(0) { $0 + $1.characters },
      usage: transcript.spent,
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
    let sleep = Task { [rules, transcript, delay = settings.delay] in
      await rules.pause(delay, after: transcript)
    }
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

  private func occur(_ happening: Happening) {
    let event = Transcript.Event(
      kind: happening.kind, time: happening.time, after: transcript.turns.count, fields: happening.fields)
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
    switch await choose() {
    case .success(let choice): index = choice
    case .failure(let ending): return ending.ending
    }
    let speaker = participants[index]
    let number = transcript.turns.count + 1
    let attempt = Attempt(liveReply(of: speaker))
    news.append(.asked(turn: number, speaker: speaker, attempt: attempt))
    try await tell()
    let asked = (time: Date(), instant: clock.now)
    let (watch, request) = begin(attempt, by: index)
    let answer = await ask(models[index], request, attempt)
    for happening in await watch?.finish() ?? [] { occur(happening) }
    unrecorded = attempt
    return finish(attempt, answer, asked, by: index)
  }

  /// Begins to watch the reply, and makes the request for it.
  ///
  /// Not inlined into `takeTurn`: that would add 1 KB to the frame of each conversation that waits for a reply.
  @inline(never)
  private func begin(_ attempt: Attempt, by index: Int) -> ((any ReplyWatch)?, ModelRequest) {
    let watch = rules.watch(attempt, by: participants[index], after: transcript)
    return (watch, rules.request(to: index, after: transcript))
  }

  /// No turn begins now. The ending is nil if the rules have something else to do first.
  private struct NoSpeaker: Error { var ending: Ending? }

  /// Chooses the speaker. Fails if no turn begins now.
  private func choose() async -> Result<Int, NoSpeaker> {
    let index: Int
    do throws(ModelError) {
      let choice = try await rules.speaker(after: transcript)
      for happening in choice.happenings { occur(happening) }
      index = choice.index
    } catch {
      if error.kind == .cancelled {
        return .failure(NoSpeaker(ending: Task.isCancelled ? .interrupted : nil))
      }
      if error.kind == .exhausted { return .failure(NoSpeaker(ending: Ending(reason: .exhausted))) }
      if let ending = fail(with: error, by: nil) { return .failure(NoSpeaker(ending: ending)) }
      index = rules.substitute(after: transcript)
    }
    // The choice takes time and tokens.
    if drain.isUnderWay { return .failure(NoSpeaker(ending: .interrupted)) }
    if let reason = reasonToStop { return .failure(NoSpeaker(ending: Ending(reason: reason))) }
    return .success(index)
  }

  private func liveReply(of speaker: Participant) -> LiveReply {
    if speaker.isHuman { return LiveReply() }
    let isNamed = participants.count > 2 || transcript.header.mode == .party
    return LiveReply(limit: settings.maxChars, echoedPrefix: isNamed ? "[\(speaker.name)]:" : nil)
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
    let speaker = participants[index]
    let verdict = attempt.live.verdict
    var turn = turn(by: speaker, attempt, asked)
    var problem: ModelError?
    switch answer {
    case .success(let completion): turn.take(completion)
    case .failure(let error):
      turn.retries = max(0, error.requests - 1)
      if error.kind == .exhausted, turn.text.isEmpty { return Ending(reason: .exhausted) }
      if error.kind == .cancelled {
        turn.outcome = .interrupted
      } else if verdict?.keepsOnlyShown != true {
        // Whoever cut the reply before the failure was shown has decided its outcome.
        problem = error
      }
    }
    let effects = problem == nil ? rules.effects(of: &turn, by: index, verdict: verdict) : TurnEffects()
    if effects.isSilent, !isTooSilent { return keepSilence(turn, effects) }
    if turn.outcome.isGenerated {
      problem = problem ?? emptiness(of: &turn)
      if problem != nil { turn.outcome = .incomplete }
    }
    let isSaid = isSaid(turn, verdict)
    if isSaid {
      turn.usage = turn.usage ?? estimatedUsage(of: turn, by: index)
      append(turn)
    }
    let failure = problem.map { fail(with: $0, by: speaker, usage: isSaid ? nil : turn.usage) }
    for happening in effects.happenings { occur(happening) }
    if let verdict, verdict.endsConversation {
      return Ending(reason: verdict == .quit ? .quit : .interrupted)
    }
    if answer.isCancelled { return .interrupted }
    if let failure { return failure }
    return reasonToStop.map { Ending(reason: $0) }
  }

  /// Whether silence ends the conversation: nobody holds a chat in which models only call tools.
  private var isTooSilent: Bool { settings.onFailure == .end && transcript.attempts.count >= Self.mostSilent }

  /// Replies without text in a row that a chat bears.
  private static let mostSilent = 2

  /// Records a reply that leaves no turn, and is no failure either.
  private func keepSilence(_ turn: Turn, _ effects: TurnEffects) -> Ending? {
    var fields: JSONObject = [
      "speaker": .string(turn.speaker), "tools": .array(turn.toolCalls.map { .string($0.name) }),
    ]
    fields["usage"] = turn.usage.map { .object($0.fields) }
    occur(Happening("silent", fields))
    for happening in effects.happenings { occur(happening) }
    return reasonToStop.map { Ending(reason: $0) }
  }

  /// Whether a turn leaves a record.
  private func isSaid(_ turn: Turn, _ verdict: LiveReply.Verdict?) -> Bool {
    if !turn.text.isEmpty { return true }
    switch (turn.outcome, verdict) {
    case (.passed, _), (.interrupted, .listener): return true
    case (.interrupted, _): return turn.thinking != nil
    default: return false
    }
  }

  /// Fills in what the others hear; returns an error if that is nothing although the model ended the reply.
  private func emptiness(of turn: inout Turn) -> ModelError? {
    if turn.text.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
      turn.text = ""
      if turn.outcome == .interrupted { return nil }
      if !turn.toolCalls.isEmpty {
        return ModelError(.malformed, settings.order == .chain ? Self.onlyNames : Self.onlyCalls)
      }
      return ModelError(
        .malformed, turn.thinking == nil ? "the reply is empty" : "the reply has reasoning but no text")
    }
    guard settings.filterThinking else { return nil }
    let filtered = ThinkingSpans.filter(turn.text)
    guard filtered.removed else { return nil }
    turn.heard = filtered.heard
    guard filtered.heard.isEmpty, turn.outcome != .interrupted else { return nil }
    return ModelError(
      .malformed, "the reply is nothing but thinking, so nothing is left for the others to hear")
  }

  private static let onlyNames =
    "the reply only names the next speaker, and says nothing, like those before it; --order chain offers a tool for "
    + "that, which not every model can use"
  private static let onlyCalls =
    "the reply calls a tool and has no text; if the payload has tools or functions, leave them out"

  /// Estimates the tokens of a turn for which the endpoint reported none; nil for a person's.
  private func estimatedUsage(of turn: Turn, by index: Int) -> Usage? {
    guard !participants[index].isHuman else { return nil }
    return Usage(
      estimating: rules.request(to: index, after: transcript), reply: turn.text + (turn.thinking ?? ""))
  }

  /// - Parameter speaker: nil if no speaker could be chosen.
  private func fail(with error: ModelError, by speaker: Participant?, usage: Usage? = nil) -> Ending? {
    var fields = JSONObject()
    fields["speaker"] = speaker.map { .string($0.name) }
    fields["message"] = .string(error.message)
    if let status = error.status { fields["status"] = .int(status) }
    if speaker == nil { fields["during"] = "selection" }
    if let usage { fields["usage"] = .object(usage.fields) }
    occur(Happening("error", fields))
    switch settings.onFailure {
    case .end:
      return Ending(reason: .error, error: (speaker.map { "\($0.name): " } ?? "") + error.message)
    case .hold: return reasonToStop.map { Ending(reason: $0) }
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
      occur(Happening("retry", fields, at: time))
    case .warning(let text):
      fields["text"] = .string(text)
      occur(Happening("note", fields, at: time))
    }
  }
}
