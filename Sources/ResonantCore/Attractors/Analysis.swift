// SPDX-License-Identifier: MIT

/// The conversations of a study and what they have in common.
public struct Analysis: Sendable {
  public let settings: AnalysisSettings
  /// By path (bytes) and index.
  public let conversations: [ConversationMeasures]
  /// For each conversation, the id of the earlier one with the same texts, if there is one.
  public let duplicateOf: [String?]
  /// Of the statistics: with turns, and no duplicates.
  private let counted: [ConversationMeasures]

  /// The most conditions that are compared in pairs.
  public static let mostCompared = 12
  private static let emojiCount = 10

  public init(_ conversations: [ConversationMeasures], _ settings: AnalysisSettings) {
    self.settings = settings
    let sorted = conversations.sorted { $0.source.precedes($1.source) }
    var originals: [Fingerprint: String] = [:]
    let duplicateOf: [String?] = sorted.map { conversation in
      guard conversation.turns > 0 else { return nil }
      if let original = originals[conversation.fingerprint] { return original }
      originals[conversation.fingerprint] = conversation.source.id
      return nil
    }
    self.conversations = sorted
    self.duplicateOf = duplicateOf
    counted = zip(sorted, duplicateOf).compactMap { $0.turns > 0 && $1 == nil ? $0 : nil }
  }

  /// The number of conversations without turns.
  public var empty: Int { conversations.count { $0.turns == 0 } }

  /// The number of duplicates.
  public var duplicates: Int { duplicateOf.count { $0 != nil } }

  /// All conversations as one condition, without the forks: those share turns with each other, and have been
  /// disturbed. If there is nothing but forks, all of them.
  public var whole: ConditionStatistics {
    ConditionStatistics(
      "", forkCount < counted.count ? counted.filter { !$0.isFork } : counted, duplicates: duplicates)
  }

  /// The number of forks with an injected message, of those that count.
  private var forkCount: Int { counted.count(where: \.isFork) }

  /// The number of forks that are not in the whole.
  public var forksBeside: Int { forkCount < counted.count ? forkCount : 0 }

  /// By name (bytes).
  public var conditions: [ConditionStatistics] {
    var duplicates: [String: Int] = [:]
    var members: [String: [ConversationMeasures]] = [:]
    for (conversation, original) in zip(conversations, duplicateOf) {
      let name = conversation.source.condition
      if original != nil { duplicates[name, default: 0] += 1 }
      let isCounted = original == nil && conversation.turns > 0
      members[name, default: []] += isCounted ? [conversation] : []
    }
    return members.keys.sorted(by: Self.bytes).map { name in
      ConditionStatistics(name, members[name] ?? [], duplicates: duplicates[name] ?? 0)
    }
  }

  /// The differences of the pairs of the first conditions that have conversations.
  public static func differences(_ conditions: [ConditionStatistics]) -> [ConditionDifference] {
    let compared = conditions.filter { $0.conversations > 0 }.prefix(mostCompared)
    return compared.indices.flatMap { index in
      compared[(index + 1)...].map { ConditionDifference(compared[index], $0) }
    }
  }

  /// The uses of each word, of all conversations (condition nil) and of each condition.
  public var words: [(condition: String?, uses: [WordStatistics])] {
    groups.map { condition, members in
      let words = settings.words.words
      return (
        condition,
        words.indices.compactMap { word in
          WordStatistics(words[word], counts: members.map { $0.uses.words[word] })
        }
      )
    }
  }

  /// The uses of the most used emoji, of all conversations (condition nil) and of each condition.
  public var emoji: [(condition: String?, uses: [WordStatistics])] {
    var totals: [Character: Int] = [:]
    for conversation in counted { totals.merge(conversation.uses.emoji, uniquingKeysWith: +) }
    let most = totals.sorted { one, other in
      if one.value != other.value { return one.value > other.value }
      return one.key.unicodeScalars.lexicographicallyPrecedes(other.key.unicodeScalars)
    }.prefix(Self.emojiCount).map(\.key)
    return groups.map { condition, members in
      (
        condition,
        most.compactMap { emoji in
          WordStatistics(String(emoji), counts: members.map { $0.uses.emoji[emoji] ?? 0 })
        }
      )
    }
  }

  /// By condition and label.
  public var forks: [ForkStatistics] {
    groups.dropFirst().flatMap { condition, members in
      let courses = Dictionary(grouping: members.compactMap(\.fork), by: \.label)
      return AttractorLabel.allCases.compactMap { label in
        courses[label].map { ForkStatistics(condition: condition ?? "", label: label, $0) }
      }
    }
  }

  /// All conversations of the statistics, then those of each condition.
  var groups: [(condition: String?, members: [ConversationMeasures])] {
    let members = Dictionary(grouping: counted, by: \.source.condition)
    return [(nil, counted)] + members.keys.sorted(by: Self.bytes).map { ($0, members[$0] ?? []) }
  }

  private static func bytes(_ one: String, _ other: String) -> Bool {
    one.utf8.lexicographicallyPrecedes(other.utf8)
  }
}

extension AnalysisSource {
  fileprivate func precedes(_ other: AnalysisSource) -> Bool {
    path == other.path ? index < other.index : path.utf8.lexicographicallyPrecedes(other.path.utf8)
  }
}
