// SPDX-License-Identifier: MIT

/// Intervals by resampling conversations with replacement: the percentile bootstrap of Efron, "Bootstrap
/// methods: another look at the jackknife" (1979). The same on every platform.
public enum Bootstrap {
  public static let resamples = 2_000
  public static let seed: UInt64 = 1
  /// The number of resamples outside the interval of 95 %, on each side.
  private static let outside = resamples / 40

  /// How many of some conversations have converged.
  struct Sample {
    var converged: Int
    var count: Int
    var rate: Double { Double(converged) / Double(count) }

    /// The rate in as many conversations drawn from these.
    func resampled(_ random: inout SplitMix64) -> Double {
      var drawn = 0
      for _ in 0..<count where random.index(below: count) < converged { drawn += 1 }
      return Double(drawn) / Double(count)
    }
  }

  /// The interval of a rate.
  static func interval(_ sample: Sample) -> ClosedRange<Double> {
    var random = SplitMix64(seed: seed)
    return interval((0..<resamples).map { _ in sample.resampled(&random) })
  }

  /// The interval of the difference of two rates; both are resampled.
  static func interval(_ a: Sample, minus b: Sample) -> ClosedRange<Double> {
    var random = SplitMix64(seed: seed)
    return interval((0..<resamples).map { _ in a.resampled(&random) - b.resampled(&random) })
  }

  /// The interval of the difference of two shares of forks; conversations are resampled, each with all its forks.
  static func interval(of pairs: [ForkDifference.Pair]) -> ClosedRange<Double> {
    var random = SplitMix64(seed: seed)
    return interval(
      (0..<resamples).map { _ in
        var (disturbed, control) = ((inState: 0, forks: 0), (inState: 0, forks: 0))
        for _ in pairs.indices {
          let pair = pairs[random.index(below: pairs.count)]
          disturbed.inState += pair.disturbed.inState
          disturbed.forks += pair.disturbed.forks
          control.inState += pair.control.inState
          control.forks += pair.control.forks
        }
        return Double(disturbed.inState) / Double(disturbed.forks)
          - Double(control.inState) / Double(control.forks)
      })
  }

  private static func interval(_ values: [Double]) -> ClosedRange<Double> {
    let sorted = values.sorted()
    return sorted[outside]...sorted[resamples - 1 - outside]
  }
}

extension SplitMix64 {
  /// A random index, by a method that is ours, because the standard library may change its own.
  mutating func index(below count: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(count)).high)
  }
}

/// The time to an event where some are not seen to its end: Kaplan and Meier, "Nonparametric estimation from
/// incomplete observations" (1958).
enum Survival {
  struct Observation {
    /// The turn of the event, or the last turn seen.
    var turn: Int
    var isEvent: Bool
  }

  /// The share that survives from a turn on, up to the next step.
  struct Step: Sendable, Equatable {
    var turn: Int
    var share: Double
  }

  /// The first turn at which at most half survive; nil if more do to the end.
  static func median(_ steps: [Step]) -> Int? {
    // Products of fractions may miss one half by a rounding error.
    steps.first { $0.share <= 0.5 + 1e-12 }?.turn
  }

  /// A step for each turn with an event.
  static func steps(_ observations: [Observation]) -> [Step] {
    let sorted = observations.sorted { $0.turn < $1.turn }
    var steps: [Step] = []
    var survival = 1.0
    var start = 0
    while start < sorted.count {
      let turn = sorted[start].turn
      let end = sorted[start...].firstIndex { $0.turn > turn } ?? sorted.count
      let events = sorted[start..<end].count(where: \.isEvent)
      let atRisk = sorted.count - start
      survival *= Double(atRisk - events) / Double(atRisk)
      if events > 0 { steps.append(Step(turn: turn, share: survival)) }
      start = end
    }
    return steps
  }
}
