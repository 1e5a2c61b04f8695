// SPDX-License-Identifier: MIT

/// What a batch would do: its conditions and trials, and the largest number of requests.
public struct BatchForecast: Sendable, CustomStringConvertible {
  /// The cost of one trial if nothing ends it early: turns, introductions and the choice of speakers, without
  /// the checks of a moderator for interrupts, whose number depends on the replies.
  public struct Cost: Sendable, Equatable {
    public var requests: Int
    /// The tokens of prompts and replies, assuming `tokensPerReply` for each reply.
    public var tokens: Int
  }

  /// An assumed length, since the real one is unknown.
  public static let tokensPerReply = 250
  private static let charactersPerToken = 4

  /// The conditions, each with its number of remaining trials.
  public private(set) var conditions: [(condition: Condition, trials: Int)] = []
  /// The trials of this shard.
  public private(set) var trials = 0
  /// Of those, the finished ones.
  public private(set) var done = 0
  /// Of those, the failed ones that are not retried.
  public private(set) var failed = 0
  /// The total cost; each part is at most `Int.max`.
  public private(set) var cost = Cost(requests: 0, tokens: 0)
  /// The part of the cost that paid services have, and their names.
  public private(set) var bill = Bill()
  /// Whether moderators make further requests, whose number depends on the replies.
  private var hasChecks = false
  /// Of the forks, those whose trials are not finished: not every trial can be forked.
  private var openForks: [ForkArm: Int] = [:]
  /// The finished trials that are not forked.
  var unforked = UnforkedTrials()
  /// The token budget of the plan, and the tokens that all trials of the directory have used so far.
  public private(set) var budget: (allowed: Int, used: Int)?

