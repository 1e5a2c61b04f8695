// SPDX-License-Identifier: MIT

/// The grams of a conversation's turns so far: how much of the next turn is new, and how much it shares with
/// each of the turns shortly before. One pass over a turn's bytes, however long the conversation is.
///
/// Shingling after Broder, "On the resemblance and containment of documents" (1997).
struct GramHistory: Sendable {
  /// The number of turns back for which similarities are known.
  static let window = 6

  /// What one turn adds.
  struct Step: Sendable {
    /// The share of the turn's grams that no earlier turn has.
    var novelty: Double
    /// The similarity to the turn 1, 2, … turns before; as many as there are, up to `window`.
    var similarities: [Double]
  }

  private struct Slot {
    /// The gram; 0 for a free slot.
    var gram: UInt64 = 0
    /// The last turn that has the gram.
    var turn: UInt32 = 0
    /// In which turns before that the gram is: bit k for k turns earlier, so that bit 0 is always set.
    var turns: UInt32 = 0
  }

  /// A hash table with open addressing; its size is a power of two, and at most half is in use. Empty until
  /// the first turn, because many conversations may wait for theirs.
  private var slots: [Slot] = []
  private var used = 0
  private var turn: UInt32 = 0
  /// The numbers of grams of the last turns, the latest last.
  private var sizes: [Int] = []

  init() {}

  mutating func next(_ text: NormalisedText) -> Step {
    turn += 1
    makeRoom(for: text.bytes.count)
    let found = enter(text)
    var similarities: [Double] = []
    for back in 1...Self.window where back <= sizes.count {
      let shared = found.sets.indices.reduce(0) { $1 >> (back - 1) & 1 == 1 ? $0 + found.sets[$1] : $0 }
      similarities.append(Double(shared) / Double(found.size + sizes[sizes.count - back] - shared))
    }
    sizes = sizes.suffix(Self.window - 1) + [found.size]
    return Step(novelty: Double(found.new) / Double(found.size), similarities: similarities)
  }

  mutating func next(_ text: String) -> Step { next(NormalisedText(text)) }

  /// Enters the grams of a turn.
  ///
  /// - Returns: how many different ones there are, how many of them are new, and how many are in each set of
  ///   the last turns (bit 0 stands for the turn before).
  private mutating func enter(_ text: NormalisedText) -> (size: Int, new: Int, sets: [Int]) {
    var (size, new) = (0, 0)
    var sets = [Int](repeating: 0, count: 1 << Self.window)
    let turn = turn
    slots.withUnsafeMutableBufferPointer { slots in
      let mask = slots.count - 1
      let shift = UInt64(64 - slots.count.trailingZeroBitCount)
      Grams.forEach(in: text) { gram in
        var place = Int(truncatingIfNeeded: (gram &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while slots[place].gram != gram, slots[place].gram != 0 { place = (place + 1) & mask }
        let slot = slots[place]
        if slot.gram == 0 {
          new += 1
          size += 1
          slots[place] = Slot(gram: gram, turn: turn, turns: 1)
        } else if slot.turn != turn {
          size += 1
          let passed = turn &- slot.turn
          let turns = passed > UInt32(Self.window) ? 0 : (slot.turns << passed) & 0x7F
          sets[Int(turns >> 1)] += 1
          slots[place] = Slot(gram: gram, turn: turn, turns: turns | 1)
        }
      }
    }
    used += new
    return (size, new, sets)
  }

  private mutating func makeRoom(for grams: Int) {
    var size = max(slots.count, 1 << 8)
    while size < 2 * (used + grams + 1) { size *= 2 }
    guard size > slots.count else { return }
    let old = slots
    slots = [Slot](repeating: Slot(), count: size)
    let shift = UInt64(64 - size.trailingZeroBitCount)
    for slot in old where slot.gram != 0 {
      var place = Int(truncatingIfNeeded: (slot.gram &* 0x9E37_79B9_7F4A_7C15) >> shift)
      while slots[place].gram != 0 { place = (place + 1) & (size - 1) }
      slots[place] = slot
    }
  }
}
