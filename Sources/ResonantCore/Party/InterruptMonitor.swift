// SPDX-License-Identifier: MIT

import OrderedCollections
import Synchronization

/// Lets the moderator decide, while a model speaks, whether another one may interrupt it.
final class InterruptMonitor: Sendable {
  fileprivate let moderator: AskedModerator
  fileprivate let participants: [Participant]
  fileprivate let settings: RoomSettings
  fileprivate let seed: UInt64
  fileprivate let control: RoomControl
  fileprivate let pacing: EndpointModel.Pacing
  /// Problems that were reported once.
  private let reported = Mutex<Set<String>>([])
  private let hasGivenUp = Atomic(false)

  init(
    _ moderator: AskedModerator, _ parts: RoomParts, seed: UInt64, control: RoomControl,
    pacing: EndpointModel.Pacing = .real
  ) {
    self.moderator = moderator
    participants = parts.participants
    settings = parts.settings
    self.seed = seed
    self.control = control
    self.pacing = pacing
  }

  /// The checks of one reply; nil if nobody else has set triggers, or the moderator cannot be asked.
  func checks(
    of live: LiveReply, by speaker: Participant, after transcript: Transcript, _ state: RoomState
  ) -> InterruptChecks? {
    let triggers = participants.filter { $0.name != speaker.name && !$0.isHuman }.compactMap { participant in
      state.triggers[participant.name].flatMap { $0.isEmpty ? nil : (name: participant.name, triggers: $0) }
    }
    guard !triggers.isEmpty, !hasGivenUp.load(ordering: .relaxed) else { return nil }
    return InterruptChecks(live, speaker: speaker.name, triggers: triggers, after: transcript, monitor: self)
  }

  /// Makes no more checks: the endpoint would refuse all of them.
  fileprivate func giveUp() { hasGivenUp.store(true, ordering: .relaxed) }

  /// Notes a problem; returns whether it is new.
  fileprivate func isNew(_ problem: String) -> Bool { reported.withLock { $0.insert(problem).inserted } }
}

/// The moderator's checks of one reply.
final class InterruptChecks: Sendable {
  private struct State {
    var happenings: [Happening] = []
    var isOver = false
    var nap: Task<Void, any Error>?
    var work: Task<Void, Never>?
  }

  /// How often the shown text is looked at.
  private static let interval = Duration.milliseconds(200)
  /// Code points that the moderator reads.
  private static let window = 300
  private static let timeout = Duration.seconds(5)

  private let live: LiveReply
  private let speaker: String
  private let triggers: [(name: String, triggers: [String])]
  private let turn: Int
  private let earlier: Int
  private let replies: Int
  private let monitor: InterruptMonitor
  private let state = Mutex(State())

  init(
    _ live: LiveReply, speaker: String, triggers: [(name: String, triggers: [String])],
    after transcript: Transcript, monitor: InterruptMonitor
  ) {
    self.live = live
    self.speaker = speaker
    self.triggers = triggers
    self.monitor = monitor
    turn = transcript.turns.count + 1
    // Failed checks have a number, too, but no event.
    earlier = transcript.events.last { $0.kind == "check" }?.fields["number"]?.int ?? 0
    replies = AskedModerator.requests(in: transcript)
  }

  func start() { state.withLock { $0.work = Task { await run() } } }

  /// Ends the checks once a pending one is answered, which takes `timeout` at most; one that can change nothing,
  /// since the reply was cut, is not waited for.
  func finish() async -> [Happening] {
    let work = state.withLock { state in
      state.isOver = true
      state.nap?.cancel()
      return state.work
    }
    if live.verdict != nil { work?.cancel() }
    await withTaskCancellationHandler {
      await work?.value
    } onCancel: {
      work?.cancel()
    }
    return state.withLock { $0.happenings }
  }

  private func run() async {
    var schedule = CheckSchedule()
    var number = 0
    while await isOn() {
      let shown = live.shown.unicodeScalars
      guard schedule.isDue(shown, at: monitor.pacing.now()) else { continue }
      number += 1
      await check(String(String.UnicodeScalarView(shown.suffix(Self.window))), number)
    }
  }

  /// Waits a moment; false once the reply is over.
  private func isOn() async -> Bool {
    let nap = Task { [sleep = monitor.pacing.sleep] in try await sleep(Self.interval) }
    let isOver = state.withLock { state in
      state.nap = nap
      return state.isOver
    }
    if isOver { nap.cancel() } else { _ = await nap.result }
    return state.withLock { !$0.isOver } && live.verdict == nil && !Task.isCancelled
  }

  // MARK: One check

  private func check(_ snippet: String, _ number: Int) async {
    let request = request(snippet, number)
    do throws(ModelError) {
      let answer = try await monitor.moderator.model.answer(to: request, within: Self.timeout)
      judge(answer, snippet, number)
    } catch {
      guard error.kind != .cancelled else {
        let usage = Usage(estimating: request, reply: "")
        return note(event(snippet, number, scores: .null, usage: usage, isDropped: true))
      }
      if error.isLasting { giveUp() }
      fail(
        error.message + (error.isLasting ? "; the moderator makes no more checks" : ""), status: error.status)
    }
  }

