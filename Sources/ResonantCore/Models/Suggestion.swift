// SPDX-License-Identifier: MIT

/// Suggests the known word that a misspelt one probably stands for.
public enum Suggestion {
  /// `; did you mean …?`: the only candidate that begins with the word, else the nearest, else the only one that the
  /// word abbreviates, as `md` does `markdown`; nothing when there is none.
  public static func text(for word: String, among candidates: some Sequence<String>) -> String {
    let candidates = Array(candidates)
    let longer = candidates.filter { $0.hasPrefix(word) && word.count > 2 }
    if longer.count == 1 { return "; did you mean \(longer[0])?" }
    let near = candidates.map { (distance: distance(word, $0), word: $0) }
      .filter { $0.distance <= max(1, ($0.word.utf8.count + 1) / 3) }
      .min { $0.distance < $1.distance }
    let shortened = candidates.filter { abbreviates(word, $0) }
    let found = near?.word ?? (shortened.count == 1 ? shortened[0] : nil)
    return found.map { "; did you mean \($0)?" } ?? ""
  }

  /// Whether the candidate has the word's letters in order, with the same first one.
  private static func abbreviates(_ word: String, _ candidate: String) -> Bool {
    guard word.utf8.count > 1, word.utf8.first == candidate.utf8.first else { return false }
    var rest = word.utf8[...]
    for byte in candidate.utf8 where byte == rest.first { rest = rest.dropFirst() }
    return rest.isEmpty
  }

  /// The Levenshtein distance in bytes; exchanging dash and underscore costs nothing.
  private static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (plain(left), plain(right))
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

  private static func plain(_ text: String) -> [UInt8] {
    text.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
  }
}
