// SPDX-License-Identifier: MIT

/// Suggests the known word that a misspelt one probably stands for.
public enum Suggestion {
  /// `; did you mean …?`: the only candidate that begins with the word, else the nearest; nothing when none is near.
  public static func text(for word: String, among candidates: some Sequence<String>) -> String {
    let candidates = Array(candidates)
    let longer = candidates.filter { $0.hasPrefix(word) && word.count > 2 }
    if longer.count == 1 { return "; did you mean \(longer[0])?" }
    let near = candidates.map { (distance: distance(word, $0), word: $0) }
      .filter { $0.distance <= max(1, ($0.word.utf8.count + 1) / 3) }
      .min { $0.distance < $1.distance }
    return near.map { "; did you mean \($0.word)?" } ?? ""
  }

  /// The Levenshtein distance in bytes; exchanging dash and underscore costs nothing.
  private static func distance(_ left: String, _ right: String) -> Int {
    let left = left.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
    let right = Array(right.utf8)
    guard left.count <= 64 else { return .max }
    var row = Array(0...right.count)
    for (i, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let substituted = diagonal + (byte == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }
}
