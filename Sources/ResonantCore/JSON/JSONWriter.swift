// SPDX-License-Identifier: MIT

import OrderedCollections

/// Writes JSON (RFC 8259) as UTF-8 bytes.
public enum JSONWriter {
  /// Appends `text` as a string literal, including its quotes. Control characters, the quote, the backslash
  /// and DEL are escaped; everything else is unchanged.
  public static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    appendEscaped(text, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends `text` escaped for a string literal, without quotes.
  static func appendEscaped(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { appendEscaped($0, to: &bytes) }
  }

  /// Appends valid UTF-8 escaped for a string literal, without quotes.
  static func appendEscaped(_ utf8: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    var start = 0
    for index in utf8.indices {
      let byte = utf8[index]
      guard byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F else { continue }
      bytes.append(contentsOf: utf8[start..<index])
      appendEscape(byte, to: &bytes)
      start = index + 1
    }
    bytes.append(contentsOf: utf8[start...])
  }

  private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
    let short: Unicode.Scalar? =
      switch byte {
      case 0x22: "\""
      case 0x5C: "\\"
      case 0x08: "b"
      case 0x09: "t"
      case 0x0A: "n"
      case 0x0C: "f"
      case 0x0D: "r"
      default: nil
      }
    bytes.append(0x5C)
    if let short {
      bytes.append(UInt8(short.value))
    } else {
      let digits = Array("0123456789abcdef".utf8)
      bytes += Array("u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  /// Appends `value` on one line; object keys keep their order.
  public static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let flag): bytes += (flag ? "true" : "false").utf8
    case .number(let text): bytes += text.utf8
    case .string(let text): append(text, to: &bytes)
    case .array(let items):
      appendList("[", items, "]", to: &bytes) { append($0, to: &$1) }
    case .object(let members):
      appendList("{", members.elements, "}", to: &bytes) { member, bytes in
        append(member.key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(member.value, to: &bytes)
      }
    }
  }

  private static func appendList<Items: Collection>(
    _ open: Unicode.Scalar, _ items: Items, _ close: Unicode.Scalar, to bytes: inout [UInt8],
    each: (Items.Element, inout [UInt8]) -> Void
  ) {
    bytes.append(UInt8(ascii: open))
    for (index, item) in items.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      each(item, &bytes)
    }
    bytes.append(UInt8(ascii: close))
  }
}

extension JSONValue {
  /// The value as compact JSON.
  public var json: [UInt8] {
    var bytes: [UInt8] = []
    JSONWriter.append(self, to: &bytes)
    return bytes
  }

  /// The value as compact JSON text.
  public var jsonText: String { String(decoding: json, as: UTF8.self) }
}
