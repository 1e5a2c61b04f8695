// SPDX-License-Identifier: MIT

import OrderedCollections

extension BuiltinModel {
  /// Makes the builtin model of a name: `eliza`, `parry`, `echo`, `script:FILE` or `replay:TRANSCRIPT`.
  ///
  /// - Parameters:
  ///   - payload: `chunk_ms` (wait before each chunk) and `chunk_chars` (code points a chunk, by default a word)
  ///     of it are obeyed; the rest is for other models.
  ///   - participant: who is to speak with it; a replay says what the one of that name generated.
  ///   - directory: what a relative file is relative to.
  /// - Throws: what is wrong with the name, the payload or the file, which it names.
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
  /// What a participant generated, without an opening, injected messages and empty turns.
  fileprivate func generated(by name: String, path: String) throws(InvalidValue) -> [String] {
    guard
      header.participants.contains(where: { $0.name == name })
        || turns.contains(where: { $0.speaker == name })
    else {
      let names = header.participants.map(\.name).joined(separator: ", ")
      throw InvalidValue("\(path): no participant is named \(name), only \(names); use one of these names")
    }
    return turns.filter { $0.speaker == name && $0.outcome.isGenerated && !$0.text.isEmpty }.map(\.text)
  }
}
