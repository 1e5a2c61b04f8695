// SPDX-License-Identifier: MIT

import OrderedCollections

/// Everything that an analysis has, as tables for statistics programs: one TSV document for each kind of row, written
/// like `AnalysisTSV`.
///
/// - `conversations`: what `AnalysisTSV` writes
/// - `turns`: the measures of each turn, by the conversation's `id`
/// - `conditions`, `differences`, `words`, `emoji`, `forks`, `fork_differences`: the parts of `AnalysisJSON`; the keys of an object in a row
///   become columns, as in `converged_low`
/// - `persistence`: for the forks of a condition, label and arm, the `share` of the `n` long enough that are in the state `k`
///   turns after the injected one
/// - `thresholds`
public enum AnalysisTSVTables {
  /// The columns of tables that may have no rows.
  private static let columns: [String: OrderedSet<String>] = [
    "turns": ["id", "turn", "letters", "novelty", "similarity", "zlib_novelty"],
    "differences": ["a", "b", "difference", "low", "high"],
    "words": ["condition", "word", "mean", "percent", "max"],
    "emoji": ["condition", "emoji", "mean", "percent", "max"],
    "forks": [
      "condition", "label", "forks", "recovered_n", "recovered_share", "arm", "trials", "holds_n",
      "holds_share",
    ],
    "persistence": ["condition", "label", "k", "n", "share", "arm"],
    "fork_differences": [
      "condition", "label", "k", "trials", "disturbed_n", "disturbed_share", "control_n", "control_share",
      "difference", "low", "high",
    ],
  ]

  /// The documents by name, each even without rows, so that none of an earlier analysis stays.
  public static func documents(of analysis: Analysis) -> [(name: String, bytes: [UInt8])] {
    var tables: OrderedDictionary<String, [JSONObject]> = ["turns": analysis.conversations.flatMap(turns)]
    for (name, values) in AnalysisJSON.parts(of: analysis) {
      let rows = values.compactMap(\.object)
      tables[name] = rows.map(flat)
      if name == "forks" { tables["persistence"] = rows.flatMap(persistence) }
    }
    tables["thresholds"] = analysis.settings.thresholds.values.map {
      ["name": .string($0.name), "value": .double($0.value)]
    }
    return [("conversations", AnalysisTSV.document(of: analysis))]
      + tables.map { ($0.key, document(of: $0.value, columns: columns[$0.key] ?? [])) }
  }

  private static func turns(of conversation: ConversationMeasures) -> [JSONObject] {
    conversation.letters.indices.map { turn in
      var row: JSONObject = [
        "id": .string(conversation.source.id), "turn": .int(turn + 1),
        "letters": .int(conversation.letters[turn]), "novelty": .double(conversation.novelty[turn]),
        "similarity": conversation.similarity[turn].map(JSONValue.double) ?? .null,
      ]
      if conversation.zlibNovelty.indices.contains(turn) {
        row["zlib_novelty"] = conversation.zlibNovelty[turn].map(JSONValue.double) ?? .null
      }
      return row
    }
  }

  /// The values of a row and of the objects in it; lists have tables of their own.
  private static func flat(_ row: JSONObject) -> JSONObject {
    row.reduce(into: [:]) { columns, member in
      switch member.value {
      case .object(let members):
        for (key, value) in flat(members) { columns["\(member.key)_\(key)"] = value }
      case .array: break
      default: columns[member.key] = member.value
      }
    }
  }

  private static func persistence(of forks: JSONObject) -> [JSONObject] {
    let steps = forks["persistence"]?.array?.compactMap(\.object) ?? []
    return steps.map { step in
      var row = forks.filter { ["condition", "label", "arm"].contains($0.key) }
      row.merge(step) { own, _ in own }
      return row
    }
  }

  /// - Parameter columns: those that are there even without rows.
  private static func document(of rows: [JSONObject], columns: OrderedSet<String>) -> [UInt8] {
    var columns = columns
    for row in rows { columns.formUnion(row.keys) }
    var bytes = Array(columns.joined(separator: "\t").utf8) + [0x0A]
    for row in rows {
      bytes += columns.map { cell(row[$0] ?? .null) }.joined(separator: "\t").utf8
      bytes.append(0x0A)
    }
    return bytes
  }

  private static func cell(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .string(let text): AnalysisCell.escaped(text)
    default: value.jsonText
    }
  }
}
