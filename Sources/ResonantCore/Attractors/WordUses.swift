// SPDX-License-Identifier: MIT

/// How often a conversation uses the words of a list, and emoji.
struct WordUses: Sendable {
  /// One count for each word of the list.
  private(set) var words: [Int]
  private(set) var emoji: [Character: Int] = [:]

  init(_ texts: [String], _ list: WordList) {
    words = [Int](repeating: 0, count: list.words.count)
    for text in texts {
      list.count(in: text, into: &words)
      for emoji in Emoji.all(in: text) { self.emoji[emoji, default: 0] += 1 }
    }
  }
}

enum Emoji {
  /// The emoji of a text: graphemes that begin with a scalar that is shown as an emoji by default, or with one
  /// that can be and that U+FE0F asks for.
  static func all(in text: String) -> [Character] {
    var found: [Character] = []
    // Finding graphemes is slow, so only parts with an emoji are searched. No emoji reaches beyond a space.
    let scalars = text.unicodeScalars
    var start = scalars.startIndex
    var hasHint = false
    for index in scalars.indices {
      let scalar = scalars[index]
      if scalar == " " {
        if hasHint { found += text[start..<index].filter(isEmoji) }
        (start, hasHint) = (index, false)
      } else if scalar.value >= 0x2000, scalar.value == 0xFE0F || scalar.properties.isEmojiPresentation {
        hasHint = true
      }
    }
    return hasHint ? found + text[start...].filter(isEmoji) : found
  }

  private static func isEmoji(_ character: Character) -> Bool {
    guard let first = character.unicodeScalars.first?.properties else { return false }
    return first.isEmojiPresentation || first.isEmoji && character.unicodeScalars.contains("\u{FE0F}")
  }
}

/// How often a word or an emoji is used in a group of conversations, in the shape of tables 5.5.1.A and B of
/// the system card of Claude 4 (2025).
public struct WordStatistics: Sendable, Equatable {
  public var text: String
  /// Uses in a conversation on average.
  public var mean: Double
  /// The share of conversations with any.
  public var share: Double
  /// The most in one conversation.
  public var most: Int

  init?(_ text: String, counts: [Int]) {
    guard !counts.isEmpty else { return nil }
    self.text = text
    mean = Double(counts.reduce(0, +)) / Double(counts.count)
    share = Double(counts.count { $0 > 0 }) / Double(counts.count)
    most = counts.max() ?? 0
  }
}
