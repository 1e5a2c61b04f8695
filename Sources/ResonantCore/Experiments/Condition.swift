// SPDX-License-Identifier: MIT

import OrderedCollections

/// One cell of an experiment's matrix: the options in which its trials differ from the plan's base.
public struct Condition: Sendable, Equatable, CustomReflectable {
  /// Values by option, in the plan's order. They may be stored and shown, since literal secrets are masked. A
  /// dotted key, such as `payload.temperature`, is a field of an option's object.
  public let values: JSONObject
  /// A text that is equal for equal values, regardless of their order and the notation of numbers. Replacing
  /// a secret by another does not change it.
  let identity: String
  /// The values in the form that starts file names.
  let words: String

  /// - Parameter written: the values as written in the plan.
  public init(_ written: JSONObject) {
    values = RecordableOption.values(written)
    identity = Self.canonical(.object(values)).jsonText
    words = TrialWords.words(of: values)
  }

  /// Keeps secrets out of dumps and of messages that print the condition.
  public var customMirror: Mirror { Mirror(self, children: ["values": values]) }

  /// The condition for people: `key=value,…`. Text is quoted only if it contains a comma or a control
  /// character.
  public var label: String { Self.label(of: values) }

  /// What a table shows for a condition without values.
  static let baseAlone = "(the base alone)"

  /// The label of recorded values.
  static func label(of values: JSONObject) -> String {
    values.map { "\($0.key)=\(text(of: $0.value))" }.joined(separator: ",")
  }

  static func text(of value: JSONValue) -> String {
    guard case .string(let text) = value else { return value.jsonText }
    let plain = text.unicodeScalars.allSatisfy { $0 != "," && $0 != "\"" && $0.value >= 0x20 }
    return plain ? text : value.jsonText
  }

  static func canonical(_ value: JSONValue) -> JSONValue {
    switch value {
    case .null, .bool, .string: value
    case .number(let text): number(text)
    case .array(let items): .array(items.map(canonical))
    case .object(let members):
      .object(
        JSONObject(
          uniqueKeysWithValues: members.elements.sorted { $0.key < $1.key }.map {
            ($0.key, canonical($0.value))
          }))
    }
  }

  /// Normalises the notation of a number. Integers that fit neither `Int` nor `Double` exactly stay as they
  /// are, so that different ones remain distinct.
  private static func number(_ text: String) -> JSONValue {
    let value = JSONValue.number(text)
    if let int = value.int { return .int(int) }
    guard let double = value.double, double.isFinite else { return value }
    let isInteger = text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 &- UInt8(ascii: "0") < 10 }
    guard isInteger else { return .double(double) }
    return Int128(text).map { $0 == Int128(exactly: double) } == true ? .double(double) : value
  }
}
