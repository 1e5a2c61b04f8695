// SPDX-License-Identifier: MIT

import Synchronization

/// A reply while it is being generated, shared by the model, the conversation, the screen and everything that
/// may cut the turn.
///
/// The model appends from its own thread. Others may cut; the first verdict stands and decides the turn's
/// outcome. Leading blank lines and trailing white space are not part of a reply and do not count. The limit
/// is in Unicode code points, and is exceeded only if text that would have been kept is discarded.
public final class LiveReply: Sendable {
  /// Who or what cut a reply.
  public enum Verdict: Sendable, Equatable {
    /// The reply reached the limit.
    case limit
    /// The program received a signal to end.
    case signal
    /// A listener, who has read only what was shown.
    case listener(name: String)
    /// A person, who has read only what was shown, ends the conversation.
    case quit
    /// The reply took too long for whoever asked.
    case deadline

    /// The outcome of the turn.
    public var outcome: Outcome { self == .limit ? .truncated : .interrupted }

    /// Whether the conversation ends with the turn.
    var endsConversation: Bool {
      switch self {
      case .signal, .quit, .deadline: true
      case .limit, .listener: false
      }
    }

    /// Whether only the text that was shown counts as said.
    var keepsOnlyShown: Bool {
      switch self {
      case .listener, .quit: true
      case .limit, .signal, .deadline: false
      }
    }
  }

  private struct State {
    var text = ReplyText()
    var thinking: [UInt8] = []
    var verdict: Verdict?
    /// Nothing cuts the reply any more.
    var isSettled = false
    /// Number of code points that may be shown; nil for all.
    var revealed: Int?
    var firstArrival: ContinuousClock.Instant?
    /// Stops the source of the text.
    var abort: (@Sendable () -> Void)?
    var followers: [Int: @Sendable () -> Void] = [:]
    var nextFollower = 0
  }

  private let state: Mutex<State>
  private let limit: Int

  /// Most bytes of reasoning, far more than any model needs: endless reasoning must not fill memory and disk.
  static let thinkingLimit = 16 << 20

  /// - Parameters:
  ///   - limit: most code points to keep.
  ///   - echoedPrefix: a `[name]:` that is removed from the start of the reply.
  public init(limit: Int = .max, echoedPrefix: String? = nil) {
    self.limit = limit
    state = Mutex(State(text: ReplyText(echoedPrefix: echoedPrefix.map { Array($0.utf8) })))
  }

  // MARK: The model's side

  /// Appends text in complete UTF-8 sequences. Returns false if the reply has been cut and needs no more
  /// text.
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

  /// Appends reasoning that came in a separate field. More than `thinkingLimit` cuts the reply.
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

  /// Sets the action with which a cut stops the source; called at once if the reply is already cut. Set nil
  /// when there is nothing left to stop.
  public func onCut(_ abort: (@Sendable () -> Void)?) {
    let isCut = state.withLock { state in
      state.abort = abort
      return state.verdict != nil
    }
    if isCut { abort?() }
  }

  // MARK: Whoever cuts or shows

  /// Cuts the reply from outside. The first verdict stands; later ones, and those that come after `settle`,
  /// change nothing. Returns whether this one stands.
  @discardableResult
  public func cut(_ verdict: Verdict) -> Bool {
    let (isAccepted, abort): (Bool, (@Sendable () -> Void)?) = change { state in
      // Somebody who has not been shown all of a reply that reached the limit can still interrupt it.
      let isOpen = state.verdict == nil || state.verdict == .limit && verdict.keepsOnlyShown
      guard isOpen, !state.isSettled else { return (false, nil) }
      state.verdict = verdict
      return (true, state.abort)
    }
    abort?()
    return isAccepted
  }

  /// Ends the time in which the reply can be cut.
  func settle() { state.withLock { $0.isSettled = true } }

  var isSettled: Bool { state.withLock { $0.isSettled } }

  /// Allows the first `count` code points to be shown until the next call; nil, the default, shows all text
  /// as it comes. A slow display calls this repeatedly; one that pauses at a certain place calls it once.
  /// What has been shown stays shown.
  public func reveal(_ count: Int?) {
    change { state in
      guard let count else { return state.revealed = nil }
      let shown = state.revealed.map { min($0, state.text.count) } ?? state.text.count
      state.revealed = max(count, shown)
    }
  }

  /// Calls `follower` once now and after every change, on the thread that made the change; it must not block.
  /// Returns a token for `unfollow`.
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

  /// True once any text or reasoning has arrived. From then on, a failed request is not repeated.
  public var hasArrived: Bool { firstArrival != nil }
  public var firstArrival: ContinuousClock.Instant? { state.withLock { $0.firstArrival } }

  /// The reply so far as it would be recorded; if a listener has cut it, only what had been shown.
  public var text: String {
    state.withLock { state in
      guard state.verdict?.keepsOnlyShown == true, let revealed = state.revealed else {
        return state.text.trimmed
      }
      return state.text.trimmed(to: revealed)
    }
  }

  /// The text that has been shown, without trailing white space.
  var shown: String {
    state.withLock { state in state.revealed.map { state.text.trimmed(to: $0) } ?? state.text.trimmed }
  }

  /// Code points of text that have arrived, and those of them that have been shown.
  var counts: (arrived: Int, shown: Int) {
    state.withLock { state in
      (state.text.count, state.revealed.map { min($0, state.text.count) } ?? state.text.count)
    }
  }

  /// The length in bytes of the text, or of the reasoning, so far.
  func byteCount(ofThinking isThinking: Bool) -> Int {
    state.withLock { isThinking ? $0.thinking.count : $0.text.bytes.count }
  }

  var hasText: Bool { state.withLock { !$0.text.isEmpty } }

  public var thinking: String? {
    state.withLock { $0.thinking.isEmpty ? nil : String(decoding: $0.thinking, as: UTF8.self) }
  }

  /// Bytes of text and reasoning from the given offsets on that may be shown.
  public func tail(text textOffset: Int, thinking thinkingOffset: Int) -> (text: [UInt8], thinking: [UInt8]) {
    state.withLock { state in
      let text = state.revealed.map { state.text.prefix($0) } ?? state.text.bytes[...]
      return (Array(text.dropFirst(textOffset)), Array(state.thinking.dropFirst(thinkingOffset)))
    }
  }
}
