// SPDX-License-Identifier: MIT

/// As much of a text as an error shows: what a user gave may be megabytes.
enum Excerpt {
  /// The text, or its first `most` scalars and an ellipsis.
  static func of(_ text: String, most: Int = 100) -> String {
    let start = text.unicodeScalars.prefix(most)
    return start.endIndex == text.unicodeScalars.endIndex ? text : String(start) + "…"
  }
}
