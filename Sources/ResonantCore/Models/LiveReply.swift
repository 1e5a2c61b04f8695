// SPDX-License-Identifier: MIT

import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A reply while it is being made: the one value that the model, the conversation, the screen and whoever may
/// cut the turn share.
///
/// The model appends from its own thread. Whoever has the right (the character limit, a signal) cuts; the first
/// verdict wins and decides the turn's outcome. Leading blank lines and trailing white space are no part of a
/// reply and count for nothing; the limit counts Unicode code points and is exceeded only when text that would
/// have been kept is dropped.
public final class LiveReply: Sendable {
  /// Why a reply was cut before its own end.
  public enum Verdict: Sendable, Equatable {
    case truncated
    case interrupted
  }

  struct State {
    var text = ReplyText()
    var thinking: [UInt8] = []
    var verdict: Verdict?
    var abort: (@Sendable () -> Void)?
    /// Ends the wait before an attempt; nil while nobody waits.
    var wake: (@Sendable () -> Void)?
    var mayWait = true
    var start: (time: Date, instant: ContinuousClock.Instant)?
    /// Called once, when the model is asked or a wait begins.
    var departure: (@Sendable () -> Void)?
    /// Called once, when the turn is recorded.
    var settlement: (@Sendable () -> Void)?
    var follower: (@Sendable () -> Void)?
    var noticeFollower: (@Sendable (Notice) -> Void)?
    var firstArrival: ContinuousClock.Instant?
    /// What happened beside the text, in order.
    var notices: [(time: Date, notice: Notice)] = []
  }

  /// Something that happened while the reply was asked for, to be recorded and shown.
  public enum Notice: Sendable, Equatable {
    /// Another attempt follows after the wait.
    case retry(status: Int?, reason: String, wait: Duration)
    case warning(String)
  }

  let state: Mutex<State>
  private let limit: Int

  /// - Parameters:
  ///   - limit: most code points to keep.
  ///   - echoedPrefix: a `[name]:` that is dropped from the start of the reply.
  public init(limit: Int = .max, echoedPrefix: String? = nil) {
    self.limit = limit
    state = Mutex(State(text: ReplyText(echoedPrefix: echoedPrefix.map { Array($0.utf8) })))
  }

  /// Appends text, which must be whole UTF-8 sequences. Returns false when the reply has been cut: nothing more
  /// is wanted.
  @discardableResult
  public func append(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    change { state in
      guard state.verdict == nil else { return false }
      if state.firstArrival == nil { state.firstArrival = .now }
      if state.text.append(utf8, limit: limit) { return true }
      state.verdict = .truncated
      return false
    }
  }

  @discardableResult
  public func append(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { append($0) }
  }

  /// Appends reasoning that came in a field of its own. More than `thinkingLimit` cuts the reply.
  @discardableResult
  public func append(thinking utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    change { state in
      guard state.verdict == nil else { return false }
      if state.firstArrival == nil { state.firstArrival = .now }
      guard state.thinking.count + utf8.count <= Self.thinkingLimit else {
        state.verdict = .truncated
        return false
      }
      state.thinking.append(contentsOf: utf8)
      return true
    }
  }

  /// Bytes of reasoning, far more than any model needs: what does not end must not fill memory and disk.
  static let thinkingLimit = 16 << 20

  public func append(_ notice: Notice) {
    let follower = change { state in
      state.notices.append((Date(), notice))
      return state.noticeFollower
    }
    follower?(notice)
  }

  /// Ends the reply from outside. The first verdict stands; later ones change nothing.
  public func cut(_ verdict: Verdict) {
    let abort: (@Sendable () -> Void)? = change { state in
      guard state.verdict == nil else { return nil }
      state.verdict = verdict
      return state.abort
    }
    abort?()
  }

  /// Sets who is told after every change, on the thread that made it; the follower must not block.
  public func follow(_ follower: @escaping @Sendable () -> Void) {
    state.withLock { $0.follower = follower }
    follower()
  }

