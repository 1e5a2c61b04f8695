// SPDX-License-Identifier: MIT

/// One row for each conversation of an analysis, with tabs between the columns, for other programs. Missing
/// values are empty; a backslash, tab, line feed and carriage return are escaped by a backslash.
public enum AnalysisTSV {
  public static func document(of analysis: Analysis) -> [UInt8] {
    var bytes = Array(AnalysisCell.columns.joined(separator: "\t").utf8) + [0x0A]
    for (conversation, original) in zip(analysis.conversations, analysis.duplicateOf) {
      let row = AnalysisCell.row(of: conversation, duplicateOf: original)
      bytes += row.map(\.tsv).joined(separator: "\t").utf8
      bytes.append(0x0A)
    }
    return bytes
  }
}
