// SPDX-License-Identifier: MIT

/// Chooses the next reply of a rule-based speaker. Keeps no state between turns: mood, memory and earlier
/// answers are derived from the messages, and every random choice from the request's seed.
struct RuleEngine {
  /// Rules of this rank and below answer small talk, which a speaker with a story may ignore.
  static let smallTalk = 3
  /// Most words of the other speaker repeated in an answer; more make it hard to read.
  private static let longestEcho = 9
  /// How many messages back an answer counts as already said.
  private static let horizon = 60

  private let script: RuleScript
  private var generator: SplitMix64
  /// The other speakers' messages as clauses, oldest first.
  private let heard: [[[String]]]
  /// All speakers' messages, newest first. Includes the other's, so that two speakers with the same script do
  /// not echo each other.
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

  /// A message without the `[name]: ` prefix that it has if there are more than two speakers.
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

  /// An answer of the script, and its text with the places filled in.
  private struct Answer {
    var template: String
    var text: String
  }

  /// Groups of answers, the most fitting first.
  private mutating func groups(for latest: [[String]]) -> [[Answer]] {
    var sharp: [[Answer]] = []
    var small: [[Answer]] = heard.count == 1 && said.count <= 2 ? [plain(script.greetings)] : []
    for rule in script.rules.sorted(by: { $0.rank > $1.rank }) {
      // Answer the last clause first.
      for clause in latest.reversed().prefix(40) {
        guard let parts = RuleText.match(clause[...], rule.pattern[...]) else { continue }
        let answers = filled(rule.upset[tone] ?? rule.answers, with: parts)
        if rule.rank > Self.smallTalk { sharp.append(answers) } else { small.append(answers) }
      }
    }
    let next = plain(script.story.first { !said.contains($0) }.map { [$0] } ?? [])
    let own = [plain(script.temper.outbursts[tone] ?? []), next, recollections]
    let fallbacks = [plain(script.fallbacks)]
    // A speaker that only reacts soon runs out of answers, so now and then it takes the lead.
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

  /// Answers that return to subjects from the other's earlier messages.
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

  /// A random new answer from the first group that has one; otherwise the answer given longest ago.
  private mutating func choose(from groups: [[Answer]]) -> String {
    for group in groups {
      let fresh = group.filter { age(of: $0) == nil }
      if let answer = fresh.randomElement(using: &generator) { return answer.text }
    }
    let oldest = groups.joined().max { (age(of: $0) ?? .max) < (age(of: $1) ?? .max) }
    return oldest?.text ?? "…"
  }

  /// How many messages ago an answer was given, whatever its places were filled with; nil if never.
  private func age(of answer: Answer) -> Int? {
    said.firstIndex { RuleText.could(answer.template, give: $0) }
  }
}
