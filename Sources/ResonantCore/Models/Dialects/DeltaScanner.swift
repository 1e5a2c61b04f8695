// SPDX-License-Identifier: MIT

/// Finds the text and reasoning of a usual stream event in its bytes, without building a JSON value.
///
/// Accepts the three shapes of a delta. Everything else (the model's name, finish reasons, token counts, tool
/// calls, errors, invalid JSON) is left to `ReplyEvent`. The scanner must read accepted events exactly as
/// `JSONParser` and `ReplyEvent` would, except for the model's name, which the caller must already know.
struct DeltaScanner {
  /// The content of a string literal in the scanned bytes.
  struct Piece: Equatable {
    var place: Range<Int>
    var hasEscapes: Bool
  }

  struct Delta: Equatable {
    /// The index of the choice; nil if there is none.
    var choice: Int?
    var text: Piece?
    var thinking: Piece?
  }

  /// Buffer for unescaped text, reused for each piece.
  private var buffer: [UInt8] = []

  /// The delta in the bytes; nil if `ReplyEvent` must read them.
  static func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> Delta? {
    var walk = DeltaWalk(bytes)
    return walk.event() ? walk.delta : nil
  }

  /// Appends the text of a piece as valid UTF-8.
  mutating func append(
    _ piece: Piece, of bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8],
    joining joiner: inout SurrogateJoiner
  ) {
    let raw = UnsafeBufferPointer(rebasing: bytes[piece.place])
    guard piece.hasEscapes || joiner.isWaiting else {
      text += String(decoding: raw, as: UTF8.self).utf8
      return
    }
    buffer.removeAll(keepingCapacity: true)
    var index = 0
    while index < raw.count {
      if raw[index] == ASCII.backslash,
        JSONEscape.append(from: raw, at: &index, to: &buffer, keepsHalves: true)
      {
        continue
      }
      buffer.append(raw[index])
      index += 1
    }
    joiner.append(String(decoding: buffer, as: UTF8.self).utf8, to: &text)
  }
}

