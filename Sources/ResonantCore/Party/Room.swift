// SPDX-License-Identifier: MIT

import OrderedCollections
import Synchronization

/// The rules of a room: models and possibly a person, who hold the floor in turn.
///
/// What the room is to remember is in the transcript (see `RoomState`); what the person wants is in `control`.
final class Room: ConversationRules {
  let participants: [Participant]
  private let settings: RoomSettings
  private let conversation: ConversationSettings
  private let moderator: AskedModerator?
  private let selection: any SpeakerSelection
  private let control: RoomControl
  private let introductions: Introductions
  private let monitor: InterruptMonitor?
  private let drain: Drain
  private let pacing: EndpointModel.Pacing
  /// The failure after which the room has waited last.
  private let waited = Mutex<Transcript.Event?>(nil)

  /// Consecutive failed or empty turns, of all or of one participant, after which the room holds itself.
  private static let mostFailures = 3

  init(
    _ parts: RoomParts, conversation: ConversationSettings, control: RoomControl, drain: Drain,
    pacing: EndpointModel.Pacing = .real
  ) {
    participants = parts.participants
    settings = parts.settings
    moderator = parts.moderator
    self.conversation = conversation
    self.control = control
    self.drain = drain
    self.pacing = pacing
    selection = conversation.order.selection(
      seed: conversation.seed, models: parts.models, moderator: parts.moderator)
    introductions = Introductions(parts, conversation: conversation, control: control)
    monitor =
      parts.settings.interrupts
      ? parts.moderator.map {
        InterruptMonitor($0, parts, seed: conversation.seed, control: control, pacing: pacing)
      } : nil
  }

  private var names: [String] { participants.map(\.name) }

  private func state(_ transcript: Transcript) -> RoomState {
    RoomState(transcript, wordLimit: settings.wordLimit)
  }

  // MARK: When a turn is due

  /// Lets the person see the state of the room.
  @discardableResult
  private func show(_ transcript: Transcript) -> RoomState {
    let state = state(transcript)
    control.show(
      RoomView(transcript: transcript, names: names, state: state, order: conversation.order.rawValue))
    return state
  }

  func nextStep(after transcript: Transcript) async -> ConversationStep {
    let state = show(transcript)
    if transcript.attempts.isEmpty { control.recover() }
    await backOff(after: transcript, state)
    while !Task.isCancelled, !drain.isUnderWay {
      // Read first, so that no change is missed before the wait.
      let version = control.version
      if let step = control.nextStep() { return step }
      if let introduction = await introductions.next(after: transcript, state) {
        return .happening(introduction)
      }
      if control.isQuitting { continue }
      if let reason = reasonToHold(transcript, state) {
        control.hold(because: reason)
        return .happening(Happening("hold", ["reason": .string(reason)]))
      }
      if control.takeTurn() { return conversation.reasonToStop(transcript).map { .stop($0) } ?? .turn }
      if await !control.waitWhileHeld(since: version) {
        if !control.isHeldByFailures {
          control.say("the input has ended while the room is held; with --go it goes on by itself")
        }
        return control.ending
      }
    }
    return .stop(.interrupted)
  }

  private func reasonToHold(_ transcript: Transcript, _ state: RoomState) -> String? {
    let last =
      transcript.events.last { $0.isFailure || $0.kind == "silent" }?.fields["message"]?.string
      ?? "it only called tools"
    if state.failures >= Self.mostFailures {
      return "\(state.failures) turns in a row failed; the last: \(last)"
    }
    let guilty = state.failuresByName.first { $0.value >= Self.mostFailures }
    return guilty.map { "\($0.value) turns of \($0.key) in a row failed; the last: \(last)" }
  }

