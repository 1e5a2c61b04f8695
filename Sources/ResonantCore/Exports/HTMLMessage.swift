// SPDX-License-Identifier: MIT

/// A message as HTML.
struct HTMLMessage {
  /// The message with its thinking marked.
  let body: String
  /// The original text for comparison; empty when rendering changes nothing.
  let source: String

  /// The text and its thinking spans, cleaned, without blank lines between them.
  static func segments(_ message: String) -> [ThinkingSpans.Segment] {
    let segments = ThinkingSpans.split(HTMLText.clean(message))
    guard segments.count > 1 else { return segments }
    return segments.compactMap { segment in
      switch segment {
      case .text(let text): trimmed(text).map { .text($0) }
      case .thinking(let text): trimmed(text).map { .thinking($0) }
      }
    }
  }

  init(_ message: String, fragments: FragmentCache) {
    var isChanged = false
    var html = ""
    for segment in Self.segments(message) {
      switch segment {
      case .thinking(let text):
        html += #"<div class="thought"><p class="label">Thinking</p>"# + HTMLText.verbatim(text) + "</div>"
      case .text(let text):
        let fragment = fragments.html(for: text)
        isChanged = isChanged || fragment != nil && fragment != "<p>\(text)</p>"
        html += fragment ?? HTMLText.plain(text)
      }
    }
    body = #"<div class="body" dir="auto" lang="">"# + html + "</div>\n"
    source = isChanged ? Self.source(message) : ""
  }

  static func thinking(_ text: String) -> String {
    """
    <details class="thinking"><summary>Reasoning · \(Wording.count(text.unicodeScalars.count, "char"))</summary>\
    \(HTMLText.verbatim(text))</details>

    """
  }

  private static func source(_ message: String) -> String {
    #"<details class="source"><summary>Source</summary>"# + HTMLText.verbatim(message) + "</details>"
  }

  /// Removes blank lines at the start and white space at the end; nil when nothing is left.
  private static func trimmed(_ text: String) -> String? {
    let bytes = text.utf8
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A }
    guard let ink = bytes.firstIndex(where: { !isSpace($0) }) else { return nil }
    let last = bytes.lastIndex { !isSpace($0) } ?? ink
    let line = bytes[..<ink].lastIndex(of: 0x0A).map { bytes.index(after: $0) } ?? bytes.startIndex
    return String(text[line...last])
  }
}
