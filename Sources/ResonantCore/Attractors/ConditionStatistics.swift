// SPDX-License-Identifier: MIT

/// What the conversations of a condition have become. Duplicates and conversations without turns are left
/// out.
public struct ConditionStatistics: Sendable {
  public let condition: String
  public let conversations: Int
  public let duplicates: Int
  public let converged: Int
  /// The interval of the rate of convergence; nil without conversations.
  public let interval: ClosedRange<Double>?
  /// The turn by which half have converged, after Kaplan and Meier; nil if fewer do.
  public let medianOnset: Int?
  /// The share that has not converged yet, by turn.
  let survival: [Survival.Step]
  /// The turns of the longest conversation.
  let longest: Int
  /// How many verbatim and template conversations have each period.
  public let periods: [Int: Int]
  public let labels: [AttractorLabel: Int]
  public let loops: Int
  public let escapes: Int
  public let tailNovelty: Double?
  /// Whether there are conversations, all of them forks.
  let holdsForksAlone: Bool
  private let tails: [[NormalisedText]]

  init(_ condition: String, _ members: [ConversationMeasures], duplicates: Int) {
    self.condition = condition
    self.duplicates = duplicates
    conversations = members.count
    let attractors = members.compactMap(\.attractor)
    converged = attractors.count(where: \.label.isConverged)
    interval =
      members.isEmpty ? nil : Bootstrap.interval(.init(converged: converged, count: members.count))
    survival = Survival.steps(
      members.map { member in
        let attractor = member.attractor
        let onset = attractor?.label.isConverged == true ? attractor?.onset : nil
        return .init(turn: onset ?? member.turns, isEvent: onset != nil)
      })
    medianOnset = Survival.median(survival)
    longest = members.map(\.turns).max() ?? 0
    let periodic = attractors.filter { [.verbatim, .template].contains($0.label) && $0.period > 0 }
    periods = periodic.reduce(into: [:]) { $0[$1.period, default: 0] += 1 }
    labels = attractors.reduce(into: [:]) { $0[$1.label, default: 0] += 1 }
    loops = attractors.count { $0.loop != nil }
    escapes = members.count(where: \.escapes)
    tailNovelty = Statistics.mean(members.compactMap(\.tailNovelty))
    tails = members.map(\.tail)
    holdsForksAlone = !members.isEmpty && members.allSatisfy(\.isFork)
  }

  /// How similar the ends of the conversations are to each other. Takes a while to compute.
  public var betweenSimilarity: Double? { Resemblance.mean(tails) }

  /// The fewest conversations of which resampling says how sure a rate is; of fewer its interval is too narrow.
  public static let fewest = 10

  /// A count as a share of the conversations; nil without any.
  public func share(_ count: Int) -> Double? {
    conversations == 0 ? nil : Double(count) / Double(conversations)
  }
}

/// How much more of the conversations of one condition have converged than of another.
public struct ConditionDifference: Sendable {
  public let a: String
  public let b: String
  public let difference: Double
  public let interval: ClosedRange<Double>

  init(_ a: ConditionStatistics, _ b: ConditionStatistics) {
    let samples = [a, b].map { Bootstrap.Sample(converged: $0.converged, count: $0.conversations) }
    self.a = a.condition
    self.b = b.condition
    difference = samples[0].rate - samples[1].rate
    interval = Bootstrap.interval(samples[0], minus: samples[1])
  }
}
