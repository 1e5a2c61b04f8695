// SPDX-License-Identifier: MIT

import Synchronization

/// A reply while it is being made: the one value that the model, the conversation, the screen and whoever may
/// cut the turn share.
///
/// The model appends from its own thread. Whoever has the right cuts; the first verdict stands and decides the
/// turn's outcome. Leading blank lines and trailing white space are no part of a reply and do not count; the limit
/// counts Unicode code points and is exceeded only when text that would have been kept is dropped.
public final class LiveReply: Sendable {
  /// Who cut a reply before its own end.
  public enum Verdict: Sendable, Equatable {
    /// The longest reply that is allowed was reached.
    case limit
    /// The program was told to end.
    case signal
    /// Somebody in the room, who has read only what was shown.
    case listener(name: String)

    /// What becomes of the turn.
    public var outcome: Outcome { self == .limit ? .truncated : .interrupted }
  }

  private struct State {
    var text = ReplyText()
    var thinking: [UInt8] = []
    var verdict: Verdict?
    /// Code points of the text that may be shown; nil for all that is there.
    var revealed: Int?
    var firstArrival: ContinuousClock.Instant?
    /// Stops the source of the text.
    var abort: (@Sendable () -> Void)?
    var followers: [Int: @Sendable () -> Void] = [:]
    var nextFollower = 0
  }

  private let state: Mutex<State>
  private let limit: Int

  /// Bytes of reasoning, far more than any model needs: what does not end must not fill memory and disk.
  static let thinkingLimit = 16 << 20

  /// - Parameters:
  ///   - limit: most code points to keep.
  ///   - echoedPrefix: a `[name]:` that is dropped from the start of the reply.
  public init(limit: Int = .max, echoedPrefix: String? = nil) {
    self.limit = limit
    state = Mutex(State(text: ReplyText(echoedPrefix: echoedPrefix.map { Array($0.utf8) })))
  }

  // MARK: The model's side

  /// Appends text, which must be whole UTF-8 sequences. Returns false when the reply has been cut: nothing more
  /// is wanted.
  @discardableResult
  public func append(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    change { state in
      guard state.verdict == nil else { return false }
      if state.firstArrival == nil { state.firstArrival = .now }
      if state.text.append(utf8, limit: limit) { return true }
      state.verdict = .limit
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
        state.verdict = .limit
        return false
      }
      state.thinking.append(contentsOf: utf8)
      return true
    }
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

  // MARK: Whoever cuts or shows

  /// Ends the reply from outside. The first verdict stands; later ones change nothing.
  public func cut(_ verdict: Verdict) {
    let abort: (@Sendable () -> Void)? = change { state in
      guard state.verdict == nil else { return nil }
      state.verdict = verdict
      return state.abort
    }
    abort?()
  }

  /// Lets the first `count` code points of the text be shown, and no more until the next call; nil lets everything
  /// be shown as it comes, as it is from the beginning. A slow display calls it again and again; one that waits at a
  /// place calls it once.
  public func reveal(_ count: Int?) {
    change { $0.revealed = count }
  }

  /// Calls back after every change, on the thread that made it, and once now; the follower must not block. Returns
  /// what to `unfollow`.
  @discardableResult
  public func follow(_ follower: @escaping @Sendable () -> Void) -> Int {
    let token = state.withLock { state in
      state.nextFollower += 1
      state.followers[state.nextFollower] = follower
      return state.nextFollower
    }
    follower()
    return token
  }

  public func unfollow(_ token: Int) { _ = state.withLock { $0.followers.removeValue(forKey: token) } }

  private func change<Result: Sendable>(_ body: (inout sending State) -> sending Result) -> Result {
    let (result, followers) = state.withLock { state in (body(&state), state.followers) }
    for follower in followers.values { follower() }
    return result
  }

  // MARK: What there is

  public var verdict: Verdict? { state.withLock { $0.verdict } }

  /// True once any text or reasoning has arrived: from then on a failed request is not repeated.
  public var hasArrived: Bool { firstArrival != nil }
  public var firstArrival: ContinuousClock.Instant? { state.withLock { $0.firstArrival } }

  /// The reply so far as it would be recorded: of one that a listener has cut, what was shown by then.
  public var text: String {
    state.withLock { state in
      guard case .listener? = state.verdict, let revealed = state.revealed else { return state.text.trimmed }
      return state.text.trimmed(to: revealed)
    }
  }

  var hasText: Bool { state.withLock { !$0.text.isEmpty } }

  public var thinking: String? {
    state.withLock { $0.thinking.isEmpty ? nil : String(decoding: $0.thinking, as: UTF8.self) }
  }

  /// Bytes of text and of thinking from the given offsets on, as far as they may be shown.
  public func tail(text textOffset: Int, thinking thinkingOffset: Int) -> (text: [UInt8], thinking: [UInt8]) {
    state.withLock { state in
      let text = state.revealed.map { state.text.prefix($0) } ?? state.text.bytes[...]
      return (Array(text.dropFirst(textOffset)), Array(state.thinking.dropFirst(thinkingOffset)))
    }
  }
}
