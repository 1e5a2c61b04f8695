// SPDX-License-Identifier: MIT

/// A text in which `${NAME}` stands for an environment variable and `$${` for `${` itself.
struct VariableText {
  private struct Piece {
    /// As written.
    var source: String
    /// The bytes it stands for.
    var value: [UInt8]
    var isVariable: Bool
  }

  private var pieces: [Piece] = []

  /// - Throws: `InvalidValue` if a variable is missing or empty, or a reference is malformed.
  init(_ text: String, environment: [String: String]) throws(InvalidValue) {
    var rest = text[...]
    while let dollar = rest.utf8.firstIndex(of: UInt8(ascii: "$")) {
      let tail = rest[dollar...]
      if tail.hasPrefix("$${") {
        appendLiteral(rest[..<dollar])
        pieces.append(Piece(source: "$${", value: Array("${".utf8), isVariable: false))
        rest = tail.dropFirst(3)
      } else if tail.hasPrefix("${") {
        appendLiteral(rest[..<dollar])
        let name = tail.dropFirst(2).prefix { $0 != "}" }
        guard name.endIndex < tail.endIndex, Self.isName(name) else {
          throw InvalidValue(
            "'${' begins no ${NAME} of an environment variable (write $${ for the two characters)")
        }
        let value = try Self.value(of: String(name), in: environment)
        pieces.append(Piece(source: "${\(name)}", value: Array(value.utf8), isVariable: true))
        rest = tail[tail.index(after: name.endIndex)...]
      } else {
        appendLiteral(rest[...dollar])
        rest = tail.dropFirst()
      }
    }
    appendLiteral(rest)
  }

  var expanded: [UInt8] { pieces.flatMap(\.value) }

  /// The values of the variables.
  var values: [String] { pieces.filter(\.isVariable).map { String(decoding: $0.value, as: UTF8.self) } }

  /// Parts of the expanded text as they were written: variables by name, each once.
  func source(of ranges: [Range<Int>]) -> String {
    var text = ""
    var start = 0
    for piece in pieces {
      let place = start..<(start + piece.value.count)
      start = place.upperBound
      for overlap in ranges.map(place.clamped) where !overlap.isEmpty {
        if piece.isVariable || overlap == place {
          text += piece.source
          break
        }
        let part = piece.value[
          (overlap.lowerBound - place.lowerBound)..<(overlap.upperBound - place.lowerBound)]
        text += String(decoding: part, as: UTF8.self)
      }
    }
    return text
  }

  /// Whether the text is one reference, preceded by nothing but `prefix`.
  func isReference(behind prefix: String) -> Bool {
    let written = pieces.filter { !$0.value.isEmpty }
    guard let last = written.last, last.isVariable else { return false }
    return written.dropLast().allSatisfy { !$0.isVariable }
      && written.dropLast().map(\.source).joined() == prefix
  }

  /// Whether a written text is `${NAME}`, with or without `Bearer ` before it; this form of a secret is
  /// recorded.
  static func isReference(_ written: String) -> Bool {
    let text = written.hasPrefix("Bearer ") ? written.dropFirst("Bearer ".count) : written[...]
    return text.hasPrefix("${") && text.hasSuffix("}") && isName(text.dropFirst(2).dropLast())
  }

  /// A text that stands for `text` itself.
  static func literal(_ text: String) -> String { text.replacing("${", with: "$${") }

  /// The text that `literal` stands for.
  static func withoutVariables(_ literal: String) -> String { literal.replacing("$${", with: "${") }

  private mutating func appendLiteral(_ text: Substring) {
    guard !text.isEmpty else { return }
    pieces.append(Piece(source: String(text), value: Array(text.utf8), isVariable: false))
  }

  private static func value(of name: String, in environment: [String: String]) throws(InvalidValue) -> String
  {
    guard let value = environment[name] else {
      throw InvalidValue("the environment variable \(name) is not set")
    }
    guard !value.isEmpty else { throw InvalidValue("the environment variable \(name) is set, but empty") }
    return value
  }

  private static func isName(_ name: Substring) -> Bool {
    guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
      return false
    }
    return name.utf8.allSatisfy { byte in
      (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "_")
    }
  }
}