/// One pass over the bytes of an event.
private struct DeltaWalk {
  private var cursor: JSONCursor
  var delta = DeltaScanner.Delta()

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    cursor = JSONCursor(bytes)
  }

  /// Keys with a meaning, used as the set of those seen so far. Each may occur once.
  private struct Keys: OptionSet {
    let rawValue: UInt16
    static let choices = Keys(rawValue: 1), delta = Keys(rawValue: 2), message = Keys(rawValue: 4)
    static let type = Keys(rawValue: 8), done = Keys(rawValue: 16), index = Keys(rawValue: 32)
    static let text = Keys(rawValue: 64), thinking = Keys(rawValue: 128), finish = Keys(rawValue: 256)

    /// Returns false if the key was already there.
    mutating func note(_ key: Keys) -> Bool { insert(key).inserted }
  }

  /// Keys that are left to `ReplyEvent`. They are accepted anywhere if their value is null.
  private static let others: [StaticString] = [
    "error", "msg", "usage", "x_groq", "refusal", "tool_calls", "function_call", "reasoning_details",
    "reasoning_text", "thinking_blocks",
  ]

  /// Skips the value of any other key; returns false if `ReplyEvent` must read it.
  private mutating func skip(_ key: Range<Int>) -> Bool {
    for other in Self.others where cursor.matches(key, other) { return cursor.literal("null") }
    return cursor.skipValue()
  }

  /// Reads a whole event; returns true if it is a usual one.
  mutating func event() -> Bool {
    var seen = Keys()
    guard cursor.take(ASCII.openBrace) else { return false }
    var isFirst = true
    while let key = cursor.key(isFirst: isFirst) {
      isFirst = false
      guard member(key, &seen) else { return false }
    }
    guard cursor.closeObject(), cursor.isAtEnd else { return false }
    let shape = seen.intersection([.choices, .delta, .message])
    return shape == .choices && !seen.contains(.type) || shape == .delta && seen.contains(.type)
      || shape == .message && seen.contains(.done) && !seen.contains(.type)
  }

  private mutating func member(_ key: Range<Int>, _ seen: inout Keys) -> Bool {
    if cursor.matches(key, "choices") { return seen.note(.choices) && choices() }
    if cursor.matches(key, "delta") { return seen.note(.delta) && anthropicDelta() }
    if cursor.matches(key, "message") { return seen.note(.message) && message(isOllama: true) }
    if cursor.matches(key, "type") { return seen.note(.type) && cursor.string("content_block_delta") }
    if cursor.matches(key, "done") { return seen.note(.done) && cursor.literal("false") }
    if cursor.matches(key, "content") { return false }
    if cursor.matches(key, "object") { return kind() }
    return skip(key)
  }

  /// The value of `object`, which vLLM sets to `error` for errors.
  private mutating func kind() -> Bool {
    guard let kind = cursor.string() else { return false }
    return !kind.hasEscapes && !cursor.matches(kind.place, "error")
  }

  /// Accepts exactly one choice; `ReplyEvent` chooses between several.
  private mutating func choices() -> Bool {
    cursor.take(ASCII.openBracket) && choice() && cursor.take(ASCII.closeBracket)
  }

  private mutating func choice() -> Bool {
    var seen = Keys()
    guard cursor.take(ASCII.openBrace) else { return false }
    var isFirst = true
    while let key = cursor.key(isFirst: isFirst) {
      isFirst = false
      guard choiceMember(key, &seen) else { return false }
    }
    return cursor.closeObject()
  }

  private mutating func choiceMember(_ key: Range<Int>, _ seen: inout Keys) -> Bool {
    if cursor.matches(key, "delta") { return seen.note(.delta) && message(isOllama: false) }
    if cursor.matches(key, "index") { return seen.note(.index) && cursor.count(&delta.choice) }
    if cursor.matches(key, "finish_reason") { return seen.note(.finish) && noReason() }
    if cursor.matches(key, "message") { return cursor.literal("null") }
    if cursor.matches(key, "type") || cursor.matches(key, "object") { return false }
    return skip(key)
  }

  /// Accepts null or an empty string.
  private mutating func noReason() -> Bool {
    var reason: DeltaScanner.Piece?
    return cursor.optionalString(&reason) && reason?.place.isEmpty != false
  }

  /// Reads OpenAI's delta or Ollama's message.
  private mutating func message(isOllama: Bool) -> Bool {
    var seen = Keys()
    guard cursor.take(ASCII.openBrace) else { return false }
    var isFirst = true
    while let key = cursor.key(isFirst: isFirst) {
      isFirst = false
      guard messageMember(key, &seen, isOllama: isOllama) else { return false }
    }
    return cursor.closeObject()
  }

  private mutating func messageMember(_ key: Range<Int>, _ seen: inout Keys, isOllama: Bool) -> Bool {
    if cursor.matches(key, "content") { return seen.note(.text) && cursor.optionalString(&delta.text) }
    let isThinking =
      cursor.matches(key, "thinking")
      || !isOllama && (cursor.matches(key, "reasoning_content") || cursor.matches(key, "reasoning"))
    // If two fields have the same reasoning, `ReplyEvent` must choose one.
    if isThinking { return seen.note(.thinking) && cursor.optionalString(&delta.thinking) }
    let mayBeError =
      cursor.matches(key, "type") || cursor.matches(key, "object") || cursor.matches(key, "message")
    return (isOllama || !mayBeError) && skip(key)
  }

  /// Reads the delta of Anthropic's `content_block_delta`: text or thinking.
  private mutating func anthropicDelta() -> Bool {
    var seen = Keys()
    var isThinking = false
    guard cursor.take(ASCII.openBrace) else { return false }
    var isFirst = true
    while let key = cursor.key(isFirst: isFirst) {
      isFirst = false
      if cursor.matches(key, "type") {
        guard seen.note(.type), let type = cursor.string(), !type.hasEscapes else { return false }
        isThinking = cursor.matches(type.place, "thinking_delta")
        guard isThinking || cursor.matches(type.place, "text_delta") else { return false }
      } else if cursor.matches(key, "text") {
        guard seen.note(.text), let text = cursor.string() else { return false }
        delta.text = text
      } else if cursor.matches(key, "thinking") {
        guard seen.note(.thinking), let text = cursor.string() else { return false }
        delta.thinking = text
      } else if !cursor.skipValue() {
        return false
      }
    }
    guard cursor.closeObject(), seen.contains(.type) else { return false }
    // Only the member named by the type counts.
    if isThinking { delta.text = nil } else { delta.thinking = nil }
    return true
  }
}
