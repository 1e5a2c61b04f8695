// SPDX-License-Identifier: MIT

extension Transcript.Event {
  /// The event as a sentence for readers of the conversation; nil for events that only matter when studying
  /// the file (retries, checks, tool calls).
  var sentence: String? {
    func text(_ key: String) -> String? { fields[key]?.string }
    let speaker = text("speaker")
    switch kind {
    case "error":
      let message = text("message") ?? "an error without a message"
      return "Error\(speaker.map { " of \($0)" } ?? ""): \(message)"
    case "note": return text("text")
    case Transcript.resumption:
      let changes = fields["changes"]?.array?.compactMap(\.string) ?? []
      return changes.isEmpty ? nil : "Goes on with changes: \(changes.joined(separator: "; "))."
    case "inject": return fields["n"]?.int.map { "Turn \($0) was injected." }
    case "rewind": return fields["to"]?.int.map { "Rewound to turn \($0)." }
    case "hold": return "Held\(text("reason").map { ": \($0)" } ?? ".")"
    case "words": return fields["limit"]?.int.map { "Word limit: \($0)." } ?? "No word limit any more."
    case "bio": return "\(speaker ?? "Somebody") about themselves: \(text("text") ?? "")"
    case "interrupt":
      guard fields["dropped"]?.bool != true else { return nil }
      return "\(text("by") ?? "Somebody") interrupted \(text("whom") ?? "the speaker")."
    default: return nil
    }
  }
}
