// SPDX-License-Identifier: MIT

import Synchronization

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
  let drain: Drain
  private(set) var transcript: Transcript
  private var utterances: [Utterance] = []
  /// Turns that room is made for at once: an array that grows takes up to twice as much.
  private static let turnsAhead = 64
  private var spent = Usage.zero
  /// Code points that every request carries for a participant, before the utterances.
  private let baseCharacters: [Int]
  private var spokenCharacters = 0
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant
  /// Milliseconds that the turns took which were there already.
  private let earlier: Int
  /// What the observers have not been told yet.
  private var news: [ConversationEvent] = []
  /// The reply of a turn that is not announced yet.
  private var unsettled: LiveReply?
  private let outcome = Mutex<Transcript.End?>(nil)
  /// Set once nobody is asked any more.
  private var ending: Ending?

  /// - Parameters:
  ///   - transcript: the header and preambles, and the turns there are already; a cut last turn is asked again.
  public init(
    participants: [Participant], models: [any ChatModel], settings: ConversationSettings,
    transcript: Transcript,
    observers: [any ConversationObserver], drain: Drain = Drain()
  ) {
    self.participants = participants
    self.models = models
    self.settings = settings
    self.observers = observers
    self.drain = drain
    self.transcript = transcript
    self.transcript.end = nil
    start = clock.now
    baseCharacters = participants.map { participant in
      participant.preamble.reduce(participant.systemPrompt?.string.unicodeScalars.count ?? 0) {
        $0 + $1.content.string.unicodeScalars.count
      }
    }
    while let last = self.transcript.turns.last, last.outcome.isCut {
      self.transcript.forgetTurns(above: last.number - 1)
    }
    spent = self.transcript.spent
    earlier = self.transcript.turns.duration(pause: settings.delay)
    for turn in self.transcript.turns { spokenCharacters += turn.characters }
    let room = min(settings.maxTurns, Self.turnsAhead)
    self.transcript.turns.reserveCapacity(room)
    utterances.reserveCapacity(room)
    utterances += self.transcript.turns.compactMap { Self.utterance($0, among: participants) }
  }

  /// The end, once it has run and all observers know of it.
  public nonisolated var end: Transcript.End? { outcome.withLock { $0 } }

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

  /// Runs to the end, which `end` has then: it is not returned, not to take room in the frames in which thousands of
  /// conversations are waited for. Throws what an observer throws: the conversation can't be recorded.
  public func run() async throws {
    begin()
    while ending == nil {
      try await announce()
      if settings.delay > .zero { await pause() }
      guard let asked = nextTurn() else { continue }
      try await announce()
      await ask(asked)
      finish(asked)
    }
    conclude()
    try await announce()
    note()
  }

  /// Tells the observers what has happened since they were last told.
  @inline(never)
  private func announce() async throws {
    let events = news
    guard !events.isEmpty else { return }
    news = []
    for observer in observers { try await observer.observe(events) }
    unsettled?.settle()
    unsettled = nil
  }

  @inline(never)
  private func pause() async {
    guard !transcript.turns.isEmpty else { return }
    let sleep = Task { [delay = settings.delay] in _ = try? await Task.sleep(for: delay) }
    let token = drain.watch { sleep.cancel() }
    defer { drain.forget(token) }
    await withTaskCancellationHandler {
      await sleep.value
    } onCancel: {
      sleep.cancel()
    }
  }

  @inline(never)
  private func ask(_ asked: AskedTurn) async {
    let (model, live) = (models[asked.index], asked.live)
    let token = drain.watch { live.endWaiting() }
    defer { drain.forget(token) }
    await withTaskCancellationHandler {
      await asked.ask(model)
    } onCancel: {
      live.cut(.interrupted)
    }
  }
}

// MARK: - Decisions

// Nothing here waits: everything is decided first and then told. What is not inlined keeps its many values out of
// the frame of `run`, in which a conversation waits.
extension Conversation {
  @inline(never)
  private func begin() {
    start = clock.now
    news.append(.began(transcript))
    if transcript.turns.isEmpty, let opening = settings.opening {
      let speaker = participants[0]
      append(
        Turn(
          number: 1, speaker: speaker.name, model: speaker.model, text: opening, outcome: .opening,
          started: Date()))
    }
    endWhereOver()
  }

  /// Decides after each turn, and not before the next, so that the last one and the end are recorded together.
  private func endWhereOver() {
    if let reason = reasonToStop { ending = Ending(reason: reason) }
  }