  private func request(_ snippet: String, _ number: Int) -> ModelRequest {
    var generator = SplitMix64(seed: monitor.seed &+ UInt64(earlier + number), turn: turn)
    var request = ModelRequest(
      turn: turn, system: nil, messages: [Message(.user, Prompts.check(speaker: speaker, snippet: snippet))],
      stream: false, seed: generator.next(), ownTurns: replies + number - 1,
      roles: monitor.moderator.participant.roles)
    request.tools = [RoomTools.scoreTriggers(triggers, threshold: monitor.settings.interruptThreshold)]
    request.requiredTool = RoomTools.scoreTriggers
    // A rationale for each of ten participants fits.
    request.fields = ["max_tokens": 1_000, "temperature": 0]
    return request
  }

  private func judge(_ answer: ModelAnswer, _ snippet: String, _ number: Int) {
    let call = answer.call(of: RoomTools.scoreTriggers)
    guard let scores = call.arguments else {
      note(event(snippet, number, scores: .null, usage: answer.usage, isDropped: false))
      return fail(call.problem)
    }
    var shown: JSONObject = [:]
    var firing: [String] = []
    for (name, _) in triggers {
      let score = Score(scores[Participant.apiName(of: name)])
      shown[name] = score?.record ?? .null
      if let score, score.value >= monitor.settings.interruptThreshold { firing.append(name) }
    }
    var generator = SplitMix64(seed: monitor.seed &+ UInt64(earlier + number), turn: turn)
    let winner = firing.randomElement(using: &generator)
    let isOver = live.isSettled || live.verdict != nil
    let isAccepted = winner.map { live.cut(.listener(name: $0)) }
    let isDropped = isAccepted.map { !$0 } ?? isOver
    note(event(snippet, number, scores: .object(shown), usage: answer.usage, isDropped: isDropped))
    if shown.values.allSatisfy({ $0 == .null }) {
      fail("the answer has no score of anybody who set triggers")
    }
    if let winner, isAccepted == false {
      note(
        Happening("interrupt", ["by": .string(winner), "whom": .string(speaker), "dropped": true]))
    }
  }

  private func event(
    _ snippet: String, _ number: Int, scores: JSONValue, usage: Usage, isDropped: Bool
  ) -> Happening {
    Happening(
      "check",
      [
        "number": .int(earlier + number), "speaker": .string(speaker), "snippet": .string(snippet),
        "scores": scores, "dropped": .bool(isDropped), "usage": .object(usage.fields),
      ])
  }

  private func giveUp() {
    monitor.giveUp()
    state.withLock { $0.isOver = true }
  }

  /// Reports a failed check; one that fails like an earlier one is not reported again.
  private func fail(_ message: String, status: Int? = nil) {
    guard monitor.isNew(message) else { return }
    var fields: JSONObject = [
      "speaker": .string(AskedModerator.name), "message": .string(message), "during": "check",
    ]
    if let status { fields["status"] = .int(status) }
    note(Happening("error", fields))
    monitor.control.say("\(AskedModerator.name): \(message)")
  }

  private func note(_ happening: Happening) {
    state.withLock { $0.happenings.append(happening) }
    if happening.kind == "check" {
      monitor.control.note(
        check:
          ModerationLog.lines(ofCheck: happening.fields, threshold: monitor.settings.interruptThreshold))
    }
  }
}

/// Decides when the shown part of a reply is worth another check.
struct CheckSchedule {
  /// Seconds between the beginnings of two checks.
  private static let pause = 1.5
  /// New code points that a check needs, if they hold the end of a sentence or line, and those that suffice in
  /// any case.
  private static let sentence = 80
  private static let stretch = 200

  private var checked = 0
  private var last: Double?

  /// Whether a check is due; if so, the text counts as checked.
  ///
  /// - Parameter time: in seconds.
  mutating func isDue(_ shown: String.UnicodeScalarView, at time: Double) -> Bool {
    if let last, time - last < Self.pause { return false }
    let new = shown.dropFirst(checked)
    let count = new.count
    let hasEnd = new.contains { ".!?\n".unicodeScalars.contains($0) }
    guard count >= Self.stretch || count >= Self.sentence && hasEnd else { return false }
    checked += count
    last = time
    return true
  }
}

extension ToolAnswer {
  /// Why an answer without arguments gives no scores.
  fileprivate var problem: String {
    switch self {
    case .arguments: ""
    case .malformed: "the arguments of the tool that the model calls are no JSON object"
    case .other:
      "the model answers in words instead of calling the tool, as models do that cannot be made to call one"
    case .empty: "the answer is empty"
    }
  }
}

extension ModelError {
  /// Whether the endpoint will refuse the same request again.
  fileprivate var isLasting: Bool {
    if kind == .toolsRefused { return true }
    guard kind == .refused, let status else { return false }
    return (400..<500).contains(status) && ![408, 409, 425, 429].contains(status)
  }
}

/// A score of the moderator: an object with `score` and `rationale`, or just a number.
struct Score: Sendable, Equatable {
  var value: Int
  var rationale: String?

  init?(_ json: JSONValue?) {
    guard let number = json?["score"]?.double ?? json?.double, number.isFinite, abs(number) < 1_000 else {
      return nil
    }
    value = Int(number.rounded())
    rationale = json?["rationale"]?.string
  }

  var record: JSONValue { ["score": .int(value), "rationale": rationale.map(JSONValue.string) ?? .null] }
}
