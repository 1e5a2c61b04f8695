// SPDX-License-Identifier: MIT

import OrderedCollections

extension BuiltinModel {
  /// Creates the builtin model with this name: `eliza`, `parry`, `echo`, `script:FILE` or `replay:TRANSCRIPT`.
  ///
  /// - Parameters:
  ///   - payload: `chunk_ms` (delay before each chunk) and `chunk_chars` (code points per chunk; by default a
  ///     chunk is a word) are used; other fields are ignored.
  ///   - participant: the name of the speaker; a replay repeats what the participant of that name generated.
  ///   - directory: the base of relative paths.
  /// - Throws: an error that names the file and says what is wrong with the name, the payload or the file.
  public static func make(
    _ name: String, payload: JSONObject = [:], participant: String, directory: String = "."
  ) throws(InvalidValue) -> BuiltinModel {
    try make(name, payload: payload, directory: directory) { path throws(InvalidValue) in
      let transcript: Transcript
      do throws(RecordError) {
        transcript = try Transcript.read(contentsOf: path).transcript
      } catch {
        throw InvalidValue(error.description)
      }
      return try transcript.generated(by: participant, path: path)
    }
  }
}

extension Transcript {
  /// The replies of a participant's model in order: the introduction, and the turns, also those that only called
  /// tools. Without openings, injected messages and empty turns.
  fileprivate func generated(by name: String, path: String) throws(InvalidValue) -> [ScriptLine] {
    guard
      header.participants.contains(where: { $0.name == name })
        || turns.contains(where: { $0.speaker == name })
    else {
      let names = header.participants.map(\.name).joined(separator: ", ")
      throw InvalidValue("\(path): no participant is named \(name), only \(names); use one of these names")
    }
    let introduction = events.last { $0.kind == "bio" && $0.fields["speaker"]?.string == name }
    let first = introduction?.fields["text"]?.string.map { ScriptLine(text: $0) }
    let said = turns.filter { turn in
      turn.speaker == name && (turn.outcome.isGenerated || turn.outcome == .passed)
        && !(turn.text.isEmpty && turn.toolCalls.isEmpty)
    }
    return (first.map { [$0] } ?? [])
      + said.map { ScriptLine(text: $0.text, thinking: $0.thinking ?? "", calls: $0.toolCalls) }
  }
}
