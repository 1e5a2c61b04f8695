// SPDX-License-Identifier: MIT

import Synchronization

/// What a person in front of a room does: holds it, lets it go on, interrupts, speaks.
///
/// Live, each line acts at once. From a script, a line is taken only where input is due: at the topic, the
/// introduction, the person's turn, and while the room is held. Does no I/O: lines come in by `take`, answers go
/// out by the closure.
public final class RoomControl: Sendable {
  public enum Mode: Sendable {
    case live, scripted
    /// Nobody is there, and no line comes.
    case unattended
  }

  /// What a line is awaited for.
  enum Input: Sendable { case topic, introduction, turn }

  struct State {
    var isHeld = true
    /// Why the room holds itself after failures.
    var failure: String?
    /// Turns that are due although the room is held.
    var grants = 0
    var isQuitting = false
    /// What has happened and is not yet in the transcript, in order.
    var steps: [ConversationStep] = []
    /// How many of the steps the room has taken since `view`, so that answers still count with them.
    var taken = 0
    /// Lines that nobody has taken yet.
    var lines: [String] = []
    var isEnded = false
    /// The input that is awaited.
    var input: Input?
    /// The model that speaks.
    var speech: (live: LiveReply, speaker: String)?
    /// In chunks of 4 code points per second; nil for text as it comes, 0 for none.
    var speed: Double?
    /// Commands of `/at` for the coming turn.
    var stops: [Stop] = []
    var showsChecks = false
    /// Lines come while somebody speaks, so that a reply may stand still until one lets it go on.
    var mayStandStill = false
    /// The room as of the last turn.
    var view = RoomView()
    /// Counts changes, so that nobody who waits misses one.
    var version = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
    /// Models are asked who speaks next.
    var isChoosing = false
    /// Is told what stands before the line that the person types.
    var follower: (@Sendable (String) -> Void)?
    var shownPrompt = ""

    var prompt: String {
      switch (input, speech) {
      case (.topic?, _): "topic> "
      case (.introduction?, _): "about you> "
      case (.turn?, _): "your turn (an empty line passes)> "
      case (nil, let speech?): "\(speech.speaker) speaks> "
      case (nil, nil): isChoosing ? "choosing> " : isHeld ? "held> " : "> "
      }
    }
  }

  struct Stop: Sendable {
    /// Code points of the turn that are shown before.
    var count: Int
    var command: RoomCommand
  }

  /// The person's introduction, if it was given beforehand.
  let bio: String?
  private let state: Mutex<State>
  private let mode: Mode
  /// Whether the person is told what a line is awaited for.
  private let asks: Bool
  private let answer: @Sendable (String) -> Void

  /// - Parameters:
  ///   - bio: the person's introduction; nil to ask for it.
  ///   - asks: whether the person is told what a line is awaited for.
  ///   - answer: receives lines for the person.
  public init(
    _ mode: Mode, isHeld: Bool = true, bio: String? = nil, asks: Bool = true,
    answer: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.mode = mode
    self.bio = bio
    self.asks = asks
    self.answer = answer
    var initial = State()
    initial.isHeld = isHeld && mode != .unattended
    initial.isEnded = mode == .unattended
    initial.mayStandStill = mode == .live
    state = Mutex(initial)
  }

  // MARK: Lines

  /// Takes a line from the person.
  public func take(line: String) {
    guard mode == .live else { return change { $0.lines.append(line) } }
    let command = try? RoomCommand.parse(line)
    let isAwaited = changing { state in
      // One line is an answer to whoever waits; the next one acts again.
      guard state.lines.isEmpty else { return false }
      switch (command, state.input) {
      case (.say?, _?), (.pass?, .turn?), (.bio?, .introduction?): state.lines.append(line)
      default: return false
      }
      return true
    }
    if !isAwaited { perform(line) }
  }

  /// Lines of a script that nobody has taken yet.
  public var waitingLines: Int { state.withLock { $0.lines.count } }

