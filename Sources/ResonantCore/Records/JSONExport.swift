// SPDX-License-Identifier: MIT

/// A transcript as one JSON object for people and other programs: `header`, `preambles`, `turns`, `events`
/// and `end` (null if missing), with the fields of the transcript's file. An event has the additional field
/// `after`, the number of the turn that it followed.
public enum JSONExport {
  public static func document(of transcript: Transcript) -> [UInt8] {
    let value: JSONValue = .object([
      // `format` and `version` describe the transcript's file, not this export.
      "header": fields(of: .header(transcript.header), without: ["format", "version"]),
      "preambles": .array(transcript.preambles.map { fields(of: .preamble($0)) }),
      "turns": .array(transcript.turns.map { fields(of: .turn($0)) }),
      "events": .array(transcript.events.map { fields(of: .event($0), and: ["after": .int($0.after)]) }),
      "end": transcript.end.map { fields(of: .end($0)) } ?? .null,
    ])
    var bytes: [UInt8] = []
    append(value, indent: 0, to: &bytes)
    bytes.append(0x0A)
    return bytes
  }

  /// The fields of a record without `type`, which its place in the document tells.
  private static func fields(
    of record: Record, without keys: Set<String> = [], and more: JSONObject = [:]
  ) -> JSONValue {
    let fields = (record.json.object ?? [:]).filter { $0.key != "type" && !keys.contains($0.key) }
    return .object(fields.merging(more) { own, _ in own })
  }

  /// Indents by two spaces per level. Empty objects and lists, and all scalars, take one line.
  private static func append(_ value: JSONValue, indent: Int, to bytes: inout [UInt8]) {
    func newline(_ depth: Int) { bytes += [0x0A] + [UInt8](repeating: 0x20, count: 2 * depth) }
    switch value {
    case .object(let members) where !members.isEmpty:
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        newline(indent + 1)
        JSONWriter.append(member.key, to: &bytes)
        bytes += ": ".utf8
        append(member.value, indent: indent + 1, to: &bytes)
      }
      newline(indent)
      bytes.append(UInt8(ascii: "}"))
    case .array(let items) where !items.isEmpty:
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        newline(indent + 1)
        append(item, indent: indent + 1, to: &bytes)
      }
      newline(indent)
      bytes.append(UInt8(ascii: "]"))
    default: JSONWriter.append(value, to: &bytes)
    }
  }
}
