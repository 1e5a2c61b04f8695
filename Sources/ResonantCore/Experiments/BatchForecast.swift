// SPDX-License-Identifier: MIT

/// What a batch would do: its conditions and trials, and at most how many requests.
public struct BatchForecast: Sendable, CustomStringConvertible {
  /// What one trial costs if nothing ends it early.
  public struct Cost: Sendable, Equatable {
    public var requests: Int
    /// Prompts and replies, the replies taken as `tokensPerReply` long.
    public var tokens: Int
  }

  /// A guess at the length of a reply, for want of anything better.
  public static let tokensPerReply = 250
  private static let charactersPerToken = 4

  /// With the number of trials to do of each.
  public private(set) var conditions: [(condition: Condition, trials: Int)] = []
  /// Trials of this shard.
  public private(set) var trials = 0
  /// Of those, how many are finished already.
  public private(set) var done = 0
  /// Of those, how many failed and are not tried again.
  public private(set) var failed = 0
  /// At most `Int.max`.
  public private(set) var cost = Cost(requests: 0, tokens: 0)
  /// The tokens that the plan allows, and those that are used already by all trials of the directory.
  public private(set) var budget: (allowed: Int, used: Int)?

  /// - Parameters:
  ///   - trials: those of this shard, the repeats of a condition side by side.
  ///   - turns: how many turns a trial has already; nil for one that is not to be done.
  ///   - isFailed: whether a trial that is not to be done has failed.
  ///   - budget: the tokens that the plan allows and those that are used already.
  ///   - conversation: what the trials of a condition hold.
  public init(
    of trials: [Trial], turns: (Trial) -> Int?, isFailed: (Trial) -> Bool = { _ in false },
    budget: (allowed: Int, used: Int)? = nil,
    conversation: (Trial) -> (participants: [Participant], settings: ConversationSettings)
  ) {
    self.trials = trials.count
    self.budget = budget
    var rate: Rate?
    for trial in trials {
      if conditions.last?.condition != trial.condition {
        conditions.append((trial.condition, 0))
        rate = nil
      }
      guard let begun = turns(trial) else {
        if isFailed(trial) { failed += 1 } else { done += 1 }
        continue
      }
      conditions[conditions.count - 1].trials += 1
      let current = rate ?? Rate(conversation(trial))
      rate = current
      let cost = current.cost(after: begun)
      self.cost.requests = self.cost.requests.adding(cost.requests)
      self.cost.tokens = self.cost.tokens.adding(cost.tokens)
    }
  }

  /// What the turns of one condition's trials cost.
  private struct Rate {
    /// Tokens of system prompt and preamble, for each participant.
    private let given: [Int]
    private let maxTurns: Int
    private let hasOpening: Bool

    init(_ conversation: (participants: [Participant], settings: ConversationSettings)) {
      given = conversation.participants.map { participant in
        participant.preamble.reduce(participant.systemPrompt?.string.unicodeScalars.count ?? 0) {
          $0 + $1.content.string.unicodeScalars.count
        } / BatchForecast.charactersPerToken
      }
      maxTurns = conversation.settings.maxTurns
      hasOpening = conversation.settings.opening != nil
    }

    /// The participants take turns; each prompt holds all that was said before.
    func cost(after turns: Int) -> Cost {
      let first = max(turns, hasOpening ? 1 : 0)
      guard first < maxTurns else { return Cost(requests: 0, tokens: 0) }
      // Turn n, from 0, costs n + 1 replies.
      var tokens = Self.triangle(maxTurns).subtracting(Self.triangle(first)).times(
        BatchForecast.tokensPerReply)
      for (index, given) in given.enumerated() {
        let prompts = self.prompts(of: index, before: maxTurns) - self.prompts(of: index, before: first)
        tokens = tokens.adding(prompts.times(given))
      }
      return Cost(requests: maxTurns - first, tokens: tokens)
    }

    /// How many of the first turns are this participant's.
    private func prompts(of index: Int, before turn: Int) -> Int {
      turn / given.count + (turn % given.count > index ? 1 : 0)
    }

    /// 1 + 2 + … + count.
    private static func triangle(_ count: Int) -> Int {
      count.isMultiple(of: 2) ? (count / 2).times(count.adding(1)) : (count / 2 + 1).times(count)
    }
  }

  public var description: String {
    let width = conditions.map { "\($0.trials)".utf8.count }.max() ?? 1
    var lines = ["conditions  \(conditions.count)"]
    for (label, (_, trials)) in zip(Condition.labels(of: conditions.map(\.condition)), conditions) {
      let count = String(repeating: " ", count: width - "\(trials)".utf8.count) + "\(trials)"
      lines.append("  \(count) to do  \(label.isEmpty ? "(the base alone)" : label)")
    }
    lines.append(
      "trials      \(trials)" + (done > 0 ? ", \(done) finished" : "")
        + (failed > 0 ? ", \(failed) failed (tried again with --retry-failed)" : ""))
    lines.append("requests    " + cost.requests.told(after: "at most"))
    lines.append(
      "tokens      \(cost.tokens.told(after: "about")), if every reply has \(Self.tokensPerReply) and nothing ends early"
    )
    if let budget {
      let isEnough = budget.used.adding(cost.tokens) <= budget.allowed
      lines.append(
        "budget      \(budget.allowed) tokens" + (budget.used > 0 ? ", \(budget.used) of them used" : "")
          + (isEnough ? "" : ": probably too little; the batch ends when they are used up"))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Sums of counts that are not negative, `Int.max` where they would be more.
extension Int {
  fileprivate func adding(_ other: Int) -> Int {
    let sum = addingReportingOverflow(other)
    return sum.overflow ? .max : sum.partialValue
  }

  /// `at most 12`, or what is true of `Int.max`.
  fileprivate func told(after word: String) -> String {
    self == .max ? "more than can be counted" : "\(word) \(self)"
  }

  fileprivate func subtracting(_ other: Int) -> Int { self == .max ? .max : self - other }

  fileprivate func times(_ other: Int) -> Int {
    let product = multipliedReportingOverflow(by: other)
    return product.overflow ? .max : product.partialValue
  }
}
