// SPDX-License-Identifier: MIT

/// A message of a conversation in another tool's JSON. It has to have the keys of its form: if a text that stands
/// under another key counted as empty, it would be lost without a word.
struct ForeignMessage {
  /// From 1.
  private let number: Int
  private let value: JSONValue

  static func all(_ values: [JSONValue]) -> [ForeignMessage] {
    values.enumerated().map { ForeignMessage(number: $0 + 1, value: $1) }
  }

  subscript(key: String) -> JSONValue? { value[key] }

  /// Who speaks, under this key.
  func speaker(_ key: String) throws(ForeignProblem) -> String {
    guard let speaker = value[key] else { throw lacks(key) }
    guard let name = speaker.string else { throw isNoText(speaker, key) }
    return name
  }

  /// The text under a key, which may be null.
  func text(_ key: String) throws(ForeignProblem) -> String {
    switch value[key] {
    case .string(let text): return text
    case .null: return ""
    case nil: throw lacks(key)
    case let other?: throw isNoText(other, key)
    }
  }

  /// The texts of a key that may also hold a list of parts, of which the texts count.
  func joinedText(_ key: String) throws(ForeignProblem) -> String {
    guard let parts = value[key]?.array else { return try text(key) }
    var joined = ""
    for part in parts {
      if let text = part.string ?? part["text"]?.string {
        joined += text
      } else if part["type"]?.string == "text" {
        throw problem("has a part of its \(key) without text\(Self.keys(of: part))")
      }
    }
    return joined
  }

  private func lacks(_ key: String) -> ForeignProblem {
    if value.object == nil { return problem("is \(value.kind), no object") }
    return problem("has no \(key)\(Self.keys(of: value))")
  }

  private func isNoText(_ other: JSONValue, _ key: String) -> ForeignProblem {
    problem("has a \(key) that is \(other.kind), no text")
  }

  private func problem(_ message: String) -> ForeignProblem { ForeignProblem(message, inMessage: number) }

  /// The most keys that are listed, and the most characters of each.
  private static let most = (keys: 8, characters: 40)

  private static func keys(of value: JSONValue) -> String {
    let keys = value.object?.keys.map(\.self) ?? []
    guard !keys.isEmpty else { return "" }
    let shown = keys.prefix(most.keys).map { key in
      key.count > most.characters ? key.prefix(most.characters) + "…" : key
    }
    return " (keys: \((shown + (keys.count > most.keys ? ["…"] : [])).joined(separator: ", ")))"
  }
}
