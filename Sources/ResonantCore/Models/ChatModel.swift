// SPDX-License-Identifier: MIT

/// A request to a model for one turn.
public struct ModelRequest: Sendable {
  /// The position of the system prompt in the request.
  public enum SystemPlacement: String, Sendable {
    /// The first message, with role `system`.
    case message
    /// The key `system` of the body.
    case topLevel = "top_level"
  }

  /// The number of the requested turn.
  public let turn: Int
  public var system: SharedText?
  public let systemPlacement: SystemPlacement
  public var messages: [Message]
  /// Whether to ask for the reply as a stream.
  public var stream: Bool
  /// Random seed for models that make their own choices, derived from the run's seed and the turn number.
  public let seed: UInt64
  /// Replies that the participant has given so far, also those that left no turn. They cannot be counted from
  /// the messages, where preamble messages and the opening look the same.
  public var ownTurns: Int
  /// The policy that the messages follow, for advice if they are refused.
  public let roles: RolePolicy
  /// The functions that the model may call.
  public var tools: [Tool] = []
  /// The name of the tool that the reply must be a call of; nil if the model may answer as it likes. Not every
  /// server obeys: `ToolAnswer` reads the reply.
  public var requiredTool: String?
  /// False to require the call of any of the tools, for endpoints that do not obey a name.
  var namesRequiredTool = true
  /// Further fields of the body as OpenAI names them, `max_tokens` or `temperature`; the participant's payload
  /// overrides them.
  public var fields: JSONObject = [:]

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

/// How neighbouring messages of the same role are treated.
public enum RolePolicy: String, Sendable, CaseIterable {
  case asIs = "as-is"
  /// Merge neighbouring messages of the same role, and put a short user message before a leading assistant
  /// message.
  case alternate
}

/// What a model reports about a reply besides its text, which is in the attempt's `LiveReply`.
public struct Completion: Sendable, Equatable {
  public var usage: Usage?
  public var finishReason: String?
  /// The model that answered, according to the endpoint.
  public var servedModel: String?
  public var toolCalls: [ToolCall] = []
  /// Requests that failed before the one that gave this reply.
  public var retries = 0

  public init() {}
}

/// A participant's model: one behind an endpoint, or a builtin one.
public protocol ChatModel: Sendable {
  /// Writes one reply into `attempt.live` as it arrives, and returns when it is complete or was cut.
  ///
  /// A cut (`LiveReply.verdict` is set) ends the call without an error. Throws `ModelError` on failure; text
  /// written before stays in the reply.
  func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion
}

/// Why a model gave no reply, or only part of one. The description contains no secret.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// The endpoint could not be reached, or the connection broke.
    case connection
    case timeout
    /// The endpoint answered with an error.
    case refused
    /// Like `refused`, because of the request's tools or the call that it requires; the same request may
    /// succeed without them.
    case toolsRefused
    /// The answer cannot be read as a reply, or is incomplete.
    case malformed
    /// A script or replay has no more lines. The conversation ends, but has not failed.
    case exhausted
    /// The task was cancelled from outside.
    case cancelled
  }

  public let kind: Kind
  /// HTTP status, if there is one.
  public let status: Int?
  /// One sentence: what happened, where (URL without query), and what to do.
  public let message: String
  /// Number of requests that failed.
  public let requests: Int

  public init(_ kind: Kind, _ message: String, status: Int? = nil, requests: Int = 1) {
    self.kind = kind
    self.message = message
    self.status = status
    self.requests = requests
  }

  public var description: String { message }
}
