// SPDX-License-Identifier: MIT

/// How the form of a conversation in JSON is told by its keys: there is a list, and some message in it has a speaker.
/// What else a message must have shows when the conversation is read, so that what is lacking can be named.
struct JSONForm {
  let format: ForeignFormat
  /// The key of the list of messages.
  let list: String
  /// The key of a message's speaker.
  let speaker: String
  /// What a speaker may be called; nil for anything.
  var names: Set<String>?

  static let openAI = JSONForm(
    format: .openAI, list: "messages", speaker: "role", names: ["user", "assistant", "tool", "function"])

  private static let all = [
    JSONForm(format: .shareGPT, list: "conversations", speaker: "from"), openAI,
    JSONForm(format: .llmConversation, list: "conversation", speaker: "agent"),
  ]

  /// The form of the first of some conversations that has one: another one may be damaged.
  static func format(
    of conversations: some Sequence<Range<Int>>, in bytes: [UInt8], _ request: ForeignFile.Request
  ) -> ForeignFormat? {
    for place in conversations.prefix(mostLooked) {
      guard let object = JSONScanner.parts(of: bytes, in: place) else { continue }
      let end = place.upperBound
      let form = all.first { request.mayBe($0.format) && $0.fits(object, in: bytes, upTo: end, request) }
      if let form { return form.format }
    }
    return nil
  }

  /// How many conversations are looked at, since the first ones may be damaged beyond recognition.
  static let mostLooked = 3

  private func fits(
    _ object: JSONScanner.Parts, in bytes: [UInt8], upTo end: Int, _ request: ForeignFile.Request
  ) -> Bool {
    guard let place = object[list] ?? object.unfinished(list, in: bytes, upTo: end),
      let messages = JSONScanner.parts(of: bytes, in: place), messages.keys.isEmpty
    else { return false }
    if request.isNamed, request.format != nil, !messages.values.isEmpty { return true }
    if fits(messages, in: bytes, upTo: place.upperBound) { return true }
    // A conversation of llm_conversation that ended before its first message has agents alone.
    guard format == .llmConversation, messages.values.isEmpty, let agents = object["agents"],
      let first = JSONScanner.parts(of: bytes, in: agents)?.values.first
    else { return false }
    return JSONScanner.parts(of: bytes, in: first)?.keys.contains("name") == true
  }

  /// Whether some message has a speaker.
  func fits(_ messages: JSONScanner.Parts, in bytes: [UInt8], upTo end: Int) -> Bool {
    let last = messages.cut.map { [$0..<end] } ?? []
    return (messages.values + last).contains { place in
      guard let value = JSONScanner.parts(of: bytes, in: place)?[speaker],
        let name = (try? JSONValue.parse(bytes[value], syntax: .wire))?.string
      else { return false }
      return names?.contains(name) != false
    }
  }
}

extension JSONScanner.Parts {
  /// The value of a key that the text ends in.
  func unfinished(_ key: String, in bytes: [UInt8], upTo end: Int) -> Range<Int>? {
    guard let cut, bytes[cut..<end].starts(with: "\"\(key)\"".utf8),
      let list = bytes[cut..<end].firstIndex(of: ASCII.openBracket)
    else { return nil }
    return list..<end
  }
}
