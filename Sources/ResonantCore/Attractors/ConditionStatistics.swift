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
  /// Of the minimal conversations, those whose short turns are the same ones again and again.
  let minimalLoops: Int
  /// Those that converged from the first reply on, or from a turn that was given.
  let atOnce: Int
  /// Of these, the minimal ones of which the onset is an opening as short.
  let shortOpenings: Int
  /// Those in which somebody was asked for a turn and has given it.
  let answered: Int
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
    minimalLoops = attractors.count { $0.label == .minimal && $0.period > 0 }
    let immediate = members.filter(\.convergesAtOnce)
    atOnce = immediate.count
    shortOpenings = immediate.count {
      $0.attractor?.label == .minimal && $0.attractor?.onset == 1 && $0.source.given.contains(1)
    }
    answered = members.count(where: \.isAnswered)
    escapes = members.count(where: \.escapes)
    tailNovelty = Statistics.mean(members.compactMap(\.tailNovelty))
    tails = members.map(\.tail)
    holdsForksAlone = !members.isEmpty && members.allSatisfy(\.isFork)
  }

  var sample: Bootstrap.Sample { .init(converged: converged, count: conversations) }

  /// How similar the ends of the conversations are to each other. Takes a while to compute.
  public var betweenSimilarity: Double? { Resemblance.mean(tails) }

  /// The fewest conversations of which resampling says how sure a rate is; of fewer its interval is too narrow.
  public static let fewest = 10
  /// The fewest of which a rate is compared with that of another condition.
  public static let fewestCompared = 5

  /// The interval where it says something: resampling cannot judge conversations that are all alike.
  public var spread: ClosedRange<Double>? { interval.flatMap { $0.lowerBound < $0.upperBound ? $0 : nil } }

  /// The turn by which half had converged; nil also where half had from the start, which tells nothing of how soon.
  public var tellingOnset: Int? { isAtOnce ? nil : medianOnset }

  /// Whether half had converged from the first reply on, or from a turn that was given.
  var isAtOnce: Bool { medianOnset == 1 || medianOnset != nil && 2 * atOnce >= conversations }

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
    let samples = [a.sample, b.sample]
    self.a = a.condition
    self.b = b.condition
    difference = samples[0].rate - samples[1].rate
    interval = Bootstrap.interval(samples[0], minus: samples[1])
  }

  /// The interval where it says something: resampling cannot judge conversations that are all alike.
  public var spread: ClosedRange<Double>? { interval.lowerBound < interval.upperBound ? interval : nil }
}
