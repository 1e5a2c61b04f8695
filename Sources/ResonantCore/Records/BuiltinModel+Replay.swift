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
  /// The texts that a participant generated, without openings, injected messages and empty turns.
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
