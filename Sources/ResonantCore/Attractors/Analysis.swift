// SPDX-License-Identifier: MIT

/// The conversations of a study and what they have in common.
public struct Analysis: Sendable {
  public let settings: AnalysisSettings
  /// By path (bytes) and index.
  public let conversations: [ConversationMeasures]
  /// For each conversation, the id of the earlier one with the same texts, if there is one.
  public let duplicateOf: [String?]
  /// For each conversation, the earlier one with the same texts, if there is one.
  private let originals: [AnalysisSource?]
  /// The files that hold several conversations.
  private let crowded: Set<String>
  /// Of the statistics: with turns, and no duplicates.
  private let counted: [ConversationMeasures]
  /// Of the statistics of forks, those whose state can be told.
  private let courses: [(condition: String, course: ForkCourse)]
  /// The number of duplicates that count in the statistics of forks.
  public let comparedDuplicates: Int

  /// The most conditions that are compared in pairs.
  public static let mostCompared = 12
  private static let emojiCount = 10

  public init(_ conversations: [ConversationMeasures], _ settings: AnalysisSettings) {
    self.settings = settings
    let sorted = conversations.sorted { $0.source.precedes($1.source) }
    var known: [Fingerprint: AnalysisSource] = [:]
    let originals: [AnalysisSource?] = sorted.map { conversation in
      guard conversation.turns > 0 else { return nil }
      if let original = known[conversation.fingerprint] { return original }
      known[conversation.fingerprint] = conversation.source
      return nil
    }
    self.conversations = sorted
    crowded = Set(sorted.filter { $0.source.index > 0 }.map(\.source.path))
    self.originals = originals
    duplicateOf = originals.map { $0?.id }
    counted = zip(sorted, originals).compactMap { $0.turns > 0 && $1 == nil ? $0 : nil }
    let courses = Self.courses(zip(sorted, originals))
    self.courses = courses.map { ($0.condition, $0.course) }
    comparedDuplicates = courses.count(where: \.isDuplicate)
  }

  /// The forks, without duplicates. Where some went on undisturbed, a fork that goes on word for word as its trial
  /// did, or another fork of that, is none, unless it is a copy of the file: staying in a state may be just that.
  private static func courses(
    _ conversations: Zip2Sequence<[ConversationMeasures], [AnalysisSource?]>
  ) -> [(condition: String, course: ForkCourse, isDuplicate: Bool)] {
    let compared = Set(
      conversations.compactMap { $0.0.source.fork }.filter { $0.arm == .control }.map(\.base))
    var known: Set<String> = []
    return conversations.compactMap { conversation, original in
      guard let course = conversation.fork else { return nil }
      let isNew = known.insert(conversation.source.id).inserted
      if let original {
        let trial = course.fork.parent.id
        let isOfSameTrial = original.id == trial || original.fork?.parent.id == trial
        guard isNew, isOfSameTrial, compared.contains(course.fork.base) else { return nil }
      }
      return (conversation.source.condition, course, original != nil)
    }
  }

  /// The conversations in the order of lists for people, each with the earlier one with the same texts.
  public var listed: [(conversation: ConversationMeasures, original: AnalysisSource?)] {
    zip(conversations, originals).map { ($0, $1) }.sorted { one, other in
      let (source, next) = (one.conversation.source, other.conversation.source)
      return source.path == next.path
        ? source.index < next.index : NaturalOrder.precedes(source.path, next.path)
    }
  }

  /// The conditions in the order of lists for people.
  public var listedConditions: [ConditionStatistics] {
    conditions.sorted { NaturalOrder.precedes($0.condition, $1.condition) }
  }

  /// The number of conversations without turns.
  public var empty: Int { conversations.count { $0.turns == 0 } }

  /// The number of duplicates.
  public var duplicates: Int { duplicateOf.count { $0 != nil } }

  /// The file of a conversation, and which one of it if it holds several.
  public func place(of source: AnalysisSource) -> String {
    crowded.contains(source.path) ? "\(source.path)#\(source.index)" : source.path
  }

  /// How many conversations there are, and how many of them need care.
  public var counts: AnalysisCounts {
    AnalysisCounts(zip(conversations, originals), hasForksBeside: forksBeside > 0)
  }

  /// All conversations as one condition, without the forks: those share turns with each other, and were chosen or
  /// disturbed. If there is nothing but forks, all of them.
  public var whole: ConditionStatistics {
    ConditionStatistics(
      "", forkCount < counted.count ? counted.filter { !$0.isFork } : counted, duplicates: duplicates)
  }

  /// The number of forks, of those that count.
  private var forkCount: Int { counted.count(where: \.isFork) }

  /// The number of forks that are not in the whole.
  public var forksBeside: Int { forkCount < counted.count ? forkCount : 0 }

  /// Of these, those that went on undisturbed.
  public var controlsBeside: Int {
    forksBeside > 0 ? counted.count { $0.source.fork?.arm == .control } : 0
  }

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

  /// By condition, label and arm.
  public var forks: [ForkStatistics] {
    Self.byCondition(courses) { condition, label, courses in
      ForkStatistics.byArm(condition: condition, label: label, courses)
    }
  }

  /// By the condition of the conversations that were forked, and label.
  public var forkComparisons: [ForkComparison] {
    Self.byCondition(courses.map { ($0.course.fork.base, $0.course) }) { condition, label, courses in
      [ForkComparison(condition: condition, label: label, courses)]
    }
  }

  private static func byCondition<Result>(
    _ courses: [(condition: String, course: ForkCourse)],
    _ results: (String, AttractorLabel, [ForkCourse]) -> [Result]
  ) -> [Result] {
    let groups = Dictionary(grouping: courses, by: \.condition)
    return groups.keys.sorted(by: bytes).flatMap { condition in
      let labels = Dictionary(grouping: (groups[condition] ?? []).map(\.course), by: \.label)
      return AttractorLabel.allCases.flatMap { label in
        labels[label].map { results(condition, label, $0) } ?? []
      }
    }
  }

  /// All forks; nil without any that tell anything.
  public var forkOverview: ForkOverview? { ForkOverview(courses.map(\.course)) }

  /// The conditions that are compared with each other where people read it: those of forks are not like those of
  /// conversations, of which they are forks; and a rate of very few tells nothing.
  public func comparable(_ conditions: [ConditionStatistics]) -> [ConditionStatistics] {
    unforked(conditions).filter { $0.conversations >= ConditionStatistics.fewestCompared }
  }

  /// The conditions that are not compared because they have so few conversations, if there are others.
  func tooSmall(_ conditions: [ConditionStatistics]) -> [ConditionStatistics] {
    let all = unforked(conditions)
    return all.count < 2 ? [] : all.filter { $0.conversations < ConditionStatistics.fewestCompared }
  }

  private func unforked(_ conditions: [ConditionStatistics]) -> [ConditionStatistics] {
    forksBeside > 0 ? conditions.filter { !$0.holdsForksAlone } : conditions
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
