// SPDX-License-Identifier: MIT

/// What a rule-based speaker knows: patterns and what to answer them with.
///
/// A pattern is a list of words; `*` stands for any number of words, also none, and `a|b` for either word. In an
/// answer `{1}`, `{2}`, … stand for what the first, second, … `*` matched, seen from the other side.
struct RuleScript: Sendable {
  struct Rule: Sendable {
    /// Rules of higher rank are tried first. Those of `RuleEngine.smallTalk` and below give way to the story.
    var rank: Int
    var pattern: [[String]]
    var answers: [String]
    /// Answers that are given instead in a strong mood.
    var upset: [Mood.Tone: [String]]
    /// The last `*` is a subject to come back to.
    var isRemembered: Bool

    init(
      _ rank: Int, _ pattern: String, _ answers: [String], angry: [String] = [], afraid: [String] = [],
      remember: Bool = false
    ) {
      self.rank = rank
      self.pattern = pattern.split(separator: " ").map { $0.split(separator: "|").map(String.init) }
      self.answers = answers
      upset = [.angry: angry, .afraid: afraid].filter { !$0.value.isEmpty }
      isRemembered = remember
    }
  }

  /// Answers to nothing, or to a greeting at the start.
  var greetings: [String]
  var rules: [Rule]
  /// Answers that come back to something remembered, `{1}`.
  var recollections: [String] = []
  /// What the speaker has to tell by itself, in order.
  var story: [String] = []
  /// Answers that fit everything.
  var fallbacks: [String]
  var temper = Temper()
}

/// What a speaker feels, each from 0 to 10, as far as the conversation has stirred it.
struct Mood: Sendable, Equatable {
  enum Feeling: Sendable { case anger, fear, mistrust }
  enum Tone: Sendable, Hashable { case calm, wary, angry, afraid }

  var anger = 0
  var fear = 0
  var mistrust = 0

  var tone: Tone {
    if anger >= 6, anger >= fear { return .angry }
    if fear >= 6 { return .afraid }
    return mistrust >= 6 ? .wary : .calm
  }
}

/// What stirs a speaker's feelings and what it says when they run high.
struct Temper: Sendable {
  /// Where the feelings begin and what they return to.
  var rest = Mood()
  /// By word: which feeling it moves by how much.
  var stirs: [String: (feeling: Mood.Feeling, amount: Int)] = [:]
  /// Said in a tone when nothing more particular is.
  var outbursts: [Mood.Tone: [String]] = [:]

  /// The mood after hearing messages in order: each one moves it, and between them it calms down.
  func mood(after messages: [[String]]) -> Mood {
    guard !stirs.isEmpty else { return rest }
    return messages.reduce(into: rest) { mood, words in
      mood.anger = calmer(mood.anger, rest.anger)
      mood.fear = calmer(mood.fear, rest.fear)
      mood.mistrust = calmer(mood.mistrust, rest.mistrust)
      for word in Set(words) {
        guard let stir = stirs[word.lowercased()] else { continue }
        switch stir.feeling {
        case .anger: mood.anger = bounded(mood.anger + stir.amount)
        case .fear: mood.fear = bounded(mood.fear + stir.amount)
        case .mistrust: mood.mistrust = bounded(mood.mistrust + stir.amount)
        }
      }
    }
  }

  private func calmer(_ value: Int, _ rest: Int) -> Int { value > rest ? value - 1 : min(rest, value + 1) }
  private func bounded(_ value: Int) -> Int { min(10, max(0, value)) }
}
