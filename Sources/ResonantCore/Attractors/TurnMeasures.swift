// SPDX-License-Identifier: MIT

/// What is measured of each turn of a conversation: its letters, how much of it is new, and how similar it is
/// to the turns shortly before. Turns are numbered from 0 here.
struct TurnMeasures {
  private(set) var texts: [NormalisedText] = []
  private(set) var novelty: [Double] = []
  /// For each turn, the similarities to the turn 1, 2, … turns before.
  private var similarities: [[Double]] = []
  private var history = GramHistory()
  /// The ratio of each turn so far; nil when it is computed for the turns that it is asked for.
  private var ratios: [Double]?
  let deflate = Deflate()

  /// - Parameter texts: each turn's text as the other participants received it, in order, without passed
  ///   turns.
  init(_ texts: [String]) { self.init(texts.map(NormalisedText.init)) }

  init(_ texts: [NormalisedText]) {
    novelty.reserveCapacity(texts.count)
    similarities.reserveCapacity(texts.count)
    for text in texts { append(text) }
  }

  /// A conversation that goes on and is measured again after every turn, so that nothing is measured twice.
  static var growing: TurnMeasures {
    var turns = TurnMeasures([NormalisedText]())
    turns.ratios = []
    return turns
  }

  mutating func append(_ text: NormalisedText) {
    let step = history.next(text)
    texts.append(text)
    novelty.append(step.novelty)
    similarities.append(step.similarities)
    if ratios != nil {
      let share = compressedShare(text)
      ratios?.append(share)
    }
  }

  /// The measures of the first turns alone, which later ones do not change.
  func prefix(_ count: Int) -> TurnMeasures {
    var beginning = self
    beginning.texts.removeLast(texts.count - count)
    beginning.novelty.removeLast(texts.count - count)
    beginning.similarities.removeLast(texts.count - count)
    return beginning
  }

  var count: Int { texts.count }
  var letters: [Int] { texts.map(\.letters) }

  /// The last turns, which decide on a state: at most 6.
  var tail: Range<Int> { max(0, count - Attractors.tail)..<count }

  /// S(turn, turn − back), for `back` from 1 to 6 and turns that have one so far before them.
  func similarity(_ turn: Int, back: Int) -> Double { similarities[turn][back - 1] }

  /// The greatest similarity to one of the up to 6 turns before; nil for the first turn.
  func recurrence(_ turn: Int) -> Double? { similarities[turn].max() }

  /// S(t, t−1) of each turn; nil for the first.
  var stepSimilarities: [Double?] { similarities.map(\.first) }

  /// The median number of letters at the beginning, in the first third but at least 3 turns.
  var head: Double { Statistics.median(texts.prefix(max(3, count / 3)).map { Double($0.letters) }) ?? 0 }

  /// zlib bytes by bytes of a turn's text.
  func ratio(_ turn: Int) -> Double { ratios?[turn] ?? compressedShare(texts[turn]) }

  private func compressedShare(_ text: NormalisedText) -> Double {
    Double(deflate.zlibSize(text.bytes)) / Double(max(1, text.bytes.count))
  }

  /// For each turn, the deflated size given the last 32,768 bytes of the earlier turns, by that without them;
  /// at most 1, nil for an empty text. Cilibrasi and Vitányi, "Clustering by compression" (2005).
  var zlibNovelty: [Double?] {
    var earlier: [UInt8] = []
    return texts.indices.map { turn in
      let bytes = texts[turn].bytes
      defer {
        earlier += turn == 0 ? bytes : [0x0A] + bytes
        if earlier.count > 4 * Deflate.dictionaryLimit {
          earlier.removeFirst(earlier.count - Deflate.dictionaryLimit)
        }
      }
      guard !bytes.isEmpty else { return nil }
      let known = earlier.suffix(Deflate.dictionaryLimit)
      return min(1, Double(deflate.size(bytes, dictionary: known)) / Double(deflate.size(bytes)))
    }
  }
}

enum Statistics {
  /// The middle value, or the mean of the middle two; nil for none.
  static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The value below which a share of the values lie, interpolated linearly between two of them.
  ///
  /// - Parameter sorted: ascending, at least one.
  static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}
