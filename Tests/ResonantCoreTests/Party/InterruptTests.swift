// SPDX-License-Identifier: MIT

import Synchronization
import TestSupport
import Testing

@testable import ResonantCore

@Suite struct InterruptTests {
  /// Says its text in pieces and stops when it is cut; lets others run between the pieces.
  private final class Chunks: ChatModel {
    let pieces: [String]
    /// Told before each piece, and after the last.
    let onPiece: @Sendable (Int, LiveReply) -> Void
    init(_ pieces: [String], onPiece: @escaping @Sendable (Int, LiveReply) -> Void) {
      self.pieces = pieces
      self.onPiece = onPiece
    }
    func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
      for (index, piece) in pieces.enumerated() {
        onPiece(index, attempt.live)
        guard attempt.live.append(piece) else { return Completion() }
        await Task.yield()
      }
      onPiece(pieces.count, attempt.live)
      return Completion()
    }
  }

  private static let pieces = ["Once ", "there was ", "a gull, ", "who ", "did ", "not ", "like ", "tar."]

  /// Does something on another thread, at different moments after it is started.
  private final class Rival: Sendable {
    private let task = Mutex<Task<Bool, Never>?>(nil)

    func start(yielding: Bool, _ action: @escaping @Sendable () -> Bool) {
      let started = Task.detached {
        if yielding { await Task.yield() }
        return action()
      }
      task.withLock { $0 = started }
    }

    /// What the action returned; nil if it was not started.
    var result: Bool? { get async { await task.withLock { $0 }?.value } }
  }

  /// An interrupt from another thread at every moment: what was accepted is in the record, and nothing else.
  @Test func anAcceptedInterruptAlwaysDecides() async throws {
    var accepted = 0
    for round in 0..<1_000 {
      let rival = Rival()
      let moment = round % (Self.pieces.count + 1)
      let model = Chunks(Self.pieces) { index, live in
        guard index == moment else { return }
        rival.start(yielding: round % 3 > 0) { live.cut(.listener(name: "B")) }
      }
      var stage = RoomStage([("A", model), ("C", ScriptedModel(says: "c")), ("B", ScriptedModel(says: "b"))])
      stage.settings.maxTurns = 2
      try await stage.play()
      let isAccepted = await rival.result == true
      accepted += isAccepted ? 1 : 0
      let turn = stage.witness.turns[0]
      let whole = Self.pieces.joined()
      let isRight =
        isAccepted
        ? turn.outcome == .interrupted && whole.hasPrefix(turn.text) && stage.speakers == ["A", "B"]
          && stage.events("note").count == 1 && stage.events("interrupt").count == 1
          && turn.utterance == (turn.text.isEmpty ? "(interrupted)" : turn.text + "—")
        : turn.outcome == .finished && turn.text == whole && stage.speakers == ["A", "C"]
          && stage.events("note").isEmpty
      guard isRight else {
        Issue.record("round \(round): \(isAccepted), \(stage.turns), \(turn.outcome)")
        return
      }
    }
    #expect(accepted > 100)
  }

  /// The same with the person's control; what is refused is recorded as dropped, and said so.
  @Test func whatThePersonEntersIsAcceptedOrDropped() async throws {
    for round in 0..<1_000 {
      let rival = Rival()
      let control = Weak()
      let moment = round % (Self.pieces.count + 1)
      let model = Chunks(Self.pieces) { index, _ in
        guard index == moment else { return }
        rival.start(yielding: round % 3 > 0) {
          control.control?.perform(.interrupt)
          return true
        }
      }
      var stage = RoomStage([("A", model), ("B", Waiting { _ = await rival.result })], lines: [], go: true)
      control.control = stage.control
      stage.settings.maxTurns = 2
      try await stage.play()
      let answers = stage.answers.all
      let isDropped = answers.contains { $0.hasPrefix("the interrupt is dropped: A") }
      let isLate = answers.contains { $0.hasPrefix("nobody speaks") }
      let interrupts = stage.events("interrupt").map { $0.fields["dropped"]?.bool }
      let isRight =
        stage.outcomes[0] == .interrupted
        ? interrupts == [false] && !isDropped && !isLate
        : interrupts == (isDropped ? [true] : []) && stage.events("note").isEmpty
      // An interrupt that comes very late may meet the next speaker.
      guard isRight || stage.outcomes[1] == .interrupted else {
        Issue.record("round \(round): \(stage.turns), \(interrupts), \(answers)")
        return
      }
    }
  }

  private final class Weak: Sendable {
    private let state = Mutex<RoomControl?>(nil)
    var control: RoomControl? {
      get { state.withLock { $0 } }
      set { state.withLock { $0 = newValue } }
    }
  }

  /// Speaks once a task is over.
  private struct Waiting: ChatModel {
    let task: @Sendable () async -> Void
    func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
      await task()
      attempt.live.append("b")
      return Completion()
    }
  }

  /// A reply that is shown piece by piece is kept exactly as far as it was shown.
  @Test func whatWasShownIsWhatStays() async throws {
    let text = "a👩‍🚀e\u{301}🇩🇪 zß漢"
    let scalars = Array(text.unicodeScalars)
    for count in 1...scalars.count {
      let stage = RoomStage(
        [("A", Chunks(text.unicodeScalars.map { String($0) }) { _, _ in }), ("B", ScriptedModel([]))],
        lines: ["/speed 900", "/at \(count) /interrupt", ""])
      try await stage.play()
      let shown = String(String.UnicodeScalarView(scalars.prefix(count))).trimmed
      #expect(stage.witness.turns.map(\.text) == [shown])
      #expect(stage.outcomes == [.interrupted])
    }
  }

  @Test func heldStaysHeldAfterAnInterrupt() async throws {
    let stage = RoomStage(
      [("A", ScriptedModel(says: "abcdef")), ("B", ScriptedModel(says: "b"))],
      lines: ["/at 2 /interrupt", ""])
    #expect(try await stage.play().reason == .quit)
    #expect(stage.turns == ["A: ab—"])
  }
}
