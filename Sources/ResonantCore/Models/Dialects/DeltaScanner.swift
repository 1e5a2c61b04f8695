// SPDX-License-Identifier: MIT

/// Finds what a usual event of a stream says in its bytes, without making a value of the rest.
///
/// Takes the three shapes of a delta, and what OpenAI's streams begin and end with: the model's name, a finish reason,
/// token counts behind an empty list of choices. Everything else (tool calls, errors, the ends of Anthropic's and
/// Ollama's streams, broken JSON) is left to `ReplyEvent`. What it does take, it must take exactly as `JSONParser` and
/// `ReplyEvent` would.
struct DeltaScanner {
  /// The inside of a string literal in the scanned bytes.
  struct Piece: Equatable {
    var place: Range<Int>
    var hasEscapes: Bool
  }

  struct Delta: Equatable {
    var text: Piece?
    var thinking: Piece?
    /// Not empty.
    var model: Piece?
    /// May be empty, which is a reason as well.
    var finishReason: Piece?
    var promptTokens: Int?
    var completionTokens: Int?
  }

  /// Unescaped text, used again for each piece.
  private var buffer: [UInt8] = []

  /// What the bytes say, or nil when they need a closer look.
  func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> Delta? {
    var walk = DeltaWalk(bytes)
    return walk.event() ? walk.delta : nil
  }

  /// A piece as a string of its own: for names, which are few and short.
  mutating func text(of piece: Piece, in bytes: UnsafeBufferPointer<UInt8>) -> String {
    var text: [UInt8] = []
    append(piece, of: bytes, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the text of a piece as valid UTF-8.
  mutating func append(_ piece: Piece, of bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
    let raw = UnsafeBufferPointer(rebasing: bytes[piece.place])
    guard piece.hasEscapes else { return Self.append(valid: raw, to: &text) }
    buffer.removeAll(keepingCapacity: true)
    var index = 0
    while index < raw.count {
      if raw[index] == ASCII.backslash, JSONEscape.append(from: raw, at: &index, to: &buffer) { continue }
      buffer.append(raw[index])
      index += 1
    }
    buffer.withUnsafeBufferPointer { Self.append(valid: $0, to: &text) }
  }

  private static func append(valid bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
    if UTF8Check.isValid(bytes) {
      text.append(contentsOf: bytes)
    } else {
      text += String(decoding: bytes, as: UTF8.self).utf8
    }
  }
}

/// One walk over the bytes of an event.
private struct DeltaWalk {
  private var cursor: JSONCursor
  var delta = DeltaScanner.Delta()

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    cursor = JSONCursor(bytes)
  }

  /// Keys that mean something. Each may come once; a set so far of those that did.
  private struct Keys: OptionSet {
    let rawValue: UInt16
    static let choices = Keys(rawValue: 1), delta = Keys(rawValue: 2), message = Keys(rawValue: 4)
    static let type = Keys(rawValue: 8), done = Keys(rawValue: 16), usage = Keys(rawValue: 32)
    static let error = Keys(rawValue: 64), model = Keys(rawValue: 128), text = Keys(rawValue: 256)
    static let thinking = Keys(rawValue: 512), finish = Keys(rawValue: 1024), refusal = Keys(rawValue: 2048)
    static let tools = Keys(rawValue: 4096), function = Keys(rawValue: 8192)
    static let reasoning = Keys(rawValue: 16384)

    /// False when the key was there before.
    mutating func note(_ key: Keys) -> Bool { insert(key).inserted }
  }

  /// A whole event; true when it is a usual one.
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
    if cursor.matches(key, "usage") { return seen.note(.usage) && usage() }
    if cursor.matches(key, "error") { return seen.note(.error) && cursor.literal("null") }
    if cursor.matches(key, "content") { return false }
    if cursor.matches(key, "object") { return kind() }
    return cursor.matches(key, "model") ? seen.note(.model) && model() : cursor.skipValue()
  }

  /// The model's name. An empty one, as Azure begins with, is none.
  private mutating func model() -> Bool {
    guard let name = cursor.string() else { return false }
    if !name.place.isEmpty { delta.model = name }
    return true
  }

  /// Token counts under the names that OpenAI gave them, or null. Anthropic's names are added up in other ways.
  private mutating func usage() -> Bool {
    guard cursor.take(ASCII.openBrace) else { return cursor.literal("null") }
    var isFirst = true
    while let key = cursor.key(isFirst: isFirst) {
      isFirst = false
      guard usageMember(key) else { return false }
    }
    return cursor.closeObject()
  }

  private mutating func usageMember(_ key: Range<Int>) -> Bool {
    if cursor.matches(key, "prompt_tokens") { return cursor.count(&delta.promptTokens) }
    if cursor.matches(key, "completion_tokens") { return cursor.count(&delta.completionTokens) }
    let isAnthropic =
      cursor.matches(key, "input_tokens") || cursor.matches(key, "output_tokens")
      || cursor.matches(key, "cache_read_input_tokens") || cursor.matches(key, "cache_creation_input_tokens")
    return !isAnthropic && cursor.skipValue()
  }

  /// The value of `object`, which vLLM sets to `error` for errors.
  private mutating func kind() -> Bool {
    guard let kind = cursor.string() else { return false }
    return !kind.hasEscapes && !cursor.matches(kind.place, "error")
  }

  /// The first choice counts. There is none beside token counts, nor in Azure's first event.
  private mutating func choices() -> Bool {
    guard cursor.take(ASCII.openBracket) else { return false }
    if cursor.take(ASCII.closeBracket) { return true }
    guard choice() else { return false }
    while cursor.take(ASCII.comma) {
      guard cursor.skipValue() else { return false }
    }
    return cursor.take(ASCII.closeBracket)
  }

  private mutating func choice() -> Bool {
    var seen = Keys()
    guard cursor.take(ASCII.openBrace) else { return false }
    var isFirst = true
    while let key = cursor.key(isFirst: isFirst) {
      isFirst = false
      if cursor.matches(key, "delta") {
        guard seen.note(.delta), message(isOllama: false) else { return false }
      } else if cursor.matches(key, "finish_reason") {
        guard seen.note(.finish), cursor.optionalString(&delta.finishReason) else { return false }
      } else if cursor.matches(key, "message") || cursor.matches(key, "error") {
        return false
      } else if !cursor.skipValue() {
        return false
      }
    }
    return cursor.closeObject()
  }

  /// The delta of OpenAI or the message of Ollama.
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
    if isOllama {
      if cursor.matches(key, "thinking") {
        return seen.note(.thinking) && cursor.optionalString(&delta.thinking)
      }
    } else {
      if cursor.matches(key, "reasoning_content") {
        return seen.note(.thinking) && !seen.contains(.reasoning) && cursor.optionalString(&delta.thinking)
      }
      if cursor.matches(key, "reasoning") {
        return seen.note(.reasoning) && !seen.contains(.thinking) && cursor.optionalString(&delta.thinking)
      }
      if cursor.matches(key, "refusal") { return seen.note(.refusal) && cursor.literal("null") }
      if cursor.matches(key, "function_call") { return seen.note(.function) && cursor.literal("null") }
    }
    if cursor.matches(key, "tool_calls") { return seen.note(.tools) && cursor.literal("null") }
    return cursor.skipValue()
  }

  /// The delta of Anthropic's `content_block_delta`: text or thinking.
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
    // Only the member that the type names counts.
    if isThinking { delta.text = nil } else { delta.thinking = nil }
    return true
  }
}
