// SPDX-License-Identifier: MIT

/// Text functions for rule-based speakers.
enum RuleText {
  /// The clauses of a text as lists of words. Case is kept, except that the first word of a clause becomes
  /// lower case unless it is "I".
  static func clauses(_ text: String) -> [[String]] {
    var clauses: [[String]] = [[]]
    var word = ""
    func endWord() {
      guard !word.isEmpty else { return }
      let isFirst = clauses[clauses.count - 1].isEmpty
      let plain = isFirst && !word.hasPrefix("I'") && word != "I" ? word.lowercased() : word
      clauses[clauses.count - 1] += expansions[plain.lowercased()] ?? [plain]
      word = ""
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'", "’": word += "'"
      case ".", "!", "?", ";", ":", ",", "\n", "(", ")", "—":
        endWord()
        if clauses.last?.isEmpty == false { clauses.append([]) }
      case _ where scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-":
        word.unicodeScalars.append(scalar)
      default: endWord()
      }
    }
    endWord()
    return clauses.filter { !$0.isEmpty }.map { Array($0.prefix(longest)) }
  }

  /// Most words of a clause that are looked at, because the time for matching grows with them.
  private static let longest = 48

  private static let expansions: [String: [String]] = [
    "i'm": ["I", "am"], "i've": ["I", "have"], "i'd": ["I", "would"], "i'll": ["I", "will"],
    "you're": ["you", "are"], "you've": ["you", "have"], "you'd": ["you", "would"],
    "you'll": ["you", "will"],
    "it's": ["it", "is"], "that's": ["that", "is"], "there's": ["there", "is"], "what's": ["what", "is"],
    "who's": ["who", "is"], "they're": ["they", "are"], "we're": ["we", "are"], "dont": ["don't"],
  ]

  /// What each `*` of a pattern matched; nil if the pattern does not match. A `*` matches as little as
  /// possible.
  static func match(_ words: ArraySlice<String>, _ pattern: ArraySlice<[String]>) -> [[String]]? {
    guard let first = pattern.first else { return words.isEmpty ? [] : nil }
    if first == ["*"] {
      for length in 0...words.count {
        if let rest = match(words.dropFirst(length), pattern.dropFirst()) {
          return [Array(words.prefix(length))] + rest
        }
      }
      return nil
    }
    guard let word = words.first, first.contains(word.lowercased()) else { return nil }
    return match(words.dropFirst(), pattern.dropFirst())
  }

  /// Swaps first and second person: "my" becomes "your".
  static func reflected(_ words: [String]) -> String {
    var result: [String] = []
    for (index, word) in words.enumerated() {
      let lower = word.lowercased()
      let before = index > 0 ? words[index - 1].lowercased() : ""
      switch lower {
      case "you": result.append(index == 0 || leadsToSubject.contains(before) ? "I" : "me")
      case "are" where before == "you": result.append("am")
      case "were" where before == "you": result.append("was")
      case "am" where before == "i": result.append("are")
      case "was" where before == "i": result.append("were")
      default: result.append(pronouns[lower] ?? word)
      }
    }
    return result.joined(separator: " ")
  }

  private static let pronouns = [
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "your": "my",
    "yours": "mine",
    "yourself": "myself",
  ]

  /// Words after which "you" is the subject.
  private static let leadsToSubject: Set<String> = [
    "that", "what", "how", "if", "when", "because", "why", "where", "and", "or", "but", "think", "say",
    "know",
    "do", "did", "are", "were", "can", "could", "will", "would", "should", "whether", "as", "than",
    "whatever",
    "have", "had", "wish", "believe", "hope",
  ]

  /// Capitalises the first letter.
  static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }

  /// Whether the text can result from filling in the answer's places.
  static func could(_ answer: String, give text: String) -> Bool {
    guard let open = answer.firstIndex(of: "{"), let close = answer.lastIndex(of: "}") else {
      return sentence(answer) == text
    }
    let head = sentence(String(answer[..<open]))
    let tail = answer[answer.index(after: close)...]
    return text.utf8.count > head.utf8.count + tail.utf8.count && text.hasPrefix(head) && text.hasSuffix(tail)
  }
}