  /// Waits 1, 2, 4 seconds after failures in a row, unless the person does something.
  private func backOff(after transcript: Transcript, _ state: RoomState) async {
    guard let failure = transcript.attempts.last, failure.isFailure,
      let name = failure.fields["speaker"]?.string
    else {
      return
    }
    let count = max(state.failures, state.failuresByName[name] ?? 0)
    guard count > 0, count < Self.mostFailures else { return }
    let isNew = waited.withLock { last in
      defer { last = failure }
      return last != failure
    }
    guard isNew else { return }
    let version = control.version
    let timer = Task { [control, pacing] in
      try await pacing.sleep(.seconds(1 << (count - 1)))
      control.wake()
    }
    let token = drain.watch { [control] in control.wake() }
    await control.wait(since: version)
    drain.forget(token)
    timer.cancel()
  }

  func pause(_ duration: Duration, after transcript: Transcript) async {
    show(transcript)
    guard !control.isSpent else { return }
    await control.unlessLeft { _ = try? await Task.sleep(for: duration) }
  }

  // MARK: Who speaks

  func speaker(after transcript: Transcript) async throws(ModelError) -> SpeakerChoice {
    var happenings: [Happening] = []
    if let wish = state(transcript).wish, let index = names.firstIndex(of: wish.speaker) {
      let isPossible = participants.lastSpeaker(in: transcript) != index || participants.count == 1
      var fields: JSONObject = ["speaker": .string(wish.speaker), "by": .string(wish.author.word)]
      if !isPossible {
        fields["dropped"] = true
        control.say(
          "\(wish.speaker) has just spoken, and nobody speaks twice in a row; somebody else is chosen")
      }
      happenings.append(Happening("selection", fields))
      if isPossible { return SpeakerChoice(index: index, happenings: happenings) }
    }
    control.note(isChoosing: true)
    defer { control.note(isChoosing: false) }
    var choice = try await choose(in: context(transcript)).get()
    choice.happenings = happenings + choice.happenings
    return choice
  }

  /// Whoever chooses is not waited for when the person quits or rewinds.
  private func choose(in context: SelectionContext) async -> Result<SpeakerChoice, ModelError> {
    await control.unlessLeft { [selection] in
      do throws(ModelError) {
        return .success(try await selection.next(in: context))
      } catch {
        return .failure(error)
      }
    }
  }

  func substitute(after transcript: Transcript) -> Int {
    RandomSelection(seed: conversation.seed).pick(in: context(transcript))
  }

  private func context(_ transcript: Transcript) -> SelectionContext {
    SelectionContext(transcript: transcript, participants: participants) {
      self.request(to: $0, after: transcript)
    }
  }

  // MARK: What they are asked

  func request(to index: Int, after transcript: Transcript) -> ModelRequest {
    let participant = participants[index]
    let state = state(transcript)
    let turn = transcript.turns.count + 1
    var generator = SplitMix64(seed: conversation.seed, turn: turn)
    var request = ModelRequest(
      turn: turn, system: SharedText(instructions(to: participant, state)),
      systemPlacement: participant.systemPlacement,
      messages: RoomPerspective(participants: participants, settings: settings)
        .messages(for: index, after: transcript, state),
      stream: conversation.stream, seed: generator.next(), ownTurns: state.replies[participant.name] ?? 0,
      roles: participant.roles)
    request.tools = tools(for: index)
    return request
  }

  private func instructions(to participant: Participant, _ state: RoomState) -> String {
    var parts = [participant.systemPrompt?.string].compactMap(\.self)
    let bios = names.filter { $0 != participant.name }.compactMap { name in
      state.bios[name].map { (name: name, text: $0) }
    }
    if !bios.isEmpty { parts.append(Prompts.introductions(bios)) }
    if settings.setsTriggers(moderator != nil) {
      parts.append(Prompts.triggers(state.triggers[participant.name] ?? [], limit: settings.maxTriggers))
    }
    return parts.joined(separator: "\n\n")
  }

