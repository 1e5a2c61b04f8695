// SPDX-License-Identifier: MIT

/// Of how many forks how many are in their state.
public struct ForkShare: Sendable, Equatable {
  public var forks: Int
  public var inState: Int
  public var share: Double { Double(inState) / Double(forks) }

  /// Nil without forks.
  init?(_ states: [Bool]) {
    guard !states.isEmpty else { return nil }
    forks = states.count
    inState = states.count { $0 }
  }
}

/// When forks are compared.
public enum ForkMoment: Sendable, Hashable {
  /// So many turns after the injected one, or the one in its place.
  case after(Int)
  case end

  static let all = [ForkMoment.after(1), .after(2), .after(4), .after(8), .end]
}

extension ForkCourse {
  /// Nil if the fork has not come that far; its end tells something once there are as many turns as a tail has.
  func isInState(at moment: ForkMoment) -> Bool? {
    switch moment {
    case .after(let turns): isIn.indices.contains(turns - 1) ? isIn[turns - 1] : nil
    case .end: isIn.count < Attractors.fewestTurns ? nil : holds
    }
  }
}

/// How much more forks with the message are in their state than those that went on undisturbed: forks of the same
/// conversations at the same turn, since these were forked where their state showed, and leave it by themselves, too.
public struct ForkDifference: Sendable {
  public let moment: ForkMoment
  /// The conversations that have forks of both arms that long. Others tell nothing of the difference.
  public let trials: Int
  public let disturbed: ForkShare
  public let control: ForkShare
  /// disturbed − control
  public var difference: Double { disturbed.share - control.share }
  /// By resampling conversations, each with all its forks, since those are not independent of each other.
  public let interval: ClosedRange<Double>

  /// The interval; nil if it has no width but for rounding, since resampling cannot judge trials that are all alike.
  public var spread: ClosedRange<Double>? {
    interval.upperBound - interval.lowerBound > 1e-9 ? interval : nil
  }

  /// The counts of one conversation.
  struct Pair {
    var disturbed: ForkShare
    var control: ForkShare
  }

  /// Nil if no conversation has forks of both arms.
  init?(_ courses: [ForkCourse], at moment: ForkMoment) {
    var places: [Transcript.Parent: Int] = [:]
    var states: [[ForkArm: [Bool]]] = []
    for course in courses {
      guard let isIn = course.isInState(at: moment) else { continue }
      let place = places[course.fork.parent] ?? states.count
      if place == states.count {
        places[course.fork.parent] = place
        states.append([:])
      }
      states[place][course.fork.arm, default: []].append(isIn)
    }
    let pairs = states.compactMap { arms -> Pair? in
      guard let disturbed = ForkShare(arms[.disturbed] ?? []), let control = ForkShare(arms[.control] ?? [])
      else { return nil }
      return Pair(disturbed: disturbed, control: control)
    }
    let all = { (arm: ForkArm) in ForkShare(states.filter { $0.count == 2 }.flatMap { $0[arm] ?? [] }) }
    guard let disturbed = all(.disturbed), let control = all(.control) else { return nil }
    self.moment = moment
    trials = pairs.count
    self.disturbed = disturbed
    self.control = control
    interval = Bootstrap.interval(of: pairs)
  }
}

/// The forks of a condition's conversations that were in one state, in both arms.
public struct ForkComparison: Sendable {
  /// The condition of the conversations that were forked.
  public let condition: String
  public let label: AttractorLabel
  /// Those that there are.
  public let arms: [ForkStatistics]
  /// Empty if no conversation has forks of both arms.
  public let differences: [ForkDifference]

  init(condition: String, label: AttractorLabel, _ courses: [ForkCourse]) {
    self.condition = condition
    self.label = label
    arms = ForkStatistics.byArm(condition: condition, label: label, courses)
    differences = ForkMoment.all.compactMap { ForkDifference(courses, at: $0) }
  }

  public var atEnd: ForkDifference? { differences.first { $0.moment == .end } }
}

/// All forks of an analysis in both arms, whatever their state.
public struct ForkOverview: Sendable {
  public let disturbed: ForkShare?
  public let control: ForkShare?
  /// The conversations that were forked.
  public let trials: Int
  public let difference: ForkDifference?

  /// Nil if no fork has come so far that it tells anything.
  init?(_ courses: [ForkCourse]) {
    let share = { (arm: ForkArm) in
      ForkShare(courses.filter { $0.fork.arm == arm }.compactMap { $0.isInState(at: .end) })
    }
    (disturbed, control) = (share(.disturbed), share(.control))
    trials = Set(courses.filter { $0.isInState(at: .end) != nil }.map(\.fork.parent)).count
    difference = ForkDifference(courses, at: .end)
    if disturbed == nil, control == nil { return nil }
  }
}
