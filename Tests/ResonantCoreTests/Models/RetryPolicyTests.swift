// SPDX-License-Identifier: MIT

import HTTPTransport
import Testing

@testable import ResonantCore

@Suite struct RetryPolicyTests {
  let policy = RetryPolicy(retries: 3)

  func failure(
    _ status: Int?, after: Duration? = nil, should: Bool? = nil, isTransient: Bool? = nil
  ) -> RequestFailure {
    var failure = RequestFailure(.refused, "no")
    failure.status = status
    failure.retryAfter = after
    failure.shouldRetry = should
    failure.isTransient = isTransient ?? status.map(RequestFailure.isTransient) ?? false
    return failure
  }

  func history(spent: Int = 0, waited: Duration = .zero) -> RetryPolicy.History {
    RetryPolicy.History(requests: spent, spent: spent, waited: waited)
  }

  @Test(arguments: [408, 409, 425, 429, 500, 502, 503, 504, 529, 599])
  func theseStatusesAreTriedAgain(status: Int) {
    #expect(
      policy.decide(failure(status), after: history(), random: 0) == .retry(after: .seconds(1), spends: true))
    #expect(policy.decide(failure(status), after: history(spent: 3), random: 0) == .giveUp)
    #expect(RetryPolicy(retries: 0).decide(failure(status), after: history(), random: 0) == .giveUp)
  }

  @Test(arguments: [400, 401, 403, 404, 413, 422, 300])
  func theseAreNot(status: Int) {
    #expect(policy.decide(failure(status), after: history(), random: 0) == .giveUp)
  }

  @Test func waitsDoubleUpToHalfAMinute() {
    let patient = RetryPolicy(retries: 100)
    let waits = (0..<8).map { patient.decide(failure(500), after: history(spent: $0), random: 0) }
    #expect(waits == [1, 2, 4, 8, 16, 30, 30, 30].map { .retry(after: .seconds($0), spends: true) })
    #expect(
      policy.decide(failure(500), after: history(), random: 1) == .retry(after: .seconds(0.75), spends: true))
  }

  @Test(arguments: [429, 503, 529])
  func waitingForARateLimitSpendsNoRetry(status: Int) {
    let wait = RetryPolicy.Decision.retry(after: .seconds(7), spends: false)
    #expect(policy.decide(failure(status, after: .seconds(7)), after: history(spent: 3), random: 0) == wait)
    #expect(
      RetryPolicy(retries: 0).decide(failure(status, after: .seconds(7)), after: history(), random: 0) == wait
    )
    let long = failure(status, after: .seconds(1000))
    #expect(policy.decide(long, after: history(), random: 0) == .retry(after: .seconds(120), spends: false))
    #expect(policy.decide(long, after: history(waited: .seconds(1680)), random: 0) != .giveUp)
    #expect(policy.decide(long, after: history(waited: .seconds(1681)), random: 0) == .giveUp)
  }

  @Test func shortRateLimitsCannotGoOnForever() {
    var history = RetryPolicy.History()
    var rounds = 0
    let short = failure(429, after: .milliseconds(1))
    while rounds < 10_000, case .retry = policy.decide(short, after: history, random: 0) {
      history.note(policy.decide(short, after: history, random: 0))
      rounds += 1
    }
    #expect(rounds == 1800)
  }

  @Test func atOnceIsNoWish() {
    let refused = policy.decide(failure(429, after: .zero), after: history(spent: 2), random: 0)
    #expect(refused == .retry(after: .seconds(4), spends: true))
    #expect(policy.decide(failure(429, after: .zero), after: history(spent: 3), random: 0) == .giveUp)
    let broken = policy.decide(failure(500, after: .zero), after: history(spent: 1), random: 0)
    #expect(broken == .retry(after: .seconds(2), spends: true))
  }

  @Test func theEndpointsWordWins() {
    #expect(policy.decide(failure(500, should: false), after: history(), random: 0) == .giveUp)
    #expect(policy.decide(failure(400, should: true), after: history(), random: 0) != .giveUp)
    #expect(
      policy.decide(failure(500, after: .seconds(9)), after: history(), random: 0)
        == .retry(after: .seconds(9), spends: true))
  }

  @Test(arguments: [
    (HTTPError.Kind.connect, true), (.connectTimeout, true), (.resolve, true), (.connectionLost, true),
    (.sendFailed, true), (.firstByteTimeout, false), (.idleTimeout, false), (.tls, false),
    (.cancelled, false),
    (.redirect(target: "x"), false),
  ])
  func connectionsAreTriedAgainAndSilenceIsNot(kind: HTTPError.Kind, isTransient: Bool) throws {
    let endpoint = try Endpoint.resolve("http://h", environment: [:])
    let messages = EndpointMessages(endpoint: endpoint, model: "m", redactor: Redactor(secrets: []))
    #expect(messages.transport(HTTPError(kind, "no")).isTransient == isTransient)
  }

  // MARK: Hints

  func hints(_ headers: [(String, String)], now: Double = 784_111_777) -> RequestFailure {
    var failure = RequestFailure(.refused, "no")
    let head = HTTPResponseHead(status: 429, headers: headers.map { HTTPRequest.Header($0.0, $0.1) })
    failure.readHints(head, now: now)
    return failure
  }

  @Test(
    arguments: [
      ([("Retry-After", "3")], Duration.seconds(3)), ([("retry-after", "0.5")], .seconds(0.5)),
      ([("Retry-After", "10"), ("retry-after-ms", "250")], .seconds(0.25)), ([("Retry-After", "-4")], .zero),
      ([("Retry-After", "Sun, 06 Nov 1994 08:49:47 GMT")], .seconds(10)),
      ([("Retry-After", "Sunday, 06-Nov-94 08:50:37 GMT")], .seconds(60)),
      ([("Retry-After", "Sun Nov  6 08:49:38 1994")], .seconds(1)),
      ([("Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT")], .zero),
      ([("Retry-After", "1e300")], .seconds(1e9)), ([("Retry-After", "nan")], nil),
      ([("Retry-After", "soon")], nil), ([], nil),
    ] as [([(String, String)], Duration?)])
  func retryAfterInAllItsForms(headers: [(String, String)], wait: Duration?) {
    #expect(hints(headers).retryAfter == wait)
  }

  @Test func shouldRetryIsReadWhereItIsClear() {
    #expect(hints([("X-Should-Retry", "false")]).shouldRetry == false)
    #expect(hints([("x-should-retry", "True")]).shouldRetry == true)
    #expect(hints([("x-should-retry", "perhaps")]).shouldRetry == nil)
  }

  @Test(arguments: [("Thu, 01 Jan 1970 00:00:00 GMT", 0.0), ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000)])
  func datesAreSecondsSince1970(text: String, seconds: Double) {
    #expect(HTTPDate.seconds(text) == seconds)
  }

  @Test(arguments: [
    "", "Sun", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
    "1994-11-06",
  ])
  func otherTextsAreNoDates(text: String) {
    #expect(HTTPDate.seconds(text) == nil)
  }
}
