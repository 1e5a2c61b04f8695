// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Numbers, times and outcomes for people, the same in every export.
enum Wording {
  /// A number with a comma after every three digits.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `1,234 characters`, `1 character`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// `fork 2`, `undisturbed fork 2`.
  static func fork(_ fork: ForkNumber) -> String {
    switch fork.arm {
    case .disturbed: "fork \(fork.number)"
    case .control: "undisturbed fork \(fork.number)"
    }
  }

  /// `850 ms`, `12.3 s`, `4 min 5 s`, `2 h 3 min`.
  static func duration(milliseconds: Int) -> String {
    let seconds = milliseconds / 1000
    switch milliseconds {
    case ..<1000: return "\(milliseconds) ms"
    case ..<60_000: return "\(seconds).\(milliseconds / 100 % 10) s"
    case ..<3_600_000: return "\(seconds / 60) min \(seconds % 60) s"
    default: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
    }
  }

  /// `2026-11-21 03:14`, in UTC.
  static func minute(_ date: Date) -> String {
    String(Timestamp.text(date).prefix(16).replacing("T", with: " "))
  }

  static func tokens(_ usage: Usage) -> String {
    (usage.estimated ? "about " : "") + count(usage.total, "token")
  }

  static func reason(_ reason: StopReason) -> String {
    switch reason {
    case .maxTurns: "turn limit reached"
    case .stopPhrase: "a stop phrase was said"
    case .loop: "settled into a loop"
    case .silence: "only very short turns"
    case .budget: "token budget used up"
    case .exhausted: "script used up"
    case .quit: "quit"
    case .interrupted: "interrupted"
    case .error: "failed"
    }
  }

  /// A remark about a turn, in one sentence.
  struct Note: Equatable {
    var sentence: String
    /// Whether the remark means that a part of the turn is missing.
    var isLoss: Bool
  }

  static func notes(on told: ToldTurn, maxCharacters: Int?) -> [Note] {
    let turn = told.turn
    let limit = count(maxCharacters ?? turn.characters, "character")
    let outcome: Note? =
      switch turn.outcome {
      // The text says that somebody passed.
      case .opening, .finished, .human, .passed: nil
      case .interrupted where told.isInterruptionTold: nil
      case .truncated:
        Note(sentence: "Truncated: the reply went on past the limit of \(limit).", isLoss: true)
      case .interrupted: Note(sentence: "Interrupted: the turn was cut before its end.", isLoss: true)
      case .incomplete: Note(sentence: "Incomplete: the reply broke off on the way.", isLoss: true)
      case .injected:
        Note(sentence: "Injected: given to the conversation, not generated in it.", isLoss: false)
      }
    let heard = Note(
      sentence: "Thinking filtered: the others heard this without its thinking.", isLoss: false)
    return [outcome, turn.heard == nil ? nil : heard].compactMap(\.self)
  }

  /// The title of a conversation: its models, without duplicates; that of a room is its topic.
  static func title(of header: Transcript.Header) -> String {
    if header.mode == .party {
      return "Room: \(headline(of: header.topic ?? "") ?? participants(of: header))"
    }
    var models: [String] = []
    for model in header.participants.filter({ !$0.human }).map(\.model) where !models.contains(model) {
      models.append(model)
    }
    let speakers = header.participants.map(\.name)
    // The model of somebody is not known in files of other tools.
    if models.contains("") { return list(speakers) }
    switch models.count {
    case 0: return list(speakers)
    case 1: return "\(models[0]) in conversation with \(speakers.count > 1 ? "itself" : "nobody")"
    default: return "\(list(models)) in conversation"
    }
  }

  /// The first line of a topic, cut after 120 code points; nil for a blank topic.
  static func headline(of topic: String) -> String? {
    let lines = topic.unicodeScalars.split { $0 == "\n" || $0 == "\r" }
    guard let line = lines.first(where: { !$0.allSatisfy(\.properties.isWhitespace) }) else { return nil }
    let words = line.drop(while: \.properties.isWhitespace)
    return String(String.UnicodeScalarView(words.prefix(120))) + (words.count > 120 ? "…" : "")
  }

  /// `4 models and a person`.
  static func participants(of header: Transcript.Header) -> String {
    let people = header.participants.count(where: \.human)
    let models = header.participants.count - people
    let parts = [
      models == 0 ? nil : count(models, "model"),
      people == 0 ? nil : people == 1 ? "a person" : "\(people) people",
    ]
    return list(parts.compactMap(\.self))
  }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }
}
