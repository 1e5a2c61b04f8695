// SPDX-License-Identifier: MIT

import OrderedCollections

/// Many conversations that differ in what a plan varies: conditions x repeats.
public struct Experiment: Sendable, Equatable {
  /// How much is asked of the endpoints at once, and in all.
  public struct Limits: Sendable, Equatable {
    /// Most requests in flight, over all endpoints and of each. At least 1.
    public var concurrency = 16
    /// The highest limit of requests in flight that can be asked for.
    public static let mostConcurrency = 100_000
    /// Less than a request in half a day is a slip of the pen.
    public static let leastRate = 0.001
    /// Most requests in flight of one endpoint, by the name that the plan's options give it,
    /// in its plain spelling.
    public var endpoints: OrderedDictionary<String, Int> = [:]
    /// Most requests that start within a minute, by the same names. At least `leastRate`.
    public var requestsPerMinute: OrderedDictionary<String, Double> = [:]
    /// No turn starts once the trials of the run directory have used so many tokens; nil for no limit.
    public var budgetTokens: Int?

    public init() {}
  }

  /// Also the name of its run directory.
  public var name: String
  /// The options that all trials share, as they may be kept: literal secrets are masked.
  public let base: JSONObject
  /// In the plan's order: the matrix with its first key the slowest, then what was included.
  public var conditions: [Condition]
  /// At least 1.
  public var repeats: Int
  public var seed: UInt64
  public var limits: Limits

  public init(
    name: String, base: JSONObject = [:], conditions: [Condition], repeats: Int = 1, seed: UInt64 = 0,
    limits: Limits = Limits()
  ) {
    self.name = name
    self.base = RecordableOption.values(base)
    self.conditions = conditions
    self.repeats = repeats
    self.seed = seed
    self.limits = limits
  }

  /// Every key that a condition sets, in the plan's order: the columns of the summary.
  public var keys: OrderedSet<String> {
    var keys: OrderedSet<String> = []
    for condition in conditions { keys.formUnion(condition.values.keys) }
    return keys
  }

  /// The most trials that an experiment may have.
  public static let mostTrials = 1_000_000

  /// The place of each trial among all, by its id.
  var places: [String: Int] { Self.places(of: trials) }

  static func places(of trials: [Trial]) -> [String: Int] {
    Dictionary(
      trials.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  /// All trials, the repeats of a condition side by side.
  public var trials: [Trial] {
    conditions.flatMap { condition in
      (1...max(1, repeats)).map { Trial(condition: condition, repeat: $0) }
    }
  }

  /// The experiment as its run directory keeps it: resolved, with a fixed order of keys.
  public var json: JSONValue {
    var limits: JSONObject = ["concurrency": .int(self.limits.concurrency)]
    limits["endpoints"] = Self.byAddress(self.limits.endpoints.mapValues { .int($0) })
    limits["requests_per_minute"] = Self.byAddress(self.limits.requestsPerMinute.mapValues { .double($0) })
    limits["budget_tokens"] = self.limits.budgetTokens.map { .int($0) } ?? .null
    return .object([
      "format": "resonant.plan", "version": 1, "name": .string(name), "base": .object(base),
      "conditions": .array(conditions.map { .object($0.values) }), "repeats": .int(repeats),
      "seed": .number(String(seed)), "limits": .object(limits),
    ])
  }

  /// Two endpoints that differ in their queries have the same address; one limit is enough to tell of.
  private static func byAddress(_ limits: JSONObject) -> JSONValue {
    .object(
      JSONObject(
        limits.map { (EndpointAddress.redact($0.key), $0.value) }, uniquingKeysWith: { first, _ in first }))
  }
}