  /// - Parameters:
  ///   - trials: the trials of this shard, with the repeats of a condition next to each other.
  ///   - turns: the number of turns that a trial has already; nil for a trial that is not to be done.
  ///   - isFailed: whether a trial that is not to be done has failed.
  ///   - budget: the token budget of the plan, and the tokens used so far.
  ///   - conversation: the conversation of a trial; equal for all trials of a condition.
  public init(
    of trials: [Trial], turns: (Trial) -> Int?, isFailed: (Trial) -> Bool = { _ in false },
    budget: (allowed: Int, used: Int)? = nil,
    conversation: (Trial) -> ResolvedConversation
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
      hasChecks = hasChecks || current.hasChecks
      let cost = current.cost(after: begun)
      self.cost.requests = self.cost.requests.adding(cost.requests)
      self.cost.tokens = self.cost.tokens.adding(cost.tokens)
      bill.add(cost, shared: current.payers)
    }
  }

  /// What a conversation costs that goes on after so many turns.
  public static func bill(for conversation: ResolvedConversation, after turns: Int) -> Bill {
    let rate = Rate(conversation)
    var bill = Bill()
    bill.add(rate.cost(after: turns), shared: rate.payers)
    return bill
  }

  /// Computes the costs of the trials of one condition.
  private struct Rate {
    /// The participants at paid services, by the service; and how many participants there are.
    let payers: (services: [String], of: Int)
    /// The tokens of each participant's system prompt and preamble.
    private let given: [Int]
    private let maxTurns: Int
    private let hasOpening: Bool
    /// Requests before the first turn, with which models introduce themselves.
    private let introductions: Int
    /// Requests that choose the speaker of a turn.
    private let choices: Int

    /// Whether a moderator checks replies for interrupts.
    let hasChecks: Bool

    init(_ conversation: ResolvedConversation) {
      payers = (
        conversation.modelled.compactMap { $0.endpoint.isPaid ? $0.endpoint.company : nil },
        conversation.modelled.count
      )
      given = conversation.participants.map { participant in
        participant.preamble.reduce(participant.systemPrompt?.string.unicodeScalars.count ?? 0) {
          $0 + $1.content.string.unicodeScalars.count
        } / BatchForecast.charactersPerToken
      }
      hasChecks =
        conversation.moderator != nil
        && conversation.room.map { $0.interrupts && $0.maxTriggers > 0 } == true
      introductions = conversation.room?.introductions == true ? given.count : 0
      choices =
        switch conversation.settings.order {
        case .vote: given.count
        case .moderator: 1
        case .roundRobin, .random, .chain: 0
        }
      maxTurns = conversation.settings.maxTurns ?? .max
      hasOpening = conversation.settings.opening != nil
    }

    /// The cost of the remaining turns. Participants take turns, and each prompt contains all earlier turns.
    func cost(after turns: Int) -> Cost {
      let first = max(turns, hasOpening ? 1 : 0)
      guard first < maxTurns else { return Cost(requests: 0, tokens: 0) }
      // Turn n, counted from 0, takes n replies as its prompt and one as its reply.
      var tokens = Self.triangle(maxTurns).subtracting(Self.triangle(first)).times(
        BatchForecast.tokensPerReply)
      for (index, given) in given.enumerated() {
        let prompts = self.prompts(of: index, before: maxTurns) - self.prompts(of: index, before: first)
        tokens = tokens.adding(prompts.times(given))
      }
      let requests = (maxTurns - first).times(1 + choices)
      return Cost(requests: requests.adding(turns == 0 ? introductions : 0), tokens: tokens)
    }

    /// The number of turns of this participant before `turn`.
    private func prompts(of index: Int, before turn: Int) -> Int {
      turn / given.count + (turn % given.count > index ? 1 : 0)
    }

    /// The sum 1 + 2 + … + count.
    private static func triangle(_ count: Int) -> Int {
      count.isMultiple(of: 2) ? (count / 2).times(count.adding(1)) : (count / 2 + 1).times(count)
    }
  }

  /// Counts forks whose trials are not finished.
  mutating func add(openForks forks: [Trial]) {
    for arm in forks.compactMap(\.fork?.arm) { openForks[arm, default: 0] += 1 }
  }

  public var description: String {
    let counts = conditions.map { Wording.grouped($0.trials) }
    let width = counts.map(\.utf8.count).max() ?? 1
    let labels = ShortLabels(conditions.map(\.condition.label))
    var lines = ["conditions  \(Wording.grouped(conditions.count))"]
    for (condition, count) in zip(conditions.map(\.condition), counts) {
      let label = labels[condition.label]
      let space = String(repeating: " ", count: width - count.utf8.count)
      lines.append("  \(space)\(count) to do  \(label.isEmpty ? Condition.baseAlone : label)")
    }
    lines.append(
      "trials      \(Wording.grouped(trials))" + (done > 0 ? ", \(Wording.grouped(done)) finished" : "")
        + (failed > 0 ? ", \(Wording.grouped(failed)) failed (tried again with --retry-failed)" : "")
        + openForksText)
    if !unforked.isEmpty { lines.append("not forked  \(unforked)") }
    lines.append(
      "requests    " + cost.requests.told(after: "at most")
        + (hasChecks ? ", and those in which moderators check replies for interrupts" : ""))
    lines.append(
      "tokens      \(cost.tokens.told(after: "about")), if every reply has \(Self.tokensPerReply) and nothing ends early"
    )
    if let budget {
      let isEnough = budget.used.adding(cost.tokens) <= budget.allowed
      lines.append(
        "budget      \(Wording.grouped(budget.allowed)) tokens"
          + (budget.used > 0 ? ", \(Wording.grouped(budget.used)) of them used" : "")
          + (isEnough ? "" : ": probably too little; the batch ends when they are used up"))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var openForksText: String {
    let (all, undisturbed) = (openForks.values.reduce(0, +), openForks[.control] ?? 0)
    guard all > 0 else { return "" }
    let forks = undisturbed == all ? "undisturbed forks" : "forks"
    let control = undisturbed > 0 && undisturbed < all ? " (\(Wording.grouped(undisturbed)) undisturbed)" : ""
    return
      ", \(Wording.grouped(all)) of them \(forks) of unfinished trials\(control), not all of which may be forked"
  }
}

/// Arithmetic on non-negative counts that yields `Int.max` instead of overflowing.
extension Int {
  func adding(_ other: Int) -> Int {
    let sum = addingReportingOverflow(other)
    return sum.overflow ? .max : sum.partialValue
  }

  /// `at most 12`, or a corresponding wording for `Int.max`.
  fileprivate func told(after word: String) -> String {
    self == .max ? "more than can be counted" : "\(word) \(Wording.grouped(self))"
  }

  fileprivate func subtracting(_ other: Int) -> Int { self == .max ? .max : self - other }

  func times(_ other: Int) -> Int {
    let product = multipliedReportingOverflow(by: other)
    return product.overflow ? .max : product.partialValue
  }
}
