// SPDX-License-Identifier: MIT

import HTTPTransport

/// Whether and when a failed request is repeated. A pure value; the caller does the waiting.
public struct RetryPolicy: Sendable, Equatable {
  /// What to do after a failure.
  enum Decision: Equatable {
    case giveUp
    /// - Parameter spends: whether this counts as a retry; waiting for a rate limit does not.
    case retry(after: Duration, spends: Bool)
  }

  /// The failed requests for one turn so far.
  struct History: Equatable {
    /// Number of failed requests.
    var requests = 0
    /// Number of retries spent.
    var spent = 0
    /// Total time waited for rate limits.
    var waited = Duration.zero

    /// Notes a failed request and the decision after it.
    mutating func note(_ decision: Decision) {
      requests += 1
      guard case .retry(let wait, let spends) = decision else { return }
      if spends { spent += 1 } else { waited += max(wait, RetryPolicy.leastRateWait) }
    }
  }

  /// Most time to wait at once at an endpoint's request.
  static let longestWait = Duration.seconds(120)
  static let longestBackoff = Duration.seconds(30)
  /// Most time that a turn waits for rate limits in total.
  static let longestRateWait = Duration.seconds(30 * 60)
  /// A shorter wait for a rate limit counts as this long, so that an endpoint cannot keep a turn going
  /// forever.
  static let leastRateWait = Duration.seconds(1)

  /// Further attempts after a transient failure.
  public var retries: Int

  public init(retries: Int) {
    self.retries = retries
  }

  /// - Parameters:
  ///   - history: the earlier requests, not including this one.
  ///   - random: in [0, 1); spreads the waits of many conversations.
  func decide(_ failure: RequestFailure, after history: History, random: Double) -> Decision {
    if failure.shouldRetry == false || failure.isFinal { return .giveUp }
    // Ignore a delay of zero from an endpoint that has just refused.
    let wished = failure.retryAfter.flatMap { $0 > .zero ? min($0, Self.longestWait) : nil }
    if let wished, failure.isRateLimit {
      let waited = history.waited + max(wished, Self.leastRateWait)
      return waited <= Self.longestRateWait ? .retry(after: wished, spends: false) : .giveUp
    }
    guard failure.isTransient || failure.shouldRetry == true, history.spent < retries else { return .giveUp }
    return .retry(after: wished ?? Self.backoff(history.spent, random: random), spends: true)
  }

  /// 1 s, doubling up to 30 s, minus up to a quarter.
  private static func backoff(_ spent: Int, random: Double) -> Duration {
    min(.seconds(1 << min(spent, 5)), longestBackoff) * (1 - random / 4)
  }
}

/// Why one request gave no reply, and whether another may succeed.
struct RequestFailure: Error, Equatable {
  var kind: ModelError.Kind
  var status: Int?
  /// The same request may succeed a little later.
  var isTransient = false
  /// An error inside a reply reported an overload.
  var isOverload = false
  /// What the error is about, if known.
  var intent: ErrorIntent?
  /// How long the endpoint asks to wait.
  var retryAfter: Duration?
  /// Whether the endpoint itself says to try again.
  var shouldRetry: Bool?
  /// Members of the request that the endpoint does not take; the same request may succeed without them.
  var refusedMembers: Set<String> = []
  /// What happened and where, without a secret.
  var fact: String
  /// What to do about it, if anything can help.
  var advice: String?
  /// Where the documentation says more.
  var topic: HelpTopic?

  init(_ kind: ModelError.Kind, _ fact: String, advice: String? = nil, topic: HelpTopic? = nil) {
    self.kind = kind
    self.fact = fact
    self.advice = advice
    self.topic = topic
  }

  /// The fact and the advice in one sentence.
  var message: String {
    guard let advice else { return fact }
    let isSentence = fact.last == "." && !fact.hasSuffix("..")
    return (isSentence ? String(fact.dropLast()) : fact) + "; " + advice
  }

  static func isTransient(status: Int) -> Bool {
    [408, 409, 425, 429].contains(status) || (500..<600).contains(status)
  }

  /// The same request will not succeed later either.
  var isFinal: Bool { intent.map { $0 == .quotaExceeded ? retryAfter == nil : $0.isFinal } ?? false }

  /// Refused temporarily, not because of the request's content.
  var isRateLimit: Bool { !isFinal && status.map { [429, 503, 529].contains($0) } ?? false }

  /// - Parameter requests: number of failed requests, including this one.
  func modelError(after requests: Int) -> ModelError {
    let message = requests > 1 ? message + " (after \(requests) attempts)" : message
    return ModelError(kind, message, status: status, requests: requests)
  }

  var outcome: RequestOutcome {
    isRateLimit || isOverload && !isFinal ? .overloaded(retryAfter: retryAfter) : .failed
  }

  /// Notes which members of the request an error body refuses: the question for token counts, or one of the
  /// request's own fields, such as a temperature that is fixed.
  mutating func readRefusal(_ body: String, fields: [String]) {
    if [OpenAIChat.usageMember, "include_usage"].contains(where: body.contains) {
      refusedMembers.insert(OpenAIChat.usageMember)
    }
    guard intent == .parameterRefused else { return }
    refusedMembers.formUnion(fields.filter(body.hasWord))
  }

  /// Reads retry hints from a response's headers, which take precedence over its body.
  ///
  /// - Parameter now: seconds since 1970.
  mutating func readHints(_ head: HTTPResponseHead, now: Double) {
    shouldRetry = head.header("x-should-retry").flatMap { Bool($0.lowercased()) }
    let milliseconds = head.header("retry-after-ms").flatMap { Double($0) }.map { $0 / 1000 }
    let after = head.header("retry-after")
    let seconds = milliseconds ?? after.flatMap { Double($0) ?? HTTPDate.seconds($0).map { $0 - now } }
    // Clamp to more than anyone would wait for and less than a `Duration` can hold.
    if let seconds, seconds.isFinite { retryAfter = .seconds(min(max(seconds, 0), 1e9)) }
  }
}
