// SPDX-License-Identifier: MIT

/// Shortens a text for an error message, since a user's value may have megabytes.
enum Excerpt {
  /// The text, or its first `most` scalars followed by an ellipsis.
  static func of(_ text: String, most: Int = 100) -> String {
    let start = text.unicodeScalars.prefix(most)
    return start.endIndex == text.unicodeScalars.endIndex ? text : String(start) + "…"
  }
}
