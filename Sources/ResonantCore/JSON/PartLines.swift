// SPDX-License-Identifier: MIT

/// The lines of the parts of a text, from 1, by key path such as `matrix.max_turns[1]`. Parts with long paths,
/// and parts beyond the memory limit, have no line.
struct PartLines {
  private(set) var lines: [String: Int] = [:]
  /// The memory that `lines` may still take, in bytes.
  private var room = 64 << 20

  /// The longest path whose line is kept, in bytes.
  static let longestPath = 4 << 10

  /// The path of a part; nil if its line is not kept, and then those of its own parts are not kept either.
  func path(_ outer: String?, _ part: String) -> String? {
    guard let outer, room > 0, outer.utf8.count + part.utf8.count <= Self.longestPath else { return nil }
    return outer + part
  }

  /// The path of a member of an object.
  func path(_ outer: String?, key: String) -> String? { path(outer, outer == "" ? key : "." + key) }

  /// Notes the line of a part, instead of an earlier one.
  mutating func keep(_ line: Int, at path: String?) {
    guard let path else { return }
    // Counts the overhead of a string and a dictionary entry as 64 bytes.
    if lines.updateValue(line, forKey: path) == nil { room -= path.utf8.count + 64 }
  }

  /// Notes the line of a part that has none yet.
  mutating func keepFirst(_ line: Int, at path: String?) {
    if let path, lines[path] == nil { keep(line, at: path) }
  }
}
