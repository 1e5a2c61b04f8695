// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Times as records hold them: RFC 3339 in UTC with milliseconds, `2025-03-01T12:00:00.250Z`. Days are counted as
/// in Howard Hinnant's "chrono-compatible low-level date algorithms" (2013); a formatter object would cost
/// hundreds of times as much.
public enum Timestamp {
  /// The time rounded to the millisecond.
  public static func text(_ date: Date) -> String {
    let milliseconds = Int((date.timeIntervalSince1970 * 1000).rounded())
    let (day, inDay) = milliseconds.flooredQuotientAndRemainder(by: 86_400_000)
    let civil = civil(day)
    let second = inDay / 1000
    var text: [UInt8] = []
    text.reserveCapacity(24)
    append(civil.year, 4, "-", to: &text)
    append(civil.month, 2, "-", to: &text)
    append(civil.day, 2, "T", to: &text)
    append(second / 3600, 2, ":", to: &text)
    append(second / 60 % 60, 2, ":", to: &text)
    append(second % 60, 2, ".", to: &text)
    append(inDay % 1000, 3, "Z", to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads any RFC 3339 time, also with an offset and with more or fewer digits of the second; nil for anything
  /// else.
  public static func date(_ text: String) -> Date? {
    var rest = Array(text.utf8)[...]
    guard let year = number(4, from: &rest), take("-", from: &rest), let month = number(2, from: &rest),
      take("-", from: &rest), let day = number(2, from: &rest), take("Tt ", from: &rest),
      let hour = number(2, from: &rest), take(":", from: &rest), let minute = number(2, from: &rest),
      take(":", from: &rest), let second = number(2, from: &rest), let fraction = fraction(from: &rest),
      let offset = offset(from: &rest), rest.isEmpty
    else { return nil }
    guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60 else {
      return nil
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    return Date(timeIntervalSince1970: Double(seconds) + fraction)
  }

  /// Appends a number of at least so many digits, and what follows it.
  private static func append(_ value: Int, _ width: Int, _ mark: Unicode.Scalar, to text: inout [UInt8]) {
    let start = text.count
    var rest = max(0, value)
    while rest > 0 || text.count < start + width {
      text.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    }
    text[start...].reverse()
    text.append(UInt8(ascii: mark))
  }

  /// The date of a day counted from 1970-01-01.
  private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
    let (era, ofEra) = (day + 719_468).flooredQuotientAndRemainder(by: 146_097)
    let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * year + year / 4 - year / 100)
    let march = (5 * ofYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    return (year + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * march + 2) / 5 + 1)
  }

  /// The inverse of `civil`.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let (era, ofEra) = (month <= 2 ? year - 1 : year).flooredQuotientAndRemainder(by: 400)
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }

  private static func take(_ anyOf: String, from rest: inout ArraySlice<UInt8>) -> Bool {
    guard let first = rest.first, anyOf.utf8.contains(first) else { return false }
    rest.removeFirst()
    return true
  }

  private static func number(_ digits: Int, from rest: inout ArraySlice<UInt8>) -> Int? {
    guard rest.count >= digits, rest.prefix(digits).allSatisfy(isDigit) else { return nil }
    defer { rest.removeFirst(digits) }
    return rest.prefix(digits).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  private static func fraction(from rest: inout ArraySlice<UInt8>) -> Double? {
    guard take(".", from: &rest) else { return 0 }
    let digits = rest.prefix(while: isDigit)
    rest.removeFirst(digits.count)
    return digits.isEmpty ? nil : Double("0." + String(decoding: digits, as: UTF8.self))
  }

  /// Seconds east of UTC.
  private static func offset(from rest: inout ArraySlice<UInt8>) -> Int? {
    if take("Zz", from: &rest) { return 0 }
    let isWest = rest.first == UInt8(ascii: "-")
    guard take("+-", from: &rest), let hours = number(2, from: &rest), take(":", from: &rest),
      let minutes = number(2, from: &rest)
    else { return nil }
    return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

extension Int {
  /// Division that rounds towards negative infinity, so that the remainder is never negative.
  fileprivate func flooredQuotientAndRemainder(by divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
