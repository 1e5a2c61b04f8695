// SPDX-License-Identifier: MIT

/// Decides when a request may start. Each attempt enters before it is sent and leaves when its answer is
/// over, so that nothing holds a place while waiting for a retry. After a successful request the place is
/// free only when the turn is recorded and its tokens are counted, so that no further request starts if they
/// exhausted the budget.
public protocol RequestGate: Sendable {
  /// Waits until a request may start. The caller must `leave` with the returned permit.
  ///
  /// Throws `CancellationError` if the task is cancelled or no more requests may start.
  func enter() async throws -> RequestPermit
  func leave(_ permit: RequestPermit, _ outcome: RequestOutcome)
}

/// Permission for one request in flight.
public struct RequestPermit: Sendable, Equatable {
  /// How often the endpoint's load had been lowered when the request started.
  var halvings = 0
}

/// The result of a request, as far as it shows how much load an endpoint can bear.
public enum RequestOutcome: Sendable, Equatable {
  case succeeded
  /// The endpoint was overloaded (429, 503, 529, or an overload error), and may have said for how long.
  case overloaded(retryAfter: Duration?)
  /// Anything else; says nothing about the load.
  case failed
}

/// Admits every request at once; for a single conversation.
public struct OpenGate: RequestGate {
  public init() {}
  public func enter() async throws -> RequestPermit { RequestPermit() }
  public func leave(_ permit: RequestPermit, _ outcome: RequestOutcome) {}
}
