// SPDX-License-Identifier: MIT

import OrderedCollections

/// One cell of an experiment's matrix: the options that set its trials apart from the plan's base.
public struct Condition: Sendable, Equatable, CustomReflectable {
  /// Values by option, in the plan's order, as they may be kept and shown: literal secrets are masked. A dotted key,
  /// `payload.temperature`, is a member of an option's object.
  public let values: JSONObject
  /// The same text for the same values, whatever their order and however their numbers are written. A secret that
  /// is replaced by another changes nothing.
  let identity: String
  /// The values as the beginning of file names.
  let words: String

  /// - Parameter written: the values as the plan has them.
  public init(_ written: JSONObject) {
    values = RecordableOption.values(written)
    identity = Self.canonical(.object(values)).jsonText
    words = TrialWords.words(of: values)
  }

  /// Keeps secrets out of dumps and of messages that show a value.
  public var customMirror: Mirror { Mirror(self, children: ["values": values]) }

  /// The condition as people read it: `key=value,…`. Text stands as it is, quoted only where it holds a comma or
  /// a control character.
  public var label: String { label { $0 } }

  private func label(_ shown: (String) -> String) -> String {
    values.map { "\($0.key)=\(shown(Self.text(of: $0.value)))" }.joined(separator: ",")
  }

  /// The labels for a table: the beginnings of long values, unless two conditions would look alike.
  static func labels(of conditions: [Condition]) -> [String] {
    let short = conditions.map { $0.label(beginning) }
    return Set(short).count == short.count ? short : conditions.map(\.label)
  }

  private static func beginning(of text: String) -> String {
    let beginning = text.unicodeScalars.prefix(60)
    return beginning.endIndex == text.unicodeScalars.endIndex ? text : String(beginning) + "…"
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

  /// One writing for all that mean the same number. Integers that neither `Int` nor `Double` has stay as they are,
  /// so that two of them never become one.
  private static func number(_ text: String) -> JSONValue {
    let value = JSONValue.number(text)
    if let int = value.int { return .int(int) }
    guard let double = value.double, double.isFinite else { return value }
    let isInteger = text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 &- UInt8(ascii: "0") < 10 }
    guard isInteger else { return .double(double) }
    return Int128(text).map { $0 == Int128(exactly: double) } == true ? .double(double) : value
  }
}
