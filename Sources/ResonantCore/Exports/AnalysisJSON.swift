// SPDX-License-Identifier: MIT

import OrderedCollections

/// An analysis with all its measures as one JSON object:
///
/// - `thresholds`: values by name
/// - `bootstrap`: `resamples`, `seed`
/// - `conversations`: the columns of `AnalysisTSV` as keys, and an array with a value for each turn of each of
///   `letters`, `novelty`, `zlib_novelty` (null for an empty turn), `similarity` to the turn before
/// - `conditions`: rates and means over their conversations, without duplicates
/// - `differences` of the rates of convergence, a − b
/// - `words`, `emoji`: uses in a transcript, of all conditions (null) and of each
/// - `forks`: whether the state before an injected message persists, and without one
/// - `fork_differences`: how much more often with the message than without
public enum AnalysisJSON {
  public static func document(of analysis: Analysis) -> [UInt8] {
    let thresholds = analysis.settings.thresholds.values
    var bytes = Array("{\"thresholds\":".utf8)
    let append = { (value: JSONValue, bytes: inout [UInt8]) in JSONWriter.append(value, to: &bytes) }
    append(object(thresholds.map { ($0.name, .double($0.value)) }), &bytes)
    bytes += ",\"bootstrap\":".utf8
    append(["resamples": .int(Bootstrap.resamples), "seed": .number(String(Bootstrap.seed))], &bytes)
    bytes += ",\n\"conversations\":[".utf8
    for (index, conversation) in analysis.conversations.enumerated() {
      bytes += (index == 0 ? "\n" : ",\n").utf8
      append(value(conversation, duplicateOf: analysis.duplicateOf[index]), &bytes)
    }
    bytes += "]".utf8
    for (name, values) in parts(of: analysis) {
      bytes += ",\n\"\(name)\":[".utf8
      for (index, value) in values.enumerated() {
        bytes += (index == 0 ? "\n" : ",\n").utf8
        append(value, &bytes)
      }
      bytes += "]".utf8
    }
    return bytes + Array("}\n".utf8)
  }

  /// What the conversations have in common, by name.
  static func parts(of analysis: Analysis) -> KeyValuePairs<String, [JSONValue]> {
    let conditions = analysis.conditions
    return [
      "conditions": conditions.map(value),
      "differences": Analysis.differences(conditions).map(value),
      "words": analysis.words.flatMap { uses($0, named: "word") },
      "emoji": analysis.emoji.flatMap { uses($0, named: "emoji") },
      "forks": analysis.forks.map(value),
      "fork_differences": analysis.forkComparisons.flatMap(values),
    ]
  }

  private static func value(_ conversation: ConversationMeasures, duplicateOf original: String?) -> JSONValue
  {
    let cells = AnalysisCell.row(of: conversation, duplicateOf: original)
    let optional = { (values: [Double?]) in JSONValue.array(values.map { $0.map(JSONValue.double) ?? .null })
    }
    return object(
      zip(AnalysisCell.columns, cells.map(\.json)) + [
        ("letters", .array(conversation.letters.map(JSONValue.int))),
        ("novelty", optional(conversation.novelty)), ("zlib_novelty", optional(conversation.zlibNovelty)),
        ("similarity", optional(conversation.similarity)),
      ])
  }

  private static func value(_ condition: ConditionStatistics) -> JSONValue {
    let share = { (count: Int) in number(condition.share(count)) }
    let labels = AttractorLabel.allCases.map { ($0.rawValue, share(condition.labels[$0] ?? 0)) }
    let periods = condition.periods.sorted { $0.key < $1.key }
    return [
      "condition": .string(condition.condition), "conversations": .int(condition.conversations),
      "duplicates": .int(condition.duplicates),
      "converged": [
        "rate": share(condition.converged), "low": number(condition.interval?.lowerBound),
        "high": number(condition.interval?.upperBound),
      ],
      "onset_median": condition.medianOnset.map(JSONValue.int) ?? .null,
      "periods": object(periods.map { (String($0.key), .int($0.value)) }), "labels": object(labels),
      "loop_share": share(condition.loops), "escape_share": share(condition.escapes),
      "tail_novelty": number(condition.tailNovelty),
      "between_similarity": number(condition.betweenSimilarity),
    ]
  }

  private static func value(_ difference: ConditionDifference) -> JSONValue {
    [
      "a": .string(difference.a), "b": .string(difference.b), "difference": .double(difference.difference),
      "low": .double(difference.interval.lowerBound), "high": .double(difference.interval.upperBound),
    ]
  }

  private static func uses(
    _ group: (condition: String?, uses: [WordStatistics]), named name: String
  ) -> [JSONValue] {
    group.uses.map { use in
      [
        "condition": group.condition.map(JSONValue.string) ?? .null, name: .string(use.text),
        "mean": .double(use.mean), "percent": .double(100 * use.share), "max": .int(use.most),
      ]
    }
  }

  private static func value(_ forks: ForkStatistics) -> JSONValue {
    [
      "condition": .string(forks.condition), "label": .string(forks.label.rawValue),
      "forks": .int(forks.forks),
      "persistence": .array(
        forks.persistence.map {
          ["k": .int($0.after), "n": .int($0.forks), "share": .double($0.share)]
        }),
      "recovered": ["n": .int(forks.left), "share": number(forks.recovered)],
      "arm": .string(forks.arm.rawValue), "trials": .int(forks.trials), "holds": value(forks.holds),
    ]
  }

  private static func value(_ share: ForkShare?) -> JSONValue {
    ["n": .int(share?.forks ?? 0), "share": number(share?.share)]
  }

  private static func values(_ comparison: ForkComparison) -> [JSONValue] {
    comparison.differences.map { difference in
      var moment = JSONValue.null
      if case .after(let turns) = difference.moment { moment = .int(turns) }
      return [
        "condition": .string(comparison.condition), "label": .string(comparison.label.rawValue), "k": moment,
        "trials": .int(difference.trials), "disturbed": value(difference.disturbed),
        "control": value(difference.control), "difference": .double(difference.difference),
        "low": .double(difference.interval.lowerBound), "high": .double(difference.interval.upperBound),
      ]
    }
  }

  private static func number(_ value: Double?) -> JSONValue { value.map(JSONValue.double) ?? .null }

  private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(JSONObject(members, uniquingKeysWith: { $1 }))
  }
}
