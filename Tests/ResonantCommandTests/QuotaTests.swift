// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// What is waited for when a quota or rate is exceeded, and what is not.
struct QuotaTests {
  /// Google's error, with or without the detail that says when to ask again.
  static func google(_ delay: String?) -> JSONValue {
    let quota: JSONValue = ["@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": []]
    let retry: JSONValue? = delay.map {
      ["@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": .string($0)]
    }
    let error: JSONValue = [
      "code": 429, "message": "You exceeded your current quota, please check your plan and billing details.",
      "status": "RESOURCE_EXHAUSTED", "details": .array([quota] + [retry].compactMap { $0 }),
    ]
    return ["error": error]
  }

  static func refused(_ message: String, type: String, status: Int = 429) -> Answer {
    .json(
      ["error": ["message": .string(message), "type": .string(type), "code": .string(type)]], status: status)
  }

  static let used: [Answer] = [
    refused("You exceeded your current quota, please check your plan.", type: "insufficient_quota"),
    refused("Billing hard limit has been reached", type: "billing_hard_limit_reached"),
    refused("Insufficient credits. Please try again in 10ms.", type: "none", status: 402),
    .json(google(nil), status: 429), .json([google(nil)], status: 429),
    .openAI(.event(["error": ["message": "You exceeded your current quota", "code": 429]])),
  ]

  @Test(arguments: used) func aUsedUpQuotaIsNotWaitedFor(answer: Answer) async throws {
    let arena = try await Arena(answer, .openAI("never"))
    let ended = try await arena.chat("--max-turns", "2", "--no-html")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("quota is used up"), "\(ended)")
    #expect(arena.server.requests.count == 1)
    #expect(try arena.transcript().all("event").map { $0["kind"]?.string } == ["error"])
  }

  static let delayed: [(Answer, wait: Int)] = [
    (.json(google("0.12s"), status: 429), 120), (.json([google("0.12s")], status: 429), 120),
    (
      refused("Rate limit reached for m. Please try again in 120ms. Upgrade.", type: "rate_limit_exceeded"),
      120
    ),
    (refused("Rate limit reached. Please try again in 0m0.12s.", type: "tokens"), 120),
    (
      .json(google("900s"), status: 429, headers: [("Retry-After", "0.11")]), 110
    ),
  ]

  /// Without a retry to spend: a delay that is named is waited for like `Retry-After`, which counts before it.
  @Test(arguments: delayed) func aDelayInTheBodyIsObeyed(answer: Answer, wait: Int) async throws {
    let arena = try await Arena(answer, .openAI("made it"))
    let ended = try await arena.chat("--max-turns", "2", "--no-html", "--retries", "0")
    #expect(ended.exitCode == 0, "\(ended)")
    let retry = try arena.transcript().all("event").first { $0["kind"] == "retry" }
    #expect(retry?["wait_ms"]?.int == wait)
  }
}
