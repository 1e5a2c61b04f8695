// SPDX-License-Identifier: MIT

/// What a model is asked for one turn.
public struct ModelRequest: Sendable {
  /// Where the system prompt goes in the request.
  public enum SystemPlacement: String, Sendable {
    /// The first message, of role `system`.
    case message
    /// The body's key `system`.
    case topLevel = "top_level"
  }

  /// The number of the turn that is asked for.
  public var turn: Int
  public var system: SharedText?
  public var systemPlacement: SystemPlacement
  public var messages: [Message]
  /// Ask for the reply as a stream.
  public var stream: Bool
  /// Random state for models that make their own choices; derived from the run's seed and the turn's number.
  public var seed: UInt64
  /// Turns that the participant has generated so far (see `Outcome.isGenerated`): the messages don't tell, for
  /// those of the preamble and the opening look alike.
  public var ownTurns: Int

  public init(
    turn: Int, system: SharedText?, systemPlacement: SystemPlacement = .message, messages: [Message],
    stream: Bool = true, seed: UInt64 = 0, ownTurns: Int = 0
  ) {
    self.turn = turn
    self.system = system
    self.systemPlacement = systemPlacement
    self.messages = messages
    self.stream = stream
    self.seed = seed
    self.ownTurns = ownTurns
  }
}

/// What a model says about a reply beside its text, which is in the `LiveReply`.
public struct Completion: Sendable, Equatable {
  public var usage: Usage?
  public var finishReason: String?
  /// The model that the endpoint says answered.
  public var servedModel: String?
  public var toolCalls: [ToolCall] = []
  /// Attempts that failed before the one that gave this reply.
  public var retries = 0

  public init() {}
}

/// Something that can hold up its end of a conversation: an endpoint, or a model that is built in.
public protocol ChatModel: Sendable {
  /// Writes one reply into `live` as it arrives, and returns when it is complete or when `live` was cut.
  ///
  /// A cut (`LiveReply.verdict` is set) ends the call without an error. Throws `ModelError` otherwise; what was
  /// written before stays in `live`.
  func reply(to request: ModelRequest, into live: LiveReply) async throws(ModelError) -> Completion
}

/// Why a model gave no reply, or no whole one. Its description names no secret.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// The endpoint could not be reached, or the connection broke.
    case connection
    case timeout
    /// The endpoint answered with an error.
    case refused
    /// The answer is none that we can read, or is no whole answer.
    case malformed
    /// A script or replay has no more lines: the conversation ends, but has not failed.
    case exhausted
    /// The task was cancelled from outside.
    case cancelled
  }

  public var kind: Kind
  /// HTTP status, where there is one.
  public var status: Int?
  /// One sentence: what happened, where (URL without query), what to do.
  public var message: String
  /// Attempts that failed, this one included.
  public var attempts: Int

  public init(_ kind: Kind, _ message: String, status: Int? = nil, attempts: Int = 1) {
    self.kind = kind
    self.message = message
    self.status = status
    self.attempts = attempts
  }

  public var description: String { message }
}
