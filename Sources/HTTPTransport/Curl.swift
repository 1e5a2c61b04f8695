// SPDX-License-Identifier: MIT

import CCurl

/// Loads libcurl.
enum Curl {
  /// Why libcurl is not usable; nil if it is. The first access loads the library.
  private static let failure = ccurl_load().map { String(cString: $0) }

  static func load() throws(HTTPError) {
    guard let failure else { return }
    throw HTTPError(
      .libraryMissing,
      "\(failure): install libcurl 7.68 or later (Debian and Ubuntu: apt install libcurl4; Fedora: dnf install libcurl)"
    )
  }
}
