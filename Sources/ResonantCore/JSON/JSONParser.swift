// SPDX-License-Identifier: MIT

import OrderedCollections

extension JSONValue {
  /// Parses exactly one value; anything after it is an error. Objects keep the order of their keys.
  public static func parse(
    _ bytes: some Sequence<UInt8>, syntax: JSONParser.Syntax = .json,
    duplicates: JSONParser.Duplicates = .lastWins, depth: Int = JSONParser.depthLimit
  ) throws(JSONParser.Failure) -> JSONValue {
    let parse = { (bytes: UnsafeBufferPointer<UInt8>) in
      JSONParser.parse(bytes, syntax: syntax, duplicates: duplicates, depth: depth)
    }
    return try (bytes.withContiguousStorageIfAvailable(parse) ?? Array(bytes).withUnsafeBufferPointer(parse))
      .get()
  }

  /// Parses exactly one value; anything after it is an error.
  public static func parse(
    _ text: String, syntax: JSONParser.Syntax = .json
  ) throws(JSONParser.Failure) -> JSONValue {
    try parse(text.utf8, syntax: syntax)
  }
}

/// Reads JSON (RFC 8259) and JSON5 (json5.org). Numbers keep their text; JSON5 numbers are converted to
/// JSON's notation. A lone surrogate in an escape becomes U+FFFD.
public struct JSONParser {
  /// The accepted syntax.
  public enum Syntax: Sendable {
    /// Strict JSON in valid UTF-8.
    case json
    /// JSON5: comments, trailing commas, unquoted keys, single quotes and further number formats. Valid
    /// UTF-8.
    case json5
    /// JSON as servers send it: invalid UTF-8 becomes U+FFFD.
    case wire
    /// Like `wire`, for pieces of a text: a lone surrogate is kept for the text's `SurrogateJoiner`.
    case stream
  }

  /// How duplicate keys in an object are handled.
  public enum Duplicates: Sendable { case lastWins, refused }

  /// Where and why a text is not valid JSON.
  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    /// From 1.
    public var line: Int
    /// From 1, in code points.
    public var column: Int
    /// The problem, without the position.
    public var message: String

