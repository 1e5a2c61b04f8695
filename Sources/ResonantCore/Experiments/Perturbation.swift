// SPDX-License-Identifier: MIT

extension Experiment {
  /// What is done to every finished trial: it is forked, and each fork goes on after a message that nobody was
  /// asked for.
  public struct Perturbation: Sendable, Equatable {
    public enum Place: Sendable, Equatable {
      /// The first turn, from the onset on, after which the conversation shows the state in which it ends. At
      /// the onset itself nothing tells that state yet, so one could not say either whether a fork stays in it.
      case onset
      /// A turn, from 1.
      case turn(Int)

      /// The place as a plan has it.
      var json: JSONValue {
        switch self {
        case .onset: "onset"
        case .turn(let number): .int(number)
        }
      }
    }

    /// The last turn that forks share with their trial.
    public var place: Place
    public var message: String
    /// The participant in whose name the message is said.
    public var speaker: String
    /// The forks of each trial, at least 1.
    public var repeats: Int

    public init(at place: Place, inject message: String, as speaker: String, repeats: Int = 1) {
      self.place = place
      self.message = message
      self.speaker = speaker
      self.repeats = repeats
    }

    /// The key of a fork's condition that tells it from the condition of its trial.
    static let key = "perturb"

    /// The condition of the forks of a condition's trials.
    func condition(of condition: Condition) -> Condition {
      var values = condition.values
      values[Self.key] = place.json
      return Condition(values)
    }

    /// The least number of turns that a fork begins with, the injected one included.
    var fewestTurns: Int {
      switch place {
      case .onset: 2
      case .turn(let number): number + 1
      }
    }

    var json: JSONValue {
      .object([
        "at": place.json, "inject": .string(message), "as": .string(speaker),
        "repeats": .int(repeats),
      ])
    }

    /// How the perturbation has changed since a fork was made; nil when it has not.
    func change(since trial: Transcript.Trial?) -> String? {
      let now: JSONObject = ["at": place.json, "inject": .string(message), "as": .string(speaker)]
      let before: JSONObject = [
        "at": trial?.condition[Self.key] ?? .null, "inject": trial?.fork.map { .string($0.message) } ?? .null,
        "as": trial?.fork.map { .string($0.speaker) } ?? .null,
      ]
      return now.keys.first { now[$0] != before[$0] }.map {
        ResolvedConversation.change("\(Self.key).\($0)", before[$0], now[$0])
      }
    }
  }
}

/// Where a finished trial is forked, or why it is not.
public enum ForkPoint: Sendable, Equatable {
  case after(turn: Int)
  case nowhere(Reason)

  public enum Reason: String, Sendable, CaseIterable {
    case noOnset = "without an onset"
    case tooFewTurns = "with too few turns"
    case noTurnLeft = "too close to max_turns"
  }

  /// - Parameter maxTurns: the number of turns with which a fork ends; nil for no limit.
  fileprivate init(after turn: Int, maxTurns: Int?) {
    // The next turn is the injected one.
    self = turn + 1 < maxTurns ?? .max ? .after(turn: turn) : .nowhere(.noTurnLeft)
  }
}

extension Experiment.Perturbation {
  /// Where a trial with so many turns is forked; nil if that depends on what was said.
  func point(turns: Int, maxTurns: Int?) -> ForkPoint? {
    guard case .turn(let number) = place else { return nil }
    return turns < number ? .nowhere(.tooFewTurns) : ForkPoint(after: number, maxTurns: maxTurns)
  }

  func point(in transcript: Transcript, maxTurns: Int?) -> ForkPoint {
    if let point = point(turns: transcript.turns.count, maxTurns: maxTurns) { return point }
    let turns = transcript.heardTurns
    guard let turn = Attractors.recognised(turns.map(\.heardText)) else {
      return .nowhere(.noOnset)
    }
    return ForkPoint(after: turns[turn - 1].number, maxTurns: maxTurns)
  }
}
