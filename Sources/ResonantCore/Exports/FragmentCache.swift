// SPDX-License-Identifier: MIT

/// Rendered HTML by text, so that a process renders only new texts, and equal messages once.
struct FragmentCache: Sendable {
  /// The inner value is nil for a text that is shown as plain text.
  private var fragments: [String: String?] = [:]

  /// The checked HTML of a text; nil when it is shown as plain text.
  func html(for text: String) -> String? { fragments[text] ?? nil }

  /// The texts in these messages that have not been rendered yet, without duplicates.
  func missing(from messages: [String]) -> [String] {
    var seen = Set<String>()
    return messages.flatMap(Self.pieces).filter { fragments[$0] == nil && seen.insert($0).inserted }
  }

  /// Stores the rendered texts. Unsafe fragments are replaced by nil.
  mutating func add(_ rendered: [[UInt8]?], for texts: [String]) {
    for (text, fragment) in zip(texts, rendered) {
      let safe = fragment.flatMap { FragmentCheck.problem(in: $0) == nil ? $0 : nil }
      fragments[text] = .some(safe.map { String(decoding: $0, as: UTF8.self) })
    }
  }

  /// The parts of a message that are rendered separately: everything outside thinking spans.
  private static func pieces(_ message: String) -> [String] {
    HTMLMessage.segments(message).compactMap { segment in
      if case .text(let text) = segment { text } else { nil }
    }
  }
}
