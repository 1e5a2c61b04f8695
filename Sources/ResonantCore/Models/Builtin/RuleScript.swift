// SPDX-License-Identifier: MIT

/// The script of a rule-based speaker: patterns and answers to them.
///
/// A pattern is a list of words; `*` stands for any number of words, including none, and `a|b` for either
/// word. In an answer, `{1}`, `{2}`, … stand for what the first, second, … `*` matched, with the pronouns
/// swapped.
struct RuleScript: Sendable {
  struct Rule: Sendable {
    /// Rules of higher rank are tried first. Those of rank `RuleEngine.smallTalk` or lower may give way to
    /// the story.
    var rank: Int
    var pattern: [[String]]
    var answers: [String]
    /// Answers in a strong mood, instead of `answers`.
    var upset: [Mood.Tone: [String]]
    /// The last `*` is a subject to return to later.
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

  /// Answers to no message or to the first one.
  var greetings: [String]
  var rules: [Rule]
  /// Answers that return to a remembered subject, `{1}`.
  var recollections: [String] = []
  /// What the speaker tells unasked, in order.
  var story: [String] = []
  /// Answers that fit any message.
  var fallbacks: [String]
  var temper = Temper()
}

/// A speaker's feelings, each from 0 to 10.
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

/// What changes a speaker's feelings, and what it says when they are strong.
struct Temper: Sendable {
  /// The initial mood, which the feelings return to.
  var rest = Mood()
  /// The feeling that each word changes, and by how much.
  var stirs: [String: (feeling: Mood.Feeling, amount: Int)] = [:]
  /// Answers in a certain tone, for when nothing more specific fits.
  var outbursts: [Mood.Tone: [String]] = [:]

  /// The mood after hearing these messages in order: each changes it, and it calms down by one step between
  /// them.
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
