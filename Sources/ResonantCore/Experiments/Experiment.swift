// SPDX-License-Identifier: MIT

import OrderedCollections

/// Many conversations that differ in the options that a plan varies: conditions × repeats.
public struct Experiment: Sendable, Equatable {
  /// Limits on concurrent requests, on their rate, and on tokens.
  public struct Limits: Sendable, Equatable {
    /// The largest number of requests in flight, over all endpoints and for each. At least 1.
    public var concurrency = 16
    /// The largest value of a limit on requests in flight.
    public static let mostConcurrency = 100_000
    /// The smallest rate in requests per minute; less than one in about 17 hours is probably a typing error.
    public static let leastRate = 0.001
    /// The largest number of requests in flight for an endpoint, by its normalised name in the plan's
    /// options.
    public var endpoints: OrderedDictionary<String, Int> = [:]
    /// The largest number of requests that start within a minute, by the same names. At least `leastRate`.
    public var requestsPerMinute: OrderedDictionary<String, Double> = [:]
    /// No turn starts once the trials of the run directory have used this many tokens; nil for no limit.
    public var budgetTokens: Int?

    public init() {}
  }

  /// The name of the experiment and of its run directory.
  public var name: String
  /// The options that all trials share. They may be stored, since literal secrets are masked.
  public let base: JSONObject
  /// In the plan's order: the matrix, in which the first key varies slowest, then the included conditions.
  public var conditions: [Condition]
  /// The options that names in conditions stand for, by key and name. They may be stored.
  public var names: JSONObject = [:]
  /// At least 1.
  public var repeats: Int
  public var seed: UInt64
  public var limits: Limits
  /// Nil to leave finished trials alone.
  public var perturbation: Perturbation?

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

  /// Every key that a condition sets, in the plan's order, then that of forks; these are columns of the summary.
  public var keys: OrderedSet<String> {
    var keys: OrderedSet<String> = []
    for condition in conditions { keys.formUnion(condition.values.keys) }
    if perturbation != nil { keys.append(ForkArm.key) }
    return keys
  }

  /// The columns of the summary that tell how a trial went.
  static let results = [
    "repeat", "reason", "turns", "chars", "prompt_tokens", "completion_tokens", "seconds", "error",
  ]

  /// What is no option in conditions and summaries.
  static let ownKeys = ["trial", "fork", ForkArm.key] + results

  /// The largest number of trials of an experiment, with their forks.
  public static let mostTrials = 1_000_000

  /// The index of each trial and fork, by its id.
  var places: [String: Int] { Self.places(of: withForks) }

  static func places(of trials: [Trial]) -> [String: Int] {
    Dictionary(
      trials.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  /// All trials but forks, with the repeats of a condition next to each other.
  public var trials: [Trial] { conditions.flatMap(trials) }

  /// All trials, those of each condition followed by their forks, those of each arm next to each other.
  var withForks: [Trial] {
    conditions.flatMap { condition in
      let trials = trials(of: condition)
      return trials + ForkArm.allCases.flatMap { forks(of: trials, condition, $0) }
    }
  }

  func trials(of condition: Condition) -> [Trial] {
    (1...max(1, repeats)).map { Trial(condition: condition, repeat: $0) }
  }

  /// The forks of one arm of a condition's trials; none if the plan has no such arm.
  func forks(of trials: [Trial], _ condition: Condition, _ arm: ForkArm) -> [Trial] {
    guard let perturbation else { return [] }
    let forked = perturbation.condition(of: condition, arm)
    let numbers = perturbation.numbers(of: arm)
    return trials.flatMap { trial in numbers.map { Trial(fork: $0, of: trial, condition: forked) } }
  }

  /// The experiment as stored in its run directory: resolved, with keys in a fixed order.
  public var json: JSONValue {
    var limits: JSONObject = ["concurrency": .int(self.limits.concurrency)]
    limits["endpoints"] = Self.byAddress(self.limits.endpoints.mapValues { .int($0) })
    limits["requests_per_minute"] = Self.byAddress(self.limits.requestsPerMinute.mapValues { .double($0) })
    limits["budget_tokens"] = self.limits.budgetTokens.map { .int($0) } ?? .null
    var json: JSONObject = [
      "format": "resonant.plan", "version": 1, "name": .string(name), "base": .object(base),
      "conditions": .array(conditions.map { .object($0.values) }), "repeats": .int(repeats),
      "seed": .number(String(seed)), "limits": .object(limits),
    ]
    if !names.isEmpty { json["names"] = .object(names) }
    json[ForkArm.key] = perturbation?.json
    return .object(json)
  }

  /// Limits by displayed URL. Endpoints that differ only in their queries share it, and only one of their
  /// limits is kept.
  private static func byAddress(_ limits: JSONObject) -> JSONValue {
    .object(
      JSONObject(
        limits.map { (EndpointAddress.redact($0.key), $0.value) }, uniquingKeysWith: { first, _ in first }))
  }
}