  /// Calls `follower` with the prompt for the person now and whenever it changes.
  public func follow(_ follower: @escaping @Sendable (_ prompt: String) -> Void) {
    follower(
      state.withLock { state in
        state.follower = follower
        state.shownPrompt = state.prompt
        return state.prompt
      })
  }

  /// No more lines come.
  public func endInput() {
    change { state in
      state.isEnded = true
      state.mayStandStill = false
      if state.speed == 0 { state.speed = nil }
    }
  }

  /// Waits for the topic of the room; nil if the input ends before.
  public func topic() async -> String? {
    await text(for: .topic, asking: "what is the topic of the room?")
  }

  /// Waits for a text of the person; controls before it are performed. Nil if the input ends, the person quits,
  /// or `live` is cut; an empty text only for a turn that the person skips.
  func text(for input: Input, asking question: String, while live: LiveReply? = nil) async -> String? {
    change { $0.input = input }
    if asks { answer(question) }
    defer {
      change { state in
        state.input = nil
        // An answer that nobody waits for any more.
        if mode == .live { state.lines = [] }
      }
    }
    while let line = await line(while: live) {
      let command: RoomCommand
      do throws(InvalidValue) {
        command = try RoomCommand.parse(line)
      } catch {
        answer(error.description)
        continue
      }
      switch (command, input) {
      case (.say(let text), _): return text
      case (.bio(let text), .introduction): return text
      case (.pass, .turn): return ""
      case (.pass, _): answer("an empty line is no \(input == .topic ? "topic" : "introduction")")
      default: perform(command)
      }
    }
    return nil
  }

  /// The next line; nil if there will be none.
  private func line(while live: LiveReply?) async -> String? {
    while true {
      let (line, isOver, version) = state.withLock { state -> (String?, Bool, Int) in
        let line = state.isQuitting || state.lines.isEmpty ? nil : state.lines.removeFirst()
        if line != nil, mode == .live { state.input = nil }
        return (line, line == nil && (state.isEnded || state.isQuitting), state.version)
      }
      if let line { return line }
      if isOver || live?.verdict != nil || Task.isCancelled { return nil }
      await wait(since: version)
    }
  }

  /// While the room is held: performs the next line of a script, or waits for whatever has changed since a
  /// version. Returns false if no line will come.
  func waitWhileHeld(since version: Int) async -> Bool {
    if state.withLock({ $0.isEnded && $0.lines.isEmpty && $0.version == version }) { return false }
    if mode == .scripted {
      if let line = await line(while: nil) { perform(line) }
      return true
    }
    await wait(since: version)
    return true
  }

  private func perform(_ line: String) {
    do throws(InvalidValue) {
      perform(try RoomCommand.parse(line))
    } catch {
      answer(error.description)
    }
  }

  /// Performs a command.
  ///
  /// - Parameter isLate: the turn that the command was meant for is over.
  func perform(_ command: RoomCommand, isLate: Bool = false) {
    var result = changing { $0.perform(command, isLate: isLate) }
    // Who interrupts twice has been heard once.
    if let (live, verdict, speaker) = result.cut, !live.cut(verdict), verdict != .quit,
      verdict != live.verdict
    {
      result = changing { $0.dropInterrupt(of: speaker) }
    }
    if let text = result.answer { answer(text) }
  }

  // MARK: The room's side

  /// The present state of the room, for answers.
  func show(_ view: RoomView) {
    state.withLock { state in
      state.view = view
      state.steps.removeFirst(state.taken)
      state.taken = 0
    }
  }

  /// What happens before the next turn, if anything.
  func nextStep() -> ConversationStep? {
    state.withLock { state in
      guard state.taken < state.steps.count else { return state.isQuitting ? state.ending : nil }
      state.taken += 1
      return state.steps[state.taken - 1]
    }
  }

  /// How the conversation ends when no more turn can come.
  var ending: ConversationStep { state.withLock { $0.ending } }

  var isQuitting: Bool { state.withLock { $0.isQuitting } }

  /// Waits until the person quits; false if the task is cancelled before.
  func isQuit() async -> Bool { await happens { $0.isQuitting } }