    public var description: String { "line \(line), column \(column): \(message)" }
  }

  /// Maximum nesting depth, so that hostile input cannot overflow the stack.
  public static let depthLimit = 256

  let bytes: UnsafeBufferPointer<UInt8>
  let syntax: Syntax
  private let duplicates: Duplicates
  private let deepest: Int
  var index = 0
  private var depth = 0
  /// The lines of the parts read so far; nil when nobody asks for them.
  private var parts: PartLines?
  /// The key path of the part that is being read; nil if its line is not kept.
  private var path: String?
  /// How far lines have been counted.
  private var counted = (index: 0, line: 1)

  private init(
    _ bytes: UnsafeBufferPointer<UInt8>, _ syntax: Syntax, _ duplicates: Duplicates, deepest: Int
  ) {
    self.bytes = bytes
    self.syntax = syntax
    self.duplicates = duplicates
    self.deepest = deepest
  }

  static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, syntax: Syntax, duplicates: Duplicates = .lastWins,
    depth: Int = depthLimit
  ) -> Result<JSONValue, Failure> {
    var parser = JSONParser(bytes, syntax, duplicates, deepest: depth)
    do throws(Failure) {
      return .success(try parser.document())
    } catch {
      return .failure(error)
    }
  }

  /// Parses a text without duplicate keys, and notes the line of each part.
  static func parse(
    _ bytes: [UInt8], syntax: Syntax, lines: inout PartLines
  ) throws(Failure) -> JSONValue {
    let result = bytes.withUnsafeBufferPointer { bytes -> Result<JSONValue, Failure> in
      var parser = JSONParser(bytes, syntax, .refused, deepest: depthLimit)
      (parser.parts, parser.path) = (lines, "")
      do throws(Failure) {
        let value = try parser.document()
        lines = parser.parts ?? lines
        return .success(value)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private mutating func document() throws(Failure) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    let value = try value()
    try skipSpace()
    guard index == bytes.count else { throw unexpected("the end of the text") }
    return value
  }

  private mutating func value() throws(Failure) -> JSONValue {
    try skipSpace()
    if parts != nil {
      let line = line(at: index)
      parts?.keepFirst(line, at: path)
    }
    guard let byte = peek() else { throw unexpected("a value") }
    switch byte {
    case ASCII.openBrace: return .object(try object())
    case ASCII.openBracket: return .array(try array())
    case ASCII.quote: return .string(try string())
    case ASCII.apostrophe where syntax == .json5: return .string(try string())
    case ASCII.minus, ASCII.zero...ASCII.nine: return .number(try number())
    default: break
    }
    if take("true") { return .bool(true) }
    if take("false") { return .bool(false) }
    if take("null") { return .null }
    guard syntax == .json5, [ASCII.plus, ASCII.dot, 0x49, 0x4E].contains(byte) else {
      throw unexpected("a value")
    }
    return .number(try number())
  }

  private mutating func object() throws(Failure) -> JSONObject {
    var members = JSONObject()
    let outer = path
    defer { path = outer }
    try enter()
    while try !closes(with: ASCII.closeBrace, isFirst: members.isEmpty) {
      let start = index
      let key = try key()
      if duplicates == .refused, members[key] != nil {
        throw failure("a key of this object is there twice", at: start)
      }
      if parts != nil {
        path = parts?.path(outer, key: key)
        let line = line(at: start)
        parts?.keep(line, at: path)
      }
      try skipSpace()
      guard takeByte(ASCII.colon) else { throw unexpected("a colon after the key") }
      members[key] = try value()
    }
    depth -= 1
    return members
  }

  private mutating func array() throws(Failure) -> [JSONValue] {
    var items: [JSONValue] = []
    let outer = path
    defer { path = outer }
    try enter()
    while try !closes(with: ASCII.closeBracket, isFirst: items.isEmpty) {
      if parts != nil { path = parts?.path(outer, "[\(items.count)]") }
      items.append(try value())
    }
    depth -= 1
    return items
  }

  private mutating func enter() throws(Failure) {
    depth += 1
    guard depth <= deepest else { throw failure("values are nested deeper than \(deepest)") }
    index += 1
  }

  /// Skips the comma between two items or the end of the list.
  private mutating func closes(with end: UInt8, isFirst: Bool) throws(Failure) -> Bool {
    try skipSpace()
    if takeByte(end) { return true }
    if isFirst { return false }
    guard takeByte(ASCII.comma) else {
      throw unexpected("a comma or a closing \(end == ASCII.closeBrace ? "brace" : "bracket")")
    }
    try skipSpace()
    return syntax == .json5 && takeByte(end)
  }

  private mutating func key() throws(Failure) -> String {
    guard let byte = peek() else { throw unexpected("a key") }
    if byte == ASCII.quote || (syntax == .json5 && byte == ASCII.apostrophe) { return try string() }
    guard syntax == .json5 else { throw unexpected("a key in double quotes") }
    return try identifier()
  }

  // MARK: Bytes

  func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

  mutating func takeByte(_ byte: UInt8) -> Bool {
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  mutating func take(_ word: StaticString) -> Bool {
    let end = index + word.utf8CodeUnitCount
    guard end <= bytes.count else { return false }
    for offset in 0..<word.utf8CodeUnitCount where bytes[index + offset] != word.utf8Start[offset] {
      return false
    }
    index = end
    return true
  }

  // MARK: Failures

  func failure(_ message: String, at place: Int? = nil) -> Failure {
    var line = 1
    var column = 1
    for position in 0..<min(place ?? index, bytes.count) {
      if endsLine(position) {
        line += 1
        column = 1
      } else if bytes[position] & 0xC0 != 0x80 {
        column += 1
      }
    }
    return Failure(line: line, column: column, message: message)
  }

  private func endsLine(_ position: Int) -> Bool {
    let byte = bytes[position]
    return byte == 0x0A || (byte == 0x0D && (position + 1 == bytes.count || bytes[position + 1] != 0x0A))
  }

  /// The line of a position after all earlier ones that were asked for.
  private mutating func line(at position: Int) -> Int {
    while counted.index < min(position, bytes.count) {
      if endsLine(counted.index) { counted.line += 1 }
      counted.index += 1
    }
    return counted.line
  }

  func unexpected(_ wanted: String) -> Failure {
    guard index < bytes.count else { return failure("expected \(wanted), but the text ends") }
    let rest = bytes[index..<min(index + 4, bytes.count)]
    guard let scalar = String(decoding: rest, as: UTF8.self).unicodeScalars.first else {
      return failure(wanted)
    }
    let isVisible = scalar.value > 0x20 && scalar.properties.generalCategory != .control
    let found = isVisible ? "'\(scalar)'" : "the character U+" + hexadecimal(scalar.value)
    return failure("expected \(wanted), found \(found)")
  }

  func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

/// Bytes with a meaning in JSON.
enum ASCII {
  static let quote: UInt8 = 0x22
  static let dollar: UInt8 = 0x24
  static let apostrophe: UInt8 = 0x27
  static let plus: UInt8 = 0x2B
  static let comma: UInt8 = 0x2C
  static let minus: UInt8 = 0x2D
  static let dot: UInt8 = 0x2E
  static let slash: UInt8 = 0x2F
  static let zero: UInt8 = 0x30
  static let nine: UInt8 = 0x39
  static let colon: UInt8 = 0x3A
  static let openBracket: UInt8 = 0x5B
  static let backslash: UInt8 = 0x5C
  static let closeBracket: UInt8 = 0x5D
  static let underscore: UInt8 = 0x5F
  static let openBrace: UInt8 = 0x7B
  static let closeBrace: UInt8 = 0x7D
}
