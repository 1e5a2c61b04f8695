// SPDX-License-Identifier: MIT

/// The rendered form of texts, by text, so that one process renders what is new and equal messages share.
struct FragmentCache: Sendable {
  /// Nil inside for a text that is shown as it is.
  private var fragments: [String: String?] = [:]

  /// The checked HTML of a text; nil when it is shown as it is.
  func html(for text: String) -> String? { fragments[text] ?? nil }

  /// What is to be rendered of these messages and is not yet, each text once.
  func missing(from messages: [String]) -> [String] {
    var seen = Set<String>()
    return messages.flatMap(Self.pieces).filter { fragments[$0] == nil && seen.insert($0).inserted }
  }

  /// Keeps what a renderer made of the texts, as far as it is safe.
  mutating func add(_ rendered: [[UInt8]?], for texts: [String]) {
    for (text, fragment) in zip(texts, rendered) {
      let safe = fragment.flatMap { FragmentCheck.problem(in: $0) == nil ? $0 : nil }
      fragments[text] = .some(safe.map { String(decoding: $0, as: UTF8.self) })
    }
  }

  /// The parts of a message that are rendered, each by itself: what stands outside of thinking spans.
  private static func pieces(_ message: String) -> [String] {
    HTMLMessage.segments(message).compactMap { segment in
      if case .text(let text) = segment { text } else { nil }
    }
  }
}
