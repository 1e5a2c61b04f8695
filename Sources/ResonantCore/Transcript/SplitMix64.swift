// SPDX-License-Identifier: MIT

/// SplitMix64, a small random generator that gives the same sequence for a seed on every platform (Steele,
/// Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// The generator for one turn of a conversation; the streams of neighbouring turns are unrelated.
  public init(seed: UInt64, turn: Int) {
    var mixer = SplitMix64(seed: seed &+ UInt64(bitPattern: Int64(turn)) &* 0xD1B5_4A32_D192_ED03)
    state = mixer.next()
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
