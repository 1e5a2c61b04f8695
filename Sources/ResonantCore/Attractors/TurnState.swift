// SPDX-License-Identifier: MIT

/// A state that a single turn can be in.
enum TurnState: Sendable, CaseIterable {
  /// Hardly any letters: at most a short sentence.
  case minimal
  /// The text repeats itself within the turn. After Holtzman et al., "The curious case of neural text
  /// degeneration" (2020).
  case degenerate
  /// Much shorter than the turns at the beginning.
  case short
  /// The turn says again what one of the up to 6 turns before said.
  case recurrent
}

/// The one state by which a turn is shown, the first that it is in.
enum TurnMark: Character, Sendable, CaseIterable {
  case degenerate = "d"
  case minimal = "m"
  /// Recurrent, with a similarity as of a verbatim loop.
  case verbatim = "v"
  /// Recurrent, with the similarity of a skeleton.
  case template = "t"
  case short = "s"
  case none = "·"
}

extension TurnMeasures {
  /// The state by which each turn is shown.
  func marks(_ thresholds: Thresholds) -> [TurnMark] {
    let head = head
    return texts.indices.map { mark($0, head: head, thresholds) }
  }

  private func mark(_ turn: Int, head: Double, _ thresholds: Thresholds) -> TurnMark {
    let isIn = { (state: TurnState) in self.isIn(state, turn, head: head, thresholds) }
    if isIn(.degenerate) { return .degenerate }
    if isIn(.minimal) { return .minimal }
    if isIn(.recurrent) {
      return (recurrence(turn) ?? 0) >= thresholds.verbatimSimilarity ? .verbatim : .template
    }
    return isIn(.short) ? .short : .none
  }

  /// Whether a turn is in a state.
  ///
  /// - Parameter head: the letters at the beginning of the conversation, which decide on short turns.
  func isIn(_ state: TurnState, _ turn: Int, head: Double, _ thresholds: Thresholds) -> Bool {
    let text = texts[turn]
    switch state {
    case .minimal: return Double(text.letters) <= thresholds.minimalLetters
    case .degenerate:
      return Double(text.bytes.count) >= thresholds.degenerateBytes && !text.bytes.isEmpty
        && ratio(turn) < thresholds.degenerateRatio
    case .short: return Double(text.letters) <= thresholds.shortShare * head
    case .recurrent: return recurrence(turn).map { $0 >= thresholds.templateSimilarity } ?? false
    }
  }
}

extension Thresholds {
  /// Whether a state holds at the end: in two thirds of the tail, and in at least one of the last two turns.
  func holds(_ tail: [Bool]) -> Bool {
    guard !tail.isEmpty else { return false }
    return Double(tail.count { $0 }) / Double(tail.count) >= holdShare && tail.suffix(2).contains(true)
  }

  /// The earliest turn in the state (from 1) from which on 60 % of the turns to the end are in it.
  func onset(_ states: [Bool]) -> Int? {
    var onset: Int?
    var held = 0
    for turn in states.indices.reversed() where states[turn] {
      held += 1
      if Double(held) / Double(states.count - turn) >= onsetShare { onset = turn + 1 }
    }
    return onset
  }
}
