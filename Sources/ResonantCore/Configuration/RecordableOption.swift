// SPDX-License-Identifier: MIT

import OrderedCollections

/// The part of a user's option that may be stored and shown: everything except literal secrets.
///
/// Endpoints lose query and user info, headers lose values that are not references to variables, and payloads
/// lose what `Redactor` masks. `${NAME}` stays as written, and so does a value without a secret. Applying
/// this twice changes nothing further.
enum RecordableOption {
  static func values(_ written: JSONObject) -> JSONObject {
    JSONObject(uniqueKeysWithValues: written.map { ($0.key, value($0.value, of: $0.key)) })
  }

  /// - Parameter key: an option or a field of one: `bob_headers`, `payload.temperature`.
  static func value(_ written: JSONValue, of key: String) -> JSONValue {
    let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let fields = path.dropFirst()
    switch path[0].split(separator: "_").last {
    case "endpoint", "url": return written.string.map { .string(EndpointAddress.redact($0)) } ?? written
    case "headers":
      return fields.isEmpty ? object(written, mayBeName: false) { $0.mapValues(header) } : header(written)
    case "payload": return fields.isEmpty ? object(written, Redactor.masked) : field(written, at: fields)
    case "moderator" where !fields.isEmpty, "party" where !fields.isEmpty:
      return value(written, of: fields.joined(separator: "."))
    case "party" where written.string != nil: return written
    case "participant", "moderator", "party", "providers":
      if let list = written.array { return .array(list.map { object($0, values) }) }
      return object(written, values)
    default: return field(written, at: path[...])
    }
  }

  /// An object, possibly as text; text that can't be parsed is masked as a whole. A text without braces is the
  /// name that a plan gives an object.
  private static func object(
    _ value: JSONValue, mayBeName: Bool = true, _ mask: (JSONObject) -> JSONObject
  ) -> JSONValue {
    if let object = value.object { return .object(mask(object)) }
    switch value {
    case .null, .bool: return value
    case .string(let text) where text.isEmpty || text.hasPrefix("@"): return value
    case .string(let text) where mayBeName && !text.contains("{"): return value
    default: break
    }
    guard let object = value.string.flatMap({ try? JSONValue.parse($0) })?.object else {
      return .string(Redactor.mask)
    }
    let masked = mask(object)
    return masked == object ? value : .object(masked)
  }

  private static func header(_ value: JSONValue) -> JSONValue {
    switch value {
    case .null: value
    case .string(let text) where VariableText.isReference(text): value
    default: .string(Redactor.mask)
    }
  }

  /// A nested value; the keys around it decide whether it is a secret.
  private static func field(_ value: JSONValue, at path: ArraySlice<String>) -> JSONValue {
    let object = path.reversed().reduce(value) { .object([$1: $0]) }.object ?? [:]
    return path.reduce(JSONValue.object(Redactor.masked(object))) { $0[$1] ?? .null }
  }
}
