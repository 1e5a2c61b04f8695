// SPDX-License-Identifier: MIT

/// The similarity of all pairs of turns, which shows when a conversation comes back to what it said: the
/// recurrence plot of Eckmann, Kamphorst and Ruelle, "Recurrence plots of dynamical systems" (1987).
struct RecurrenceMatrix: Sendable {
  /// The most rows. In a longer conversation a row stands for `step` turns, whose texts are taken together.
  static let most = 80
  /// The number of steps from 0 to 1. Limits of two decimals that are multiples of 0.05 fall on steps.
  private static let steps = 200.0

  /// The number of rows, and of columns.
  let size: Int
  /// The number of turns of a row.
  let step: Int
  /// In steps of 1/200, below the diagonal, row by row.
  private let values: [UInt8]

  init(_ texts: [NormalisedText]) {
    let step = max(1, (texts.count + Self.most - 1) / Self.most)
    let sets = stride(from: 0, to: texts.count, by: step).map { first in
      Grams(texts[first..<min(first + step, texts.count)])
    }
    self.step = step
    size = sets.count
    values = sets.indices.flatMap { row in
      sets[..<row].map { UInt8(Self.steps * sets[row].similarity(to: $0)) }
    }
  }

  /// The similarity of two rows, to 1/200, rounded down.
  subscript(row: Int, column: Int) -> Double {
    if row == column { return 1 }
    let (low, high) = (min(row, column), max(row, column))
    return Double(values[high * (high - 1) / 2 + low]) / Self.steps
  }
}
