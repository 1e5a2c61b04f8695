// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Times in the format of records: RFC 3339 in UTC with milliseconds, `2025-03-01T12:00:00.250Z`.
public enum Timestamp {
  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  /// The time as text, rounded to the millisecond.
  public static func text(_ date: Date) -> String {
    let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
    // The style truncates after milliseconds, so add slightly more than binary rounding may have lost.
    return Date(timeIntervalSince1970: (milliseconds + 0.25) / 1000).formatted(style)
  }

  /// Reads an RFC 3339 time, with any offset and any number of second digits; nil for anything else.
  public static func date(_ text: String) -> Date? { try? Date(text.uppercased(), strategy: style) }
}