  private func tools(for index: Int) -> [Tool] {
    let next = conversation.order.letsSpeakersChoose ? NextSpeakerTool.tool(for: index, among: names) : nil
    let triggers =
      settings.setsTriggers(moderator != nil) ? RoomTools.setTriggers(limit: settings.maxTriggers) : nil
    return [next, RoomTools.skip, triggers].compactMap(\.self)
  }

  // MARK: What they do

  func watch(_ attempt: Attempt, by speaker: Participant, after transcript: Transcript) -> (any ReplyWatch)? {
    guard !speaker.isHuman else { return nil }
    return RoomWatch(
      attempt.live, of: speaker, control: control,
      checks: monitor?.checks(of: attempt.live, by: speaker, after: transcript, state(transcript)))
  }

  func effects(of turn: inout Turn, by index: Int, verdict: LiveReply.Verdict?) -> TurnEffects {
    if participants[index].isHuman {
      // A person who quits instead of speaking has not passed.
      if verdict == nil { turn.outcome = turn.text.isEmpty ? .passed : .human }
      return TurnEffects()
    }
    if case .listener(let name)? = verdict {
      turn.toolCalls = []
      return TurnEffects(happenings: Self.interrupt(of: turn.speaker, by: name))
    }
    guard verdict == nil || verdict == .limit else { return TurnEffects() }
    let happenings = turn.toolCalls.flatMap { effects(of: $0, by: index) }
    guard turn.text.isEmpty, !turn.toolCalls.isEmpty else { return TurnEffects(happenings: happenings) }
    guard turn.toolCalls.contains(where: { $0.name == RoomTools.skip.name }) else {
      return TurnEffects(happenings: happenings, isSilent: true)
    }
    turn.outcome = .passed
    return TurnEffects(happenings: happenings)
  }

  private static func interrupt(of speaker: String, by name: String) -> [Happening] {
    let isPerson = name == RoomPerson.name
    return [
      Happening("interrupt", ["by": .string(name), "whom": .string(speaker), "dropped": false]),
      Happening(
        "note",
        [
          "text": .string(
            isPerson ? Prompts.interruptedByPerson(speaker) : Prompts.interrupted(speaker, by: name))
        ]),
    ]
  }

  private func effects(of call: ToolCall, by index: Int) -> [Happening] {
    var event = call.happening(by: participants[index].name)
    guard let arguments = call.object else {
      event.fields["problem"] = "the arguments are no JSON object"
      return [event]
    }
    guard tools(for: index).contains(where: { $0.name == call.name }) else {
      event.fields["problem"] = "there is no such tool"
      return [event]
    }
    switch call.name {
    case NextSpeakerTool.name:
      let name = arguments["participant"]?.string
      if !names.contains(where: { $0 == name }) { event.fields["problem"] = "nobody has this name" }
      return [event]
    case RoomTools.setTriggers:
      guard let triggers = RoomTools.triggers(in: arguments, limit: settings.maxTriggers) else {
        event.fields["problem"] = "the arguments have no list of triggers"
        return [event]
      }
      let list = JSONValue.array(triggers.map(JSONValue.string))
      return [
        event, Happening("triggers", ["speaker": .string(participants[index].name), "triggers": list]),
      ]
    default: return [event]
    }
  }
}

/// What a room is made of.
struct RoomParts: Sendable {
  var participants: [Participant]
  /// One for each participant.
  var models: [any ChatModel]
  var moderator: AskedModerator?
  var settings: RoomSettings
}

extension RoomSettings {
  /// Whether models may set triggers; needs a moderator, who watches for them.
  func setsTriggers(_ hasModerator: Bool) -> Bool { hasModerator && interrupts && maxTriggers > 0 }
}

extension SpeakerOrder {
  /// Whether a speaker may name the next one.
  var letsSpeakersChoose: Bool { self == .random || self == .chain }
}

extension RoomState.Wish.Author {
  /// The word in records.
  fileprivate var word: String {
    switch self {
    case .tool: "tool"
    case .interrupt: "interrupt"
    case .person: "human"
    }
  }
}
