// SPDX-License-Identifier: MIT

/// Checks whether HTML from outside may be part of a page. It must be well-formed XML of allowed elements and
/// attributes, so that it closes every element that it opens, and contain nothing active. The check does not
/// depend on how the HTML was made.
struct FragmentCheck {
  /// The deepest nesting that is allowed; browsers flatten it from 512 levels on.
  private static let deepest = 100

  private let bytes: [UInt8]
  private var position = 0
  private var open: [String] = []

  /// What is wrong with the fragment; nil when it is safe.
  static func problem(in fragment: [UInt8]) -> String? {
    guard let text = String(validating: fragment, as: UTF8.self) else { return "not UTF-8" }
    guard HTMLText.clean(text) == text else { return "control character" }
    var check = FragmentCheck(bytes: fragment)
    do throws(Refusal) {
      try check.run()
      return nil
    } catch {
      return error.reason
    }
  }

  private struct Refusal: Error { var reason: String }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func run() throws(Refusal) {
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "<"): try tag()
      case UInt8(ascii: ">"): throw Refusal(reason: "stray >")
      case UInt8(ascii: "&"): _ = try entity()
      default: position += 1
      }
    }
    if let last = open.last { throw Refusal(reason: "<\(last)> is not closed") }
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func expect(_ text: StaticString) throws(Refusal) {
    for offset in 0..<text.utf8CodeUnitCount {
      guard peek == text.utf8Start[offset] else { throw Refusal(reason: "malformed tag") }
      position += 1
    }
  }

  private mutating func tag() throws(Refusal) {
    try expect("<")
    if peek == UInt8(ascii: "/") {
      try expect("/")
      let name = name()
      guard open.popLast() == name else { throw Refusal(reason: "</\(name)> closes nothing") }
      return try expect(">")
    }
    let name = name()
    guard let allowed = FragmentRules.attributes(of: name, inside: open) else {
      throw Refusal(reason: "element <\(name)>")
    }
    var seen = Set<String>()
    while peek == 0x20 || peek == 0x0A {
      position += 1
      if peek == UInt8(ascii: "/") { break }
      let attribute = self.name()
      guard seen.insert(attribute).inserted else { throw Refusal(reason: "attribute \(attribute) twice") }
      guard let rule = allowed[attribute], rule.accepts(try value()) else {
        throw Refusal(reason: "attribute \(attribute) of <\(name)>")
      }
    }
    let isClosed = peek == UInt8(ascii: "/") && FragmentRules.maybeVoid.contains(name)
    let isVoid = isClosed || FragmentRules.void.contains(name)
    if isVoid { try expect("/") } else { open.append(name) }
    guard open.count <= Self.deepest else { throw Refusal(reason: "nested too deeply") }
    try expect(">")
  }

  private mutating func name() -> String {
    let start = position
    while let byte = peek, Self.isNameByte(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }

  /// A quoted attribute value with its entities resolved.
  private mutating func value() throws(Refusal) -> [UInt8] {
    try expect("=\"")
    var value: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte != UInt8(ascii: "<") else { throw Refusal(reason: "< in an attribute") }
      if byte == UInt8(ascii: "&") {
        value.append(contentsOf: try entity())
      } else {
        value.append(byte)
        position += 1
      }
    }
    try expect("\"")
    return value
  }

  /// The character of a reference: one of XML's five names, or a number.
  private mutating func entity() throws(Refusal) -> [UInt8] {
    guard let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
      throw Refusal(reason: "stray &")
    }
    let name = String(decoding: bytes[position + 1..<end], as: UTF8.self)
    position = end + 1
    switch name {
    case "amp": return [UInt8(ascii: "&")]
    case "lt": return [UInt8(ascii: "<")]
    case "gt": return [UInt8(ascii: ">")]
    case "quot": return [UInt8(ascii: "\"")]
    case "apos": return [UInt8(ascii: "'")]
    default: break
    }
    let number = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
    guard name.hasPrefix("#"), let scalar = number.flatMap(Unicode.Scalar.init) else {
      throw Refusal(reason: "entity &\(name);")
    }
    let character = String(Character(scalar))
    guard HTMLText.clean(character) == character else { throw Refusal(reason: "control character") }
    return Array(character.utf8)
  }
}
