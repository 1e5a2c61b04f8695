// SPDX-License-Identifier: MIT

/// The order in which people look for names: numbers by value, with decimals, and all else by its bytes. `r2` comes
/// before `r10`, and `0.15` before `0.2`.
enum NaturalOrder {
  static func precedes(_ one: String, _ other: String) -> Bool {
    var (left, right) = (Array(one.utf8)[...], Array(other.utf8)[...])
    while let first = left.first, let second = right.first {
      if isDigit(first), isDigit(second) {
        let (a, b) = (Number(takenFrom: &left), Number(takenFrom: &right))
        if a != b { return a < b }
      } else {
        if first != second { return first < second }
        left.removeFirst()
        right.removeFirst()
      }
    }
    // The same but for zeros that do not count.
    if left.isEmpty, right.isEmpty { return one.utf8.lexicographicallyPrecedes(other.utf8) }
    return left.isEmpty
  }

  fileprivate static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
}

/// A number of any length, as its digits without zeros that do not count.
private struct Number: Comparable {
  private let whole: ArraySlice<UInt8>
  private let fraction: ArraySlice<UInt8>

  /// Takes the digits at the beginning, and those behind a point.
  init(takenFrom text: inout ArraySlice<UInt8>) {
    let digits = text.prefix(while: NaturalOrder.isDigit)
    text = text.dropFirst(digits.count)
    whole = digits.drop { $0 == 0x30 }
    guard text.first == UInt8(ascii: "."), text.dropFirst().first.map(NaturalOrder.isDigit) == true else {
      fraction = []
      return
    }
    var decimals = text.dropFirst().prefix(while: NaturalOrder.isDigit)
    text = text.dropFirst(decimals.count + 1)
    while decimals.last == 0x30 { decimals.removeLast() }
    fraction = decimals
  }

  static func == (one: Number, other: Number) -> Bool {
    one.whole.elementsEqual(other.whole) && one.fraction.elementsEqual(other.fraction)
  }

  static func < (one: Number, other: Number) -> Bool {
    if one.whole.count != other.whole.count { return one.whole.count < other.whole.count }
    if !one.whole.elementsEqual(other.whole) { return one.whole.lexicographicallyPrecedes(other.whole) }
    return one.fraction.lexicographicallyPrecedes(other.fraction)
  }
}
