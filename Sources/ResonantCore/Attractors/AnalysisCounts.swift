// SPDX-License-Identifier: MIT

/// How many conversations an analysis has, and how many of them need care before anything follows from them.
public struct AnalysisCounts: Sendable {
  /// The duplicates of a condition.
  struct Duplicates: Sendable {
    var condition: String
    var duplicates = 0
    /// With turns, the duplicates among them.
    var conversations = 0
  }

  /// Without the forks, unless there is nothing else.
  public private(set) var conversations = 0
  /// The forks beside them.
  public private(set) var forks = 0
  /// Of both, those that failed, and those that are not over.
  public var failed = 0
  public var unfinished = 0
  /// Those without turns.
  public private(set) var empty = 0
  /// Those whose turns were all given.
  var unanswered = 0
  /// Of the others, those of fewer turns than tell much.
  var brief = 0
  /// By condition, in order of their first conversations; without forks, which often go on as their trial did.
  private(set) var duplicates: [Duplicates] = []

  init(_ conversations: some Sequence<(ConversationMeasures, AnalysisSource?)>, hasForksBeside: Bool) {
    var places: [String: Int] = [:]
    for (conversation, original) in conversations {
      let isBeside = hasForksBeside && conversation.isFork
      add(conversation, isBeside: isBeside)
      guard !isBeside, conversation.turns > 0 else { continue }
      let name = conversation.source.condition
      let place = places[name] ?? duplicates.count
      if place == duplicates.count { duplicates.append(Duplicates(condition: name)) }
      places[name] = place
      duplicates[place].conversations += 1
      if original != nil { duplicates[place].duplicates += 1 }
    }
  }

  private mutating func add(_ conversation: ConversationMeasures, isBeside: Bool) {
    if isBeside { forks += 1 } else { conversations += 1 }
    switch conversation.source.ending {
    case .over: break
    case .unfinished: unfinished += 1
    case .failed: failed += 1
    }
    if conversation.turns == 0 {
      empty += 1
    } else if !conversation.isAnswered {
      unanswered += 1
    } else if conversation.isBrief {
      brief += 1
    }
  }

  /// With the forks.
  var all: Int { conversations + forks }
  public var over: Int { all - failed - unfinished }
}
