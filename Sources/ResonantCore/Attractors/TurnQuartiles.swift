// SPDX-License-Identifier: MIT

/// The quartiles of a measure over some conversations, turn by turn.
struct TurnQuartiles: Sendable {
  struct Point: Sendable {
    /// The middle of the turns that the point stands for, from 1.
    var turn: Double
    var low: Double
    var median: Double
    var high: Double
  }

  /// The most points; in longer conversations a point stands for several turns.
  static let most = 120

  /// The number of turns of a point.
  let step: Int
  private(set) var points: [Point] = []

  /// As far as a quarter of the conversations go.
  ///
  /// - Parameter series: for each conversation, the values of its turns.
  init(_ series: [[Double?]]) {
    let lengths = series.map(\.count).sorted(by: >)
    let turns = lengths.isEmpty ? 0 : lengths[(lengths.count - 1) / 4]
    step = max(1, (turns + Self.most - 1) / Self.most)
    for first in stride(from: 0, to: turns, by: step) {
      let turns = first..<min(first + step, turns)
      let values = series.flatMap { $0[turns.clamped(to: $0.indices)].compactMap(\.self) }.sorted()
      guard !values.isEmpty else { continue }
      points.append(
        Point(
          turn: Double(turns.lowerBound + turns.upperBound + 1) / 2,
          low: Statistics.quantile(0.25, of: values), median: Statistics.quantile(0.5, of: values),
          high: Statistics.quantile(0.75, of: values)))
    }
  }

  /// The values of one conversation, the means of `step` turns each.
  init(_ values: [Double?]) {
    step = max(1, (values.count + Self.most - 1) / Self.most)
    for first in stride(from: 0, to: values.count, by: step) {
      let turns = first..<min(first + step, values.count)
      guard let mean = Statistics.mean(values[turns].compactMap(\.self)) else { continue }
      points.append(
        Point(
          turn: Double(turns.lowerBound + turns.upperBound + 1) / 2, low: mean, median: mean, high: mean))
    }
  }
}
