// SPDX-License-Identifier: MIT

/// Whether a fork stays in the state of its conversation, after an injected message or undisturbed.
struct ForkCourse: Sendable {
  let fork: AnalysisSource.Fork
  /// What the conversation was before it was forked.
  let label: AttractorLabel
  /// Whether each turn after the injected one is in that state.
  let isIn: [Bool]
  /// Whether the state holds at the end.
  let holds: Bool

  /// The number of turns after the injected one in which leaving the state counts.
  private static let disturbed = 4

  /// Whether one of the first turns after the injected one is out of the state.
  var leaves: Bool { isIn.prefix(Self.disturbed).contains(false) }

  /// Nil when the turns before have no label that a single turn can have.
  init?(_ turns: TurnMeasures, _ fork: AnalysisSource.Fork, _ thresholds: Thresholds) {
    let injected = fork.turn
    guard (2...max(2, turns.count)).contains(injected), injected <= turns.count else { return nil }
    let before = TurnMeasures(Array(turns.texts[..<(injected - 1)]))
    guard let label = Attractor(before, thresholds)?.label else { return nil }
    let head = before.head
    let last = before.texts.suffix(GramHistory.window).map(Grams.init)
    let resembles = { (turn: Int, least: Double) in
      let grams = Grams(turns.texts[turn])
      return last.contains { $0.similarity(to: grams) >= least }
    }
    let after = injected..<turns.count
    let isIn: [Bool]
    switch label {
    case .minimal: isIn = after.map { turns.isIn(.minimal, $0, head: head, thresholds) }
    case .degenerate: isIn = after.map { turns.isIn(.degenerate, $0, head: head, thresholds) }
    case .winddown: isIn = after.map { turns.isIn(.short, $0, head: head, thresholds) }
    case .verbatim: isIn = after.map { resembles($0, thresholds.verbatimSimilarity) }
    case .template: isIn = after.map { resembles($0, thresholds.templateSimilarity) }
    case .echo, .sustained: return nil
    }
    self.fork = fork
    self.label = label
    self.isIn = isIn
    holds = thresholds.holds(isIn.suffix(turns.tail.count))
  }
}

/// How the forks of a condition that were in one state went on.
public struct ForkStatistics: Sendable, Equatable {
  /// The share in the state so many turns after the injected one, or the one in its place.
  public struct Persistence: Sendable, Equatable {
    public var after: Int
    /// The number of forks that long.
    public var forks: Int
    public var share: Double
  }

  public var condition: String
  public var label: AttractorLabel
  public var arm: ForkArm
  public var forks: Int
  /// The number of conversations that these are forks of.
  public var trials: Int
  public var persistence: [Persistence]
  /// The number of forks that left the state within the first turns.
  public var left: Int
  /// The share of these that are in it again at the end; nil if none left.
  public var recovered: Double?
  /// The share in which the state holds at the end, of forks that have enough turns that tell; nil if none has.
  public var holds: ForkShare?

  init(condition: String, label: AttractorLabel, arm: ForkArm, _ courses: [ForkCourse]) {
    self.condition = condition
    self.label = label
    self.arm = arm
    forks = courses.count
    trials = Set(courses.map(\.fork.parent)).count
    holds = ForkShare(courses.compactMap { $0.isInState(at: .end) })
    let longest = courses.map(\.isIn.count).max() ?? 0
    persistence = (0..<longest).map { index in
      let states = courses.compactMap { index < $0.isIn.count ? $0.isIn[index] : nil }
      return Persistence(
        after: index + 1, forks: states.count,
        share: Double(states.count { $0 }) / Double(states.count))
    }
    let leaving = courses.filter(\.leaves)
    left = leaving.count
    recovered = left == 0 ? nil : Double(leaving.count(where: \.holds)) / Double(left)
  }

  /// Of the arms that there are.
  static func byArm(condition: String, label: AttractorLabel, _ courses: [ForkCourse]) -> [ForkStatistics] {
    ForkArm.allCases.compactMap { arm in
      let courses = courses.filter { $0.fork.arm == arm }
      return courses.isEmpty
        ? nil : ForkStatistics(condition: condition, label: label, arm: arm, courses)
    }
  }
}