  /// Sets who is given each notice as it comes.
  public func followNotices(_ follower: @escaping @Sendable (Notice) -> Void) {
    state.withLock { $0.noticeFollower = follower }
  }

  private func change<Result: Sendable>(_ body: (inout sending State) -> sending Result) -> Result {
    let (result, follower) = state.withLock { state in (body(&state), state.follower) }
    follower?()
    return result
  }

  /// Sets what a cut calls to stop the source; called at once when the reply is cut already. Nil when there is
  /// nothing to stop any more.
  public func onCut(_ abort: (@Sendable () -> Void)?) {
    let isCut = state.withLock { state in
      state.abort = abort
      return state.verdict != nil
    }
    if isCut { abort?() }
  }

  /// Notes that the model is asked now, if it has not been before: the time until then was spent in a queue.
  func noteStart() {
    depart { state in
      if state.start == nil { state.start = (Date(), .now) }
    }
  }

  /// Sets who is told, once, when all is done here that comes before the reply: the model is asked, or has to wait.
  func onDeparture(_ departure: @escaping @Sendable () -> Void) {
    state.withLock { $0.departure = departure }
  }

  /// Notes that the model will be asked later.
  func noteWait() { depart { _ in } }

  private func depart(_ body: (inout State) -> Void) {
    let departure = state.withLock { state in
      body(&state)
      defer { state.departure = nil }
      return state.departure
    }
    departure?()
  }

  /// When the model was first asked; nil while that is to come, or is not known.
  var start: (time: Date, instant: ContinuousClock.Instant)? { state.withLock { $0.start } }

  /// Ends a wait for a place or for another attempt, now and later. A request in flight goes on.
  func endWaiting() {
    let wake = state.withLock { state in
      state.mayWait = false
      return state.wake
    }
    wake?()
  }

  /// False once there is to be no more waiting.
  var mayWait: Bool { state.withLock { $0.mayWait } }

  /// Sets what a cut, or the end of all waiting, calls to end a wait; called at once when it has come already. Nil
  /// when nobody waits any more.
  func whileWaiting(_ wake: (@Sendable () -> Void)?) {
    var isOver = false
    depart { state in
      state.abort = wake
      state.wake = wake
      isOver = state.verdict != nil || !state.mayWait
    }
    if isOver { wake?() }
  }

  /// Sets what is done once the turn is recorded and counted: it is at `settle`, or when nobody has the reply any more.
  func onSettlement(_ settlement: @escaping @Sendable () -> Void) {
    state.withLock { $0.settlement = settlement }
  }

  func settle() {
    let settlement = state.withLock { state in
      defer { state.settlement = nil }
      return state.settlement
    }
    settlement?()
  }

  deinit { settle() }

  public var verdict: Verdict? { state.withLock { $0.verdict } }

  /// True once any text or reasoning has arrived: from then on a failed request is not repeated.
  public var hasArrived: Bool { state.withLock { $0.firstArrival != nil } }
  public var firstArrival: ContinuousClock.Instant? { state.withLock { $0.firstArrival } }

  /// The reply so far as it would be recorded.
  public var text: String { state.withLock { $0.text.trimmed } }
  var hasText: Bool { state.withLock { !$0.text.isEmpty } }
  public var thinking: String? {
    state.withLock { $0.thinking.isEmpty ? nil : String(decoding: $0.thinking, as: UTF8.self) }
  }

  /// Bytes of text and of thinking from the given offsets on, for a screen that follows, and the notices so far.
  public func tail(text textOffset: Int, thinking thinkingOffset: Int) -> (text: [UInt8], thinking: [UInt8]) {
    state.withLock {
      (Array($0.text.bytes.dropFirst(textOffset)), Array($0.thinking.dropFirst(thinkingOffset)))
    }
  }

  /// Notices from the given offset on.
  public func notices(from offset: Int) -> [(time: Date, notice: Notice)] {
    state.withLock { Array($0.notices.dropFirst(offset)) }
  }
}
