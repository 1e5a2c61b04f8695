// SPDX-License-Identifier: MIT

import CCurl

/// Dates in HTTP headers.
public enum HTTPDate {
  /// Seconds since 1970 of a date in any of the three formats of RFC 9110, section 5.6.7; nil if `text` is
  /// not a date.
  public static func seconds(_ text: String) -> Double? {
    guard (try? Curl.load()) != nil else { return nil }
    let seconds = ccurl_getdate(text)
    return seconds < 0 ? nil : Double(seconds)
  }
}
