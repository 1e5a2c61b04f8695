// SPDX-License-Identifier: MIT

/// Decides when a request may start. A request passes it for each attempt: in before it is sent, out when its
/// answer is over, so that nobody holds a place while waiting to try again. The place of one that was answered is free
/// again only when the turn is recorded and its tokens are counted, so that the next one does not begin when they
/// were the last.
public protocol RequestGate: Sendable {
  /// Waits until a request may start. Whoever got in must `leave` with the permit that this returns.
  ///
  /// Throws `CancellationError` when the task is cancelled, or when no more requests are to start.
  func enter() async throws -> RequestPermit
  func leave(_ permit: RequestPermit, _ outcome: RequestOutcome)
}

/// The right to one request in flight.
public struct RequestPermit: Sendable, Equatable {
  /// How often the endpoint's load had been lowered when the request started.
  var generation = 0
}

/// What became of a request, as far as it tells how much an endpoint can bear.
public enum RequestOutcome: Sendable, Equatable {
  case succeeded
  /// The endpoint had too much to do (429, 503, 529, or an overload error), and perhaps said for how long.
  case overloaded(retryAfter: Duration?)
  /// Anything else: says nothing of the load.
  case failed
}

/// Lets every request in at once: for a single conversation.
public struct OpenGate: RequestGate {
  public init() {}
  public func enter() async throws -> RequestPermit { RequestPermit() }
  public func leave(_ permit: RequestPermit, _ outcome: RequestOutcome) {}
}
