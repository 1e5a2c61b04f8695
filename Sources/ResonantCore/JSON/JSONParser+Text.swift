// SPDX-License-Identifier: MIT

extension JSONParser {
  // MARK: Strings

  /// Reads a string, starting at its opening quote.
  mutating func string() throws(Failure) -> String {
    let opening = index
    let quote = bytes[index]
    index += 1
    let start = index
    try skipPlain(until: quote, opening: opening)
    if bytes[index] == quote {
      index += 1
      return try text(bytes[start..<(index - 1)], at: start)
    }
    var unescaped = Array(bytes[start..<index])
    while bytes[index] != quote {
      try escape(to: &unescaped)
      let plain = index
      try skipPlain(until: quote, opening: opening)
      unescaped.append(contentsOf: bytes[plain..<index])
    }
    index += 1
    return try text(unescaped, at: start)
  }

  /// Skips to the closing quote or the next escape.
  private mutating func skipPlain(until quote: UInt8, opening: Int) throws(Failure) {
    while index < bytes.count {
      let byte = bytes[index]
      if byte == quote || byte == ASCII.backslash { return }
      if byte < 0x20, syntax != .json5 || byte == 0x0A || byte == 0x0D {
        throw failure(
          "a string holds the raw control character U+\(hexadecimal(UInt32(byte))), which must be escaped")
      }
      index += 1
    }
    throw failure("the string that begins here has no end", at: opening)
  }

  private func text(_ utf8: some Collection<UInt8>, at start: Int) throws(Failure) -> String {
    if syntax == .wire || syntax == .stream { return String(decoding: utf8, as: UTF8.self) }
    guard let text = String(validating: utf8, as: UTF8.self) else {
      throw failure("the string that begins here is not valid UTF-8", at: start)
    }
    return text
  }

  private mutating func escape(to text: inout [UInt8]) throws(Failure) {
    if JSONEscape.append(from: bytes, at: &index, to: &text, keepsHalves: syntax == .stream) { return }
    guard syntax == .json5, index + 1 < bytes.count else {
      throw failure("a backslash begins no known escape")
    }
    switch bytes[index + 1] {
    case UInt8(ascii: "v"): text.append(0x0B)
    case ASCII.zero where index + 2 == bytes.count || !Self.isDigit(bytes[index + 2]): text.append(0)
    case UInt8(ascii: "x"):
      guard let value = JSONEscape.hexadecimal(bytes, from: index + 2, count: 2) else {
        throw failure("\\x is not followed by two hexadecimal digits")
      }
      JSONEscape.append(scalar: value, to: &text)
      index += 2
    case 0x0A: break
    case 0x0D:
      if index + 2 < bytes.count, bytes[index + 2] == 0x0A { index += 1 }
    case 0xE2 where space(at: index + 1) == 3:
      index += 2
    case UInt8(ascii: "u"), ASCII.zero...ASCII.nine: throw failure("a backslash begins no known escape")
    case let other: text.append(other)
    }
    index += 2
  }

  /// Reads an unquoted key (JSON5).
  mutating func identifier() throws(Failure) -> String {
    var name: [UInt8] = []
    let start = index
    while let byte = peek() {
      if byte == ASCII.backslash {
        guard JSONEscape.append(from: bytes, at: &index, to: &name) else { throw unexpected("a key") }
      } else if Self.isLetter(byte) || (byte >= 0x80 && space(at: index) == 0)
        || (Self.isDigit(byte) && index > start)
      {
        name.append(byte)
        index += 1
      } else {
        break
      }
    }
    guard index > start else { throw unexpected("a key") }
    return try text(name, at: start)
  }

  // MARK: Numbers

