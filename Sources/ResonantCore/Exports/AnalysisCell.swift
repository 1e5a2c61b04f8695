// SPDX-License-Identifier: MIT

/// A value in a row of an analysis, which has a row for each conversation.
enum AnalysisCell {
  case missing
  case text(String)
  case count(Int)
  case seed(UInt64)
  case flag(Bool)
  case turns([ClosedRange<Int>])
  case measure(Double)

  static let columns = [
    "id", "path", "index", "model", "condition", "seed", "turns", "label", "period", "onset", "loop",
    "loop_period", "loop_onset", "episodes", "escape", "tail_novelty", "tail_similarity", "length_ratio",
    "duplicate_of",
  ]

  /// The values of the columns. What is measured is missing for a conversation without turns.
  static func row(of conversation: ConversationMeasures, duplicateOf original: String?) -> [AnalysisCell] {
    let source = conversation.source
    let attractor = conversation.attractor
    let loop = attractor?.loop
    return [
      .text(source.id), .text(source.path), .count(source.index), .text(source.model),
      .text(source.condition), source.seed.map(seed) ?? .missing, .count(conversation.turns),
      .init(attractor?.label.rawValue), .init(attractor?.period), .init(attractor?.onset),
      .init(loop?.kind.rawValue), .init(attractor.map { _ in loop?.period ?? 0 }), .init(loop?.onset),
      .turns(conversation.episodes), attractor == nil ? .missing : .flag(conversation.escapes),
      .init(conversation.tailNovelty), .init(conversation.tailSimilarity), .init(conversation.lengthRatio),
      .init(original),
    ]
  }

  private init(_ text: String?) { self = text.map(Self.text) ?? .missing }
  private init(_ count: Int?) { self = count.map(Self.count) ?? .missing }
  private init(_ measure: Double?) { self = measure.map(Self.measure) ?? .missing }

  var json: JSONValue {
    switch self {
    case .missing: .null
    case .text(let text): .string(text)
    case .count(let count): .int(count)
    case .seed(let seed): .number(String(seed))
    case .flag(let flag): .bool(flag)
    case .turns(let ranges): .array(ranges.map { [.int($0.lowerBound), .int($0.upperBound)] })
    case .measure(let value): .double(value)
    }
  }

  /// Measures have 3 decimals, ranges of turns are as in `3-7,9-12`.
  var tsv: String {
    switch self {
    case .missing: ""
    case .text(let text): Self.escaped(text)
    case .count(let count): String(count)
    case .seed(let seed): String(seed)
    case .flag(let flag): flag ? "1" : "0"
    case .turns(let ranges): ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    case .measure(let value): Decimals.text(value, 3)
    }
  }

  static func escaped(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let letter: Unicode.Scalar? =
        switch scalar {
        case "\\": "\\"
        case "\t": "t"
        case "\n": "n"
        case "\r": "r"
        default: nil
        }
      if letter != nil { escaped.append("\\") }
      escaped.append(letter ?? scalar)
    }
    return String(escaped)
  }
}
