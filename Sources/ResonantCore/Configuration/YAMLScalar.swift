// SPDX-License-Identifier: MIT

/// A scalar of YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema), in which `yes`, `no`,
/// `on` and dates are text.
struct YAMLScalar {
  var text: String
  /// Neither quoted nor tagged as text.
  var isPlain: Bool

  /// `<<` (https://yaml.org/type/merge.html): no longer part of YAML 1.2, but common in plans for other
  /// tools.
  var isMerge: Bool { isPlain && text == "<<" }

  func value(line: Int) throws(PlanDocument.Failure) -> JSONValue {
    guard isPlain else { return .string(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: break
    }
    var unsigned = text[...]
    if let sign = unsigned.first, "+-".contains(sign) { unsigned.removeFirst() }
    if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(unsigned) {
      throw PlanDocument.Failure(line: line, message: "\(text) is no number that can be used")
    }
    return Self.number(text).map(JSONValue.number) ?? .string(text)
  }

  /// The number in JSON notation with the digits as given; nil when the text is not a number.
  private static func number(_ text: String) -> String? {
    for (prefix, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(prefix) && text.utf8.count > 2 {
      let digits = text.dropFirst(2)
      return digits.first == "+" ? nil : UInt64(digits, radix: radix).map { String($0) }
    }
    var rest = text.utf8[...]
    let sign = rest.first.flatMap {
      [UInt8(ascii: "-"), UInt8(ascii: "+")].contains($0) ? rest.removeFirst() : nil
    }
    let whole = digits(&rest)
    var fraction: Substring?
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = digits(&rest)
    }
    guard !whole.isEmpty || fraction?.isEmpty == false else { return nil }
    let exponent = Substring(rest)
    guard exponent.isEmpty || isExponent(rest) else { return nil }
    let plain = whole.drop { $0 == "0" }
    return (sign == UInt8(ascii: "-") ? "-" : "") + (plain.isEmpty ? "0" : plain)
      + (fraction.map { $0.isEmpty ? ".0" : ".\($0)" } ?? "") + exponent
  }

  private static func isExponent(_ text: Substring.UTF8View) -> Bool {
    var rest = text
    guard rest.removeFirst() | 0x20 == UInt8(ascii: "e") else { return false }
    if let sign = rest.first, [UInt8(ascii: "-"), UInt8(ascii: "+")].contains(sign) { rest.removeFirst() }
    return !digits(&rest).isEmpty && rest.isEmpty
  }

  private static func digits(_ text: inout Substring.UTF8View) -> Substring {
    let digits = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    text = text.dropFirst(digits.count)
    return Substring(digits)
  }
}
