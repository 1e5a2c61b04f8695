// SPDX-License-Identifier: MIT

import OrderedCollections

/// One cell of an experiment's matrix: the options that set its trials apart from the plan's base.
public struct Condition: Sendable, Equatable {
  /// Values by option, as the plan has them. A dotted key, `payload.temperature`, is a member of an option's
  /// object.
  public var values: JSONObject

  public init(_ values: JSONObject) { self.values = values }

  /// The condition as people read it: `key=value,…`. Text stands as it is, quoted only where it holds a comma or
  /// a control character.
  public var label: String {
    values.map { "\($0.key)=\(Self.text(of: $0.value))" }.joined(separator: ",")
  }

  static func text(of value: JSONValue) -> String {
    guard case .string(let text) = value else { return value.jsonText }
    let plain = text.unicodeScalars.allSatisfy { $0 != "," && $0 != "\"" && $0.value >= 0x20 }
    return plain ? text : value.jsonText
  }

  /// The same text for the same values, whatever their order and however their numbers are written.
  var identity: String { Self.canonical(.object(values)).jsonText }

  static func canonical(_ value: JSONValue) -> JSONValue {
    switch value {
    case .null, .bool, .string: value
    case .number: value.int.map(JSONValue.int) ?? value.double.map(JSONValue.double) ?? value
    case .array(let items): .array(items.map(canonical))
    case .object(let members):
      .object(
        JSONObject(
          uniqueKeysWithValues: members.elements.sorted { $0.key < $1.key }.map {
            ($0.key, canonical($0.value))
          }))
    }
  }
}
