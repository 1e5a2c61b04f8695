// SPDX-License-Identifier: MIT

extension Experiment {
  /// What is done to every finished trial: it is forked, and the forks go on, some after a message that nobody was
  /// asked for, others undisturbed.
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
    /// Nil if all forks go on undisturbed.
    public var injection: Transcript.Injection?
    /// The forks of each trial with the message: at least 1, or 0 without a message.
    public var repeats: Int
    /// The forks of each trial that go on undisturbed. Without them one cannot tell what the message did: states
    /// also end by themselves.
    public var control: Int

    public init(
      at place: Place, inject message: String, as speaker: String, repeats: Int = 1, control: Int = 0
    ) {
      self.place = place
      injection = Transcript.Injection(message, as: speaker)
      self.repeats = repeats
      self.control = control
    }

    /// - Parameter control: at least 1.
    public init(at place: Place, control: Int) {
      self.place = place
      repeats = 0
      self.control = control
    }

    // MARK: Arms

    /// The arms that there are.
    var arms: [ForkArm] { ForkArm.allCases.filter { !numbers(of: $0).isEmpty } }

    /// The forks of each trial, by arm.
    var numbers: [ForkNumber] { ForkArm.allCases.flatMap(numbers) }

    func numbers(of arm: ForkArm) -> [ForkNumber] {
      (0..<(arm == .disturbed ? repeats : control)).map { ForkNumber($0 + 1, arm) }
    }

    func injection(into arm: ForkArm) -> Transcript.Injection? { arm == .disturbed ? injection : nil }

    // MARK: Conditions

    /// What stands before the place in the conditions of undisturbed forks.
    private static let controlPrefix = "control:"

    /// The condition of the forks of a condition's trials.
    func condition(of condition: Condition, _ arm: ForkArm) -> Condition {
      var values = condition.values
      values[ForkArm.key] =
        arm == .disturbed
        ? place.json : .string(Self.controlPrefix + (place.json.string ?? place.json.jsonText))
      return Condition(values)
    }

    /// The place as a fork's condition has it.
    private static func place(in condition: JSONObject?) -> JSONValue {
      guard let value = condition?[ForkArm.key] else { return .null }
      guard let text = value.string, text.hasPrefix(controlPrefix) else { return value }
      let place = String(text.dropFirst(controlPrefix.count))
      return Int(place).map(JSONValue.int) ?? .string(place)
    }

    /// How the perturbation has changed since a fork was made; nil when it has not.
    func change(since trial: Transcript.Trial?, _ arm: ForkArm) -> String? {
      let now = Self.fields(place.json, injection(into: arm))
      let before = Self.fields(Self.place(in: trial?.condition), trial?.fork?.injection)
      return now.keys.first { now[$0] != before[$0] }.map {
        ResolvedConversation.change("\(ForkArm.key).\($0)", before[$0], now[$0])
      }
    }

    private static func fields(_ place: JSONValue, _ injection: Transcript.Injection?) -> JSONObject {
      [
        "at": place, "inject": injection.map { .string($0.text) } ?? .null,
        "as": injection.map { .string($0.speaker) } ?? .null,
      ]
    }

    var json: JSONValue {
      var json = Self.fields(place.json, injection).filter { !$0.value.isNull }
      if injection != nil { json["repeats"] = .int(repeats) }
      if control > 0 { json["control"] = .int(control) }
      return .object(json)
    }

    /// The least number of turns that a fork shares with its trial.
    var fewestShared: Int {
      switch place {
      case .onset: 1
      case .turn(let number): number
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
    // The next turn is the injected one, which tells nothing; nor does the one in its place of an undisturbed fork.
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
    let texts = turns.map(\.heardText)
    guard Attractors.recognised(texts) != nil else { return .nowhere(.noOnset) }
    let turn = Attractors.recognised(texts) { isDue(after: turns[$0 - 1], in: transcript.header) }
    return turn.map { ForkPoint(after: turns[$0 - 1].number, maxTurns: maxTurns) } ?? .nowhere(.noTurnLeft)
  }

  /// Whether it is the turn of the participant in whose name the message is said. Elsewhere they would speak twice in
  /// a row, which undisturbed forks do not.
  private func isDue(after turn: Turn, in header: Transcript.Header) -> Bool {
    let order = header.settings["order"]?.string ?? SpeakerOrder.roundRobin.rawValue
    let names = header.participants.map(\.name)
    guard let speaker = injection?.speaker, header.mode == .chat, order == SpeakerOrder.roundRobin.rawValue,
      let last = names.firstIndex(of: turn.speaker)
    else { return true }
    return names[(last + 1) % names.count] == speaker
  }
}