  private func happens(_ isTrue: @Sendable (State) -> Bool) async -> Bool {
    while !Task.isCancelled {
      let (isDue, version) = state.withLock { (isTrue($0), $0.version) }
      if isDue { return true }
      await wait(since: version)
    }
    return false
  }

  /// Whether no turn can come any more: the room is held, and no line comes.
  var isSpent: Bool { state.withLock { $0.isHeld && $0.grants == 0 && $0.isEnded && $0.lines.isEmpty } }

  /// Does work that is cancelled with the task, or when the person quits or rewinds the room.
  func unlessLeft<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
    let task = Task { await work() }
    let leaving = Task { if await happens({ $0.isQuitting || $0.isRewinding }) { task.cancel() } }
    defer { leaving.cancel() }
    return await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// Whether a turn is due; takes a grant while the room is held.
  func takeTurn() -> Bool {
    state.withLock { state in
      guard state.isHeld else { return true }
      guard state.grants > 0 else { return false }
      state.grants -= 1
      return true
    }
  }

  /// Notes that a turn has succeeded, so that the room is not held by failures any more.
  func recover() { change { $0.failure = nil } }

  var isHeldByFailures: Bool { state.withLock { $0.failure != nil } }

  /// Holds the room because of failures. Where no line comes any more, the room ends, and its error says why.
  func hold(because reason: String) {
    change {
      $0.isHeld = true
      $0.grants = 0
      $0.failure = reason
    }
    if !isSpent { answer("the room is held: \(reason)") }
  }

  /// Tells the person whether models are being asked who speaks next.
  func note(isChoosing: Bool) { change { $0.isChoosing = isChoosing } }

  /// Lets the person interrupt a reply; one who has quit while the speaker was chosen does not hear it.
  func beginSpeech(_ live: LiveReply, by speaker: String) {
    let isQuitting = changing { state in
      state.speech = (live, speaker)
      return state.isQuitting
    }
    if isQuitting { live.cut(.quit) }
  }

  /// Returns the interrupts that came too late for the reply.
  func endSpeech() -> [Happening] {
    changing { state in
      state.speech = nil
      let late = state.happenings.filter { $0.kind == "interrupt" }
      state.steps.removeAll { $0.happening?.kind == "interrupt" }
      return late
    }
  }

  func note(check lines: [String]) {
    if state.withLock({ $0.showsChecks }) { lines.forEach(answer) }
  }

  func say(_ text: String) { answer(text) }

  /// How fast the coming text is shown, and where showing stops first.
  var pace: (speed: Double?, stop: Stop?) {
    state.withLock { ($0.speed, $0.stops.min { $0.count < $1.count }) }
  }

  /// Takes the first stop.
  func takeStop() -> Stop? {
    state.withLock { state in
      let first = state.stops.indices.min { state.stops[$0].count < state.stops[$1].count }
      return first.map { state.stops.remove(at: $0) }
    }
  }

  // MARK: Changes

  var prompt: String { state.withLock { $0.prompt } }

  var version: Int { state.withLock { $0.version } }

  func wake() { change { _ in } }

  private func change(_ body: (inout State) -> Void) {
    changing { body(&$0) }
  }

  private func changing<Value: Sendable>(_ body: (inout sending State) -> sending Value) -> Value {
    let (value, waiters, prompt) = state.withLock { state in
      let value = body(&state)
      state.version += 1
      let text = state.prompt
      let changed = state.shownPrompt == text ? nil : state.follower.map { (follower: $0, text: text) }
      state.shownPrompt = text
      defer { state.waiters = [] }
      return (value, state.waiters, changed)
    }
    for waiter in waiters { waiter.resume() }
    prompt?.follower(prompt?.text ?? "")
    return value
  }

  /// Waits until something has changed since a version, or the task is cancelled.
  func wait(since version: Int) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDue = state.withLock { state in
          guard state.version == version, !Task.isCancelled else { return true }
          state.waiters.append(continuation)
          return false
        }
        if isDue { continuation.resume() }
      }
    } onCancel: {
      wake()
    }
  }
}
