// SPDX-License-Identifier: MIT

/// A text with its escapes resolved, and the source of each byte. Recognises the escapes of JSON and other
/// string literals, of URLs and of HTML, in any mixture.
struct EscapedText {
  private(set) var bytes: [UInt8]
  /// The range in the original text that each byte came from; for a resolved byte, its whole escape.
  private(set) var sources: [Range<Int>]
  /// Where an escape begins that is cut off at the end of the text; the end if there is none.
  private(set) var end: Int

  /// The text unchanged.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    sources = bytes.indices.map { $0..<($0 + 1) }
    end = bytes.count
  }

  /// Resolves one more layer of escapes; nil if there is none.
  func resolved() -> EscapedText? {
    guard bytes.contains(where: Self.begins) else { return nil }
    var result = EscapedText([])
    var index = 0
    result.end = -1
    while index < bytes.count {
      let escape = Self.begins(bytes[index]) ? TextEscape(bytes[index...]) : nil
      if case .whole(let character, let length) = escape {
        let source = sources[index].lowerBound..<sources[index + length - 1].upperBound
        result.bytes += character
        result.sources += repeatElement(source, count: character.count)
        index += length
      } else {
        if case .cut = escape, result.end < 0 { result.end = result.bytes.count }
        result.bytes.append(bytes[index])
        result.sources.append(sources[index])
        index += 1
      }
    }
    if result.end < 0 { result.end = result.bytes.count }
    return result
  }

  private static func begins(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "&")
  }
}

/// The escape at the start of a text.
private enum TextEscape {
  /// Its meaning, and its length in bytes.
  case whole([UInt8], length: Int)
  /// The text ends within it.
  case cut

  /// Longest name or number between `&` and `;`.
  private static let longestName = 10

  /// Nil if there is none. The text must begin with a backslash, `%` or `&`.
  init?(_ text: ArraySlice<UInt8>) {
    let head = Array(text.prefix(2 + Self.longestName))
    let isAll = head.count == text.count
    let read: TextEscape? =
      switch head[0] {
      case UInt8(ascii: "%"): Self.byte(head, digitsFrom: 1, isAll)
      case UInt8(ascii: "&"): Self.reference(head, isAll)
      default: Self.backslash(head, isAll)
      }
    guard let read else { return nil }
    self = read
  }

  /// Two hexadecimal digits.
  private static func byte(_ head: [UInt8], digitsFrom start: Int, _ isAll: Bool) -> TextEscape? {
    if let value = number(head, start, 2) { return .whole([UInt8(value)], length: start + 2) }
    return isCut(head, start, isAll) ? .cut : nil
  }

  private static func number(_ head: [UInt8], _ start: Int, _ count: Int) -> UInt32? {
    head.withUnsafeBufferPointer { JSONEscape.hexadecimal($0, from: start, count: count) }
  }

  private static func isCut(_ head: [UInt8], _ start: Int, _ isAll: Bool) -> Bool {
    isAll && head.dropFirst(start).allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
  }

  private static func backslash(_ head: [UInt8], _ isAll: Bool) -> TextEscape? {
    guard head.count > 1 else { return .cut }
    if head[1] == UInt8(ascii: "'") { return .whole([head[1]], length: 2) }
    if head[1] == UInt8(ascii: "x") { return byte(head, digitsFrom: 2, isAll) }
    if let read = octal(head) ?? braced(head) { return read }
    var (length, character) = (0, [UInt8]())
    let isWhole = head.withUnsafeBufferPointer { JSONEscape.append(from: $0, at: &length, to: &character) }
    if isWhole { return .whole(character, length: length) }
    return head[1] == UInt8(ascii: "u") && head.count < 6 && isCut(head, 2, isAll) ? .cut : nil
  }

  /// Three octal digits, as in C.
  private static func octal(_ head: [UInt8]) -> TextEscape? {
    guard head.count > 3, let value = UInt8(String(decoding: head[1...3], as: UTF8.self), radix: 8) else {
      return nil
    }
    return .whole([value], length: 4)
  }

  /// `\u{73}`, as in JavaScript, Rust and Swift.
  private static func braced(_ head: [UInt8]) -> TextEscape? {
    guard head.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u"), UInt8(ascii: "{")]),
      let end = head.firstIndex(of: UInt8(ascii: "}"))
    else { return nil }
    let digits = String(decoding: head[3..<end], as: UTF8.self)
    guard let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) else { return nil }
    return .whole(Array(String(Character(scalar)).utf8), length: end + 1)
  }

  /// A decimal reference without a semicolon, which browsers accept.
  private static func openReference(_ head: [UInt8], _ isAll: Bool) -> TextEscape? {
    guard head.count > 2, head[1] == UInt8(ascii: "#") else { return nil }
    let digits = head.dropFirst(2).prefix { $0 &- 0x30 < 10 }
    guard !digits.isEmpty, !isAll || digits.endIndex < head.count,
      let scalar = UInt32(String(decoding: digits, as: UTF8.self)).flatMap(Unicode.Scalar.init)
    else { return nil }
    return .whole(Array(String(Character(scalar)).utf8), length: digits.endIndex)
  }

  /// A character reference of HTML.
  private static func reference(_ head: [UInt8], _ isAll: Bool) -> TextEscape? {
    let ends = head.dropFirst().prefix { $0 != UInt8(ascii: "&") }
    if !ends.contains(UInt8(ascii: ";")), let read = openReference(head, isAll) { return read }
    guard let end = head.firstIndex(of: UInt8(ascii: ";")) else {
      let isName = head.dropFirst().allSatisfy {
        $0 == UInt8(ascii: "#") || ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10
      }
      return isAll && isName ? .cut : nil
    }
    let name = String(decoding: head[1..<end], as: UTF8.self)
    if let character = names[name] { return .whole(Array(character.utf8), length: end + 1) }
    guard name.hasPrefix("#") else { return nil }
    let digits = name.dropFirst()
    let isHexadecimal = digits.hasPrefix("x") || digits.hasPrefix("X")
    let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    guard let scalar = value.flatMap(Unicode.Scalar.init) else { return nil }
    return .whole(Array(String(Character(scalar)).utf8), length: end + 1)
  }

  /// HTML's names for ASCII characters other than letters and digits (HTML Standard, 13.5).
  private static let names = [
    "Tab": "\t", "NewLine": "\n", "nbsp": " ", "excl": "!", "quot": "\"", "QUOT": "\"", "num": "#",
    "dollar": "$",
    "percnt": "%", "amp": "&", "AMP": "&", "apos": "'", "lpar": "(", "rpar": ")", "ast": "*", "midast": "*",
    "plus": "+", "comma": ",", "hyphen": "-", "dash": "-", "period": ".", "sol": "/", "colon": ":",
    "semi": ";",
    "lt": "<", "LT": "<", "equals": "=", "gt": ">", "GT": ">", "quest": "?", "commat": "@", "lsqb": "[",
    "lbrack": "[", "bsol": "\\", "rsqb": "]", "rbrack": "]", "Hat": "^", "lowbar": "_", "UnderBar": "_",
    "grave": "`", "lcub": "{", "lbrace": "{", "verbar": "|", "vert": "|", "VerticalLine": "|", "rcub": "}",
    "rbrace": "}",
  ]
}
