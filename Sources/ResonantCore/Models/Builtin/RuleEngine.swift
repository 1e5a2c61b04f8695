// SPDX-License-Identifier: MIT

/// Finds what a rule-based speaker says next. It keeps nothing between turns: mood, memory and what was said
/// before are read from the messages, and every choice comes from the request's seed.
struct RuleEngine {
  /// Rules of this rank and below answer small talk, which a speaker with a story may pass over.
  static let smallTalk = 3
  /// Longer pieces of the other's words make an answer hard to read.
  private static let longestEcho = 9
  /// So many messages back an answer counts as said.
  private static let horizon = 60

  private let script: RuleScript
  private var generator: SplitMix64
  /// The other's messages as clauses, oldest first.
  private let heard: [[[String]]]
  /// What anybody said, newest first: a speaker that hears its own kind must not answer like an echo.
  private let said: [String]
  private let tone: Mood.Tone

  init(script: RuleScript, request: ModelRequest) {
    self.script = script
    generator = SplitMix64(seed: request.seed)
    let messages = request.messages.filter { $0.role != .system }
    heard = messages.filter { $0.role == .user }.map { RuleText.clauses(Self.words($0)) }
    said = messages.suffix(Self.horizon).reversed().map(Self.words)
    tone = script.temper.mood(after: heard.map { $0.flatMap { $0 } }).tone
  }

  /// A message without the `[name]: ` that stands before it where more than two speak.
  private static func words(_ message: Message) -> String {
    let text = message.content.string
    guard message.role == .user, text.hasPrefix("["), let end = text.firstRange(of: "]: ") else {
      return text
    }
    return String(text[end.upperBound...])
  }

  mutating func reply() -> String {
    guard let latest = heard.last, !latest.isEmpty else {
      return choose(from: [plain(script.greetings), plain(script.story), plain(script.fallbacks)])
    }
    return choose(from: groups(for: latest))
  }

  /// An answer of the script, and what it comes to here.
  private struct Answer {
    var template: String
    var text: String
  }

  /// Groups of answers, the most fitting first.
  private mutating func groups(for latest: [[String]]) -> [[Answer]] {
    var sharp: [[Answer]] = []
    var small: [[Answer]] = heard.count == 1 && said.count <= 2 ? [plain(script.greetings)] : []
    for rule in script.rules.sorted(by: { $0.rank > $1.rank }) {
      // What was said last is answered first.
      for clause in latest.reversed().prefix(40) {
        guard let parts = RuleText.match(clause[...], rule.pattern[...]) else { continue }
        let answers = filled(rule.upset[tone] ?? rule.answers, with: parts)
        if rule.rank > Self.smallTalk { sharp.append(answers) } else { small.append(answers) }
      }
    }
    let next = plain(script.story.first { !said.contains($0) }.map { [$0] } ?? [])
    let own = [plain(script.temper.outbursts[tone] ?? []), next, recollections]
    let fallbacks = [plain(script.fallbacks)]
    // A speaker that only ever reacts soon has nothing left: now and then it goes on by itself.
    let leads = heard.count > 1 && generator.next() % (script.story.isEmpty ? 3 : 2) == 0
    return leads ? own + sharp + small + fallbacks : sharp + small + own + fallbacks
  }

  private func plain(_ answers: [String]) -> [Answer] {
    answers.map { Answer(template: $0, text: RuleText.sentence($0)) }
  }

  private func filled(_ answers: [String], with parts: [[String]]) -> [Answer] {
    answers.compactMap { answer in
      var text = answer
      for (index, part) in parts.enumerated() where text.contains("{\(index + 1)}") {
        guard (1...Self.longestEcho).contains(part.count) else { return nil }
        text.replace("{\(index + 1)}", with: RuleText.reflected(part))
      }
      return Answer(template: answer, text: RuleText.sentence(text))
    }
  }

  /// Subjects of the other's earlier messages, brought up again.
  private var recollections: [Answer] {
    let rules = script.rules.filter(\.isRemembered)
    var answers: [Answer] = []
    for clause in heard.dropLast(2).suffix(12).flatMap({ $0 }) {
      for rule in rules {
        guard let subject = RuleText.match(clause[...], rule.pattern[...])?.last else { continue }
        answers += filled(script.recollections, with: [subject])
      }
    }
    return answers
  }

  /// One of the first group in which there is something new; where nothing is, what was said the longest ago.
  private mutating func choose(from groups: [[Answer]]) -> String {
    for group in groups {
      let fresh = group.filter { age(of: $0) == nil }
      if let answer = fresh.randomElement(using: &generator) { return answer.text }
    }
    let oldest = groups.joined().max { (age(of: $0) ?? .max) < (age(of: $1) ?? .max) }
    return oldest?.text ?? "…"
  }

  /// How many messages ago an answer was given, in whatever words it was filled with; nil when never.
  private func age(of answer: Answer) -> Int? {
    said.firstIndex { RuleText.could(answer.template, give: $0) }
  }
}
