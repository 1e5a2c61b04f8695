// SPDX-License-Identifier: MIT

import CCurl

/// The dates of HTTP headers.
public enum HTTPDate {
  /// Seconds since 1970 of a date in any of the three forms of RFC 9110, 5.6.7; nil for what is no date.
  public static func seconds(_ text: String) -> Double? {
    guard (try? Curl.load()) != nil else { return nil }
    let seconds = ccurl_getdate(text)
    return seconds < 0 ? nil : Double(seconds)
  }
}