  /// The turn that is to be asked for; nil when the conversation ends instead.
  @inline(never)
  private func nextTurn() -> AskedTurn? {
    guard !Task.isCancelled, !drain.isUnderWay else {
      ending = Ending(reason: .interrupted)
      return nil
    }
    let number = transcript.turns.count + 1
    let selection = SpeakerSelection(order: settings.order, seed: settings.seed)
    let index = selection.next(turn: number, after: utterances.last?.speaker, of: participants.count)
    let participant = participants[index]
    let live = LiveReply(
      limit: settings.maxChars, echoedPrefix: participants.count > 2 ? "[\(participant.name)]:" : nil)
    news.append(.asked(turn: number, speaker: participant, reply: live))
    return AskedTurn(of: index, request: request(for: index, turn: number), live: live)
  }

  private func request(for index: Int, turn: Int) -> ModelRequest {
    let participant = participants[index]
    var generator = SplitMix64(seed: settings.seed, turn: turn)
    return ModelRequest(
      turn: turn, system: participant.systemPrompt, systemPlacement: participant.systemPlacement,
      messages: Perspective.messages(for: index, among: participants, after: utterances),
      stream: settings.stream, seed: generator.next(),
      ownTurns: transcript.turns.count { $0.speaker == participant.name && $0.outcome.isGenerated },
      roles: participant.roles)
  }

  /// Decides what became of a turn, and whether the conversation ends with it.
  @inline(never)
  private func finish(_ asked: AskedTurn) {
    let live = asked.live
    unsettled = live
    let participant = participants[asked.index]
    var turn = Turn(
      number: asked.request.turn, speaker: participant.name, model: participant.model, text: live.text,
      outcome: .finished, started: live.start?.time ?? asked.started)
    let start = live.start?.instant ?? asked.start
    turn.milliseconds = (clock.now - start).milliseconds
    turn.firstTokenMilliseconds = live.firstArrival.map { ($0 - start).milliseconds }
    turn.thinking = live.thinking
    for entry in live.notices(from: 0) { note(entry.notice, at: entry.time, by: participant) }
    var problem = asked.takeAnswer(for: &turn)
    let isCut = live.verdict == .interrupted || problem?.kind == .cancelled
    if problem?.kind == .exhausted, turn.text.isEmpty { return ending = Ending(reason: .exhausted) }
    if !isCut, problem == nil { problem = emptiness(of: &turn) }
    turn.outcome =
      isCut
      ? .interrupted : problem != nil ? .incomplete : live.verdict == .truncated ? .truncated : .finished
    if !turn.text.isEmpty || turn.outcome == .interrupted && turn.thinking != nil {
      append(estimated(turn, by: asked.index))
    }
    if isCut {
      ending = Ending(reason: .interrupted)
    } else if let problem {
      fail(with: problem, by: participant)
    } else {
      endWhereOver()
    }
  }

  @inline(never)
  private func note() {
    let end = transcript.end
    outcome.withLock { $0 = end }
  }

  @inline(never)
  private func conclude() {
    let end = Transcript.End(
      reason: ending?.reason ?? .interrupted, turns: transcript.turns.count,
      characters: transcript.turns.reduce(0) { $0 + $1.characters },
      usage: spent, milliseconds: (earlier + (clock.now - start).milliseconds).clamped(to: Transcript.counts),
      error: ending?.error)
    transcript.end = end
    news.append(.ended(end, transcript))
  }

  /// Fills in what the others hear; an error when they would hear nothing.
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

  private func fail(with error: ModelError, by speaker: Participant) {
    var fields: JSONObject = JSONObject()
    fields["speaker"] = .string(speaker.name)
    fields["message"] = .string(error.message)
    if let status = error.status { fields["status"] = .int(status) }
    occur("error", fields)
    ending = Ending(reason: .error, error: "\(speaker.name): \(error.message)")
  }

  private func note(_ notice: LiveReply.Notice, at time: Date, by speaker: Participant) {
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

  private func occur(_ kind: String, _ fields: JSONObject, at time: Date = Date()) {
    let event = Transcript.Event(kind: kind, time: time, after: transcript.turns.count, fields: fields)
    transcript.events.append(event)
    news.append(.occurred(event))
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

  private func append(_ turn: Turn) {
    transcript.turns.append(turn)
    spent = spent + (turn.usage ?? .zero)
    spokenCharacters += turn.characters
    if let utterance = Self.utterance(turn, among: participants) { utterances.append(utterance) }
    news.append(.spoke(turn, transcript))
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
}

private struct Ending {
  var reason: StopReason
  var error: String?
}

extension [Turn] {
  /// Milliseconds that the turns took, with the pauses between them; no more than a record may say.
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
