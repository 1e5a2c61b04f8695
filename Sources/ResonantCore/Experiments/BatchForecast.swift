// SPDX-License-Identifier: MIT

/// What a batch would do: its conditions and trials, and at most how many requests.
public struct BatchForecast: Sendable, Equatable, CustomStringConvertible {
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
  public private(set) var cost = Cost(requests: 0, tokens: 0)

  /// - Parameters:
  ///   - trials: those of this shard.
  ///   - turns: how many turns a trial has already; nil for one that is not to be done.
  ///   - conversation: what the trials of a condition hold.
  public init(
    of trials: [Trial], turns: (Trial) -> Int?,
    conversation: (Trial) -> (participants: [Participant], settings: ConversationSettings)
  ) {
    self.trials = trials.count
    for trial in trials {
      if conditions.last?.condition != trial.condition { conditions.append((trial.condition, 0)) }
      guard let begun = turns(trial) else {
        done += 1
        continue
      }
      conditions[conditions.count - 1].trials += 1
      let (participants, settings) = conversation(trial)
      let cost = Self.cost(participants, settings, after: begun)
      self.cost.requests += cost.requests
      self.cost.tokens += cost.tokens
    }
  }

  static func cost(_ participants: [Participant], _ settings: ConversationSettings, after turns: Int) -> Cost
  {
    var cost = Cost(requests: 0, tokens: 0)
    let first = max(turns, settings.opening == nil ? 0 : 1)
    guard first < settings.maxTurns else { return cost }
    let given = participants.map { participant in
      participant.preamble.reduce(participant.systemPrompt?.string.unicodeScalars.count ?? 0) {
        $0 + $1.content.string.unicodeScalars.count
      } / charactersPerToken
    }
    for turn in first..<settings.maxTurns {
      cost.requests += 1
      cost.tokens += given[turn % given.count] + (turn + 1) * tokensPerReply
    }
    return cost
  }

  public static func == (left: BatchForecast, right: BatchForecast) -> Bool {
    left.description == right.description
  }

  public var description: String {
    var lines = ["conditions  \(conditions.count)"]
    lines += conditions.map { "  \($0.condition.label.isEmpty ? "(the base alone)" : $0.condition.label)" }
    lines.append("trials      \(trials)" + (done > 0 ? ", \(done) of them finished" : ""))
    lines.append("requests    at most \(cost.requests)")
    lines.append(
      "tokens      about \(cost.tokens), if every reply has \(Self.tokensPerReply) and nothing ends early")
    return lines.joined(separator: "\n") + "\n"
  }
}
