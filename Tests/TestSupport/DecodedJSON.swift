// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore

/// JSON as Foundation reads it: tests judge what the program writes by a reader that is not its own.
public enum DecodedJSON {
  /// The value of a whole JSON text. Throws what Foundation throws.
  public static func parse(_ bytes: some Sequence<UInt8>) throws -> JSONValue {
    try JSONDecoder().decode(Node.self, from: Data(bytes)).value
  }

  public static func parse(_ text: String) throws -> JSONValue { try parse(text.utf8) }

  /// The values of a file with one JSON text a line.
  public static func lines(_ text: String) throws -> [JSONValue] {
    try text.split(separator: "\n").map { try parse($0.utf8) }
  }
}

private struct Node: Decodable {
  let value: JSONValue

  init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: AnyKey.self) {
      var object: JSONObject = [:]
      for key in keyed.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
        object[key.stringValue] = try keyed.decode(Node.self, forKey: key).value
      }
      value = .object(object)
    } else if var items = try? decoder.unkeyedContainer() {
      var array: [JSONValue] = []
      while !items.isAtEnd { array.append(try items.decode(Node.self).value) }
      value = .array(array)
    } else {
      value = try Self.scalar(decoder.singleValueContainer())
    }
  }

  private static func scalar(_ container: any SingleValueDecodingContainer) throws -> JSONValue {
    if container.decodeNil() { return .null }
    if let flag = try? container.decode(Bool.self) { return .bool(flag) }
    if let integer = try? container.decode(Int.self) { return .int(integer) }
    if let number = try? container.decode(Double.self) { return .double(number) }
    return .string(try container.decode(String.self))
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
