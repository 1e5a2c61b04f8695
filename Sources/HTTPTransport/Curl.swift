// SPDX-License-Identifier: MIT

import CCurl

/// libcurl as a whole.
enum Curl {
  /// Why it is not usable; nil when it is. Loaded when first asked for, once.
  private static let failure = ccurl_load().map { String(cString: $0) }

  static func load() throws(HTTPError) {
    guard let failure else { return }
    throw HTTPError(
      .libraryMissing,
      "\(failure): install libcurl 7.68 or later (Debian and Ubuntu: apt install libcurl4; Fedora: dnf install libcurl)"
    )
  }
}
