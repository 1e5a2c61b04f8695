// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The members of a record as typed fields. Null counts as absent.
struct RecordFields {
  let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  func optional<Value>(_ key: String, as read: (JSONValue) -> Value?) throws(InvalidValue) -> Value? {
    guard let json = object[key], !json.isNull else { return nil }
    guard let value = read(json) else { throw InvalidValue("\(key) can't be \(Self.brief(json))") }
    return value
  }

  func required<Value>(_ key: String, as read: (JSONValue) -> Value?) throws(InvalidValue) -> Value {
    guard let value = try optional(key, as: read) else { throw InvalidValue("\(key) is missing") }
    return value
  }

  /// The objects in an array; none when it is absent.
  func objects(_ key: String) throws(InvalidValue) -> [RecordFields] {
    try optional(key) { json in
      json.array.flatMap { items in
        let objects = items.compactMap(\.object)
        return objects.count == items.count ? objects.map(RecordFields.init) : nil
      }
    } ?? []
  }

  static func string(_ json: JSONValue) -> String? { json.string }
  static func int(_ json: JSONValue) -> Int? { json.int }
  static func count(_ json: JSONValue) -> Int? {
    json.int.flatMap { Transcript.counts.contains($0) ? $0 : nil }
  }
  static func bool(_ json: JSONValue) -> Bool? { json.bool }
  static func object(_ json: JSONValue) -> JSONObject? { json.object }
  static func date(_ json: JSONValue) -> Date? { json.string.flatMap(Timestamp.date) }

  static func seed(_ json: JSONValue) -> UInt64? {
    guard case .number(let text) = json else { return nil }
    return UInt64(text)
  }

  static func strings(_ json: JSONValue) -> [String]? {
    guard let items = json.array else { return nil }
    let strings = items.compactMap(\.string)
    return strings.count == items.count ? strings : nil
  }

  static func choice<Choice: RawRepresentable<String>>(_ json: JSONValue) -> Choice? {
    json.string.flatMap(Choice.init)
  }

  /// A short form of a value for an error message.
  private static func brief(_ json: JSONValue) -> String {
    switch json {
    case .string(let text): "\"" + String(text.prefix(40)) + "\""
    case .number(let text): String(text.prefix(40))
    default: json.kind
    }
  }
}
