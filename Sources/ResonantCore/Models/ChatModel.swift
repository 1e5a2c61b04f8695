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
  public let turn: Int
  public let system: SharedText?
  public let systemPlacement: SystemPlacement
  public let messages: [Message]
  /// Ask for the reply as a stream.
  public let stream: Bool
  /// Random state for models that make their own choices; derived from the run's seed and the turn's number.
  public let seed: UInt64
  /// Turns that the participant has generated so far (see `Outcome.isGenerated`): the messages don't tell, for
  /// those of the preamble and the opening look alike.
  public let ownTurns: Int
  /// How the messages were put together, for advice when they are refused.
  public let roles: RolePolicy

  public init(
    turn: Int, system: SharedText?, systemPlacement: SystemPlacement = .message, messages: [Message],
    stream: Bool = true, seed: UInt64 = 0, ownTurns: Int = 0, roles: RolePolicy = .asIs
  ) {
    self.turn = turn
    self.system = system
    self.systemPlacement = systemPlacement
    self.messages = messages
    self.stream = stream
    self.seed = seed
    self.ownTurns = ownTurns
    self.roles = roles
  }
}

/// How neighbouring messages of equal role are treated.
public enum RolePolicy: String, Sendable, CaseIterable {
  case asIs = "as-is"
  /// Merge equal neighbours and put a short user message before a leading assistant one.
  case alternate
}

/// What a model says about a reply beside its text, which is in the attempt's `LiveReply`.
public struct Completion: Sendable, Equatable {
  public var usage: Usage?
  public var finishReason: String?
  /// The model that the endpoint says answered.
  public var servedModel: String?
  public var toolCalls: [ToolCall] = []
  /// Requests that failed before the one that gave this reply.
  public var retries = 0

  public init() {}
}

/// Something that can hold up its end of a conversation: an endpoint, or a model that is built in.
public protocol ChatModel: Sendable {
  /// Writes one reply into `attempt.live` as it arrives, and returns when it is complete or was cut.
  ///
  /// A cut (`LiveReply.verdict` is set) ends the call without an error. Throws `ModelError` otherwise; what was
  /// written before stays in the reply.
  func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion
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

  public let kind: Kind
  /// HTTP status, where there is one.
  public let status: Int?
  /// One sentence: what happened, where (URL without query), what to do.
  public let message: String
  /// Requests that failed for it.
  public let requests: Int

  public init(_ kind: Kind, _ message: String, status: Int? = nil, requests: Int = 1) {
    self.kind = kind
    self.message = message
    self.status = status
    self.requests = requests
  }

  public var description: String { message }
}