  /// Reads a number and converts JSON5 forms to JSON.
  mutating func number() throws(Failure) -> String {
    let start = index
    var sign = ""
    if takeByte(ASCII.minus) { sign = "-" } else if syntax == .json5 { _ = takeByte(ASCII.plus) }
    if syntax == .json5 {
      if take("Infinity") || take("NaN") {
        throw failure("infinity and NaN are no values that a request could carry", at: start)
      }
      if take("0x") || take("0X") { return sign + (try hexadecimalDigits()) }
    }
    let whole = digits()
    if whole.isEmpty, syntax != .json5 || peek() != ASCII.dot { throw unexpected("a digit") }
    if whole.count > 1, whole.first == ASCII.zero { throw failure("a number begins with a zero", at: start) }
    var text = sign + (whole.isEmpty ? "0" : String(decoding: whole, as: UTF8.self))
    if takeByte(ASCII.dot) {
      let fraction = digits()
      guard !fraction.isEmpty || (syntax == .json5 && !whole.isEmpty) else { throw unexpected("a digit") }
      if !fraction.isEmpty { text += "." + String(decoding: fraction, as: UTF8.self) }
    }
    text += try exponent()
    if syntax == .json5, let byte = peek(), Self.isLetter(byte) { throw unexpected("the end of the number") }
    return text
  }

  private mutating func exponent() throws(Failure) -> String {
    guard let letter = peek(), letter | 0x20 == UInt8(ascii: "e") else { return "" }
    let start = index
    index += 1
    if !takeByte(ASCII.minus) { _ = takeByte(ASCII.plus) }
    if digits().isEmpty { throw unexpected("a digit") }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func digits() -> Slice<UnsafeBufferPointer<UInt8>> {
    let start = index
    while let byte = peek(), Self.isDigit(byte) { index += 1 }
    return bytes[start..<index]
  }

  private mutating func hexadecimalDigits() throws(Failure) -> String {
    let start = index
    while let byte = peek(), Self.isDigit(byte) || Self.isLetter(byte) { index += 1 }
    guard let value = UInt64(String(decoding: bytes[start..<index], as: UTF8.self), radix: 16) else {
      throw failure("this is no hexadecimal number of up to 64 bits", at: start)
    }
    return String(value)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- ASCII.zero < 10 }

  /// ASCII characters that an unquoted key may begin with.
  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte == ASCII.underscore || byte == ASCII.dollar
  }

  // MARK: Space

  mutating func skipSpace() throws(Failure) {
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        index += 1
      } else if syntax != .json5 {
        return
      } else if byte == ASCII.slash {
        try skipComment()
      } else {
        let length = space(at: index)
        if length == 0 { return }
        index += length
      }
    }
  }

  private mutating func skipComment() throws(Failure) {
    let start = index
    if take("//") {
      while let byte = peek(), byte != 0x0A, byte != 0x0D { index += 1 }
      return
    }
    guard take("/*") else { throw unexpected("a value or a comment") }
    while index < bytes.count {
      if take("*/") { return }
      index += 1
    }
    throw failure("the comment that begins here has no end", at: start)
  }

  /// The length in bytes of a white space character that JSON5 adds to the four of JSON; 0 for anything else.
  private func space(at place: Int) -> Int {
    func has(_ second: UInt8, _ third: UInt8) -> Bool {
      place + 2 < bytes.count && bytes[place + 1] == second && bytes[place + 2] == third
    }
    switch bytes[place] {
    case 0x0B, 0x0C: return 1
    case 0xC2: return place + 1 < bytes.count && bytes[place + 1] == 0xA0 ? 2 : 0
    case 0xE1: return has(0x9A, 0x80) ? 3 : 0
    case 0xE2:
      let isSpace = (0x80...0x8A).contains { has(0x80, $0) } || has(0x80, 0xA8) || has(0x80, 0xA9)
      return isSpace || has(0x80, 0xAF) || has(0x81, 0x9F) ? 3 : 0
    case 0xE3: return has(0x80, 0x80) ? 3 : 0
    case 0xEF: return has(0xBB, 0xBF) ? 3 : 0
    default: return 0
    }
  }
}
