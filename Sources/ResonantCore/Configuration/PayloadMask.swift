// SPDX-License-Identifier: MIT

import OrderedCollections

/// Hides the values of payload fields that name a secret, so that a payload can be recorded.
enum PayloadMask {
  /// What stands for a hidden value.
  static let mask = "***"

  /// The payload with every string hidden that stands under a key which names a key, token, secret or password.
  /// Numbers are hidden under secrets and passwords only: `max_tokens` stays.
  static func masked(_ payload: JSONObject) -> JSONObject {
    payload.reduce(into: [:]) { result, member in
      result[member.key] = hidden(member.value, by: Secrecy(member.key))
    }
  }

  /// The first key, with those around it, whose value was hidden; nil when nothing is.
  static func hiddenKey(in payload: JSONObject) -> String? {
    for (key, value) in payload {
      if value == .string(mask), Secrecy(key) != .none { return key }
      if let inner = value.object.flatMap(hiddenKey) { return "\(key).\(inner)" }
    }
    return nil
  }

  private enum Secrecy {
    case none, texts, numbersToo

    init(_ key: String) {
      let words = PayloadMask.words(of: key)
      if words.contains(where: { word in
        ["secret", "password", "passwd", "passphrase"].contains(where: word.hasSuffix)
      }) {
        self = .numbersToo
      } else if words.contains(where: { word in
        ["key", "token", "credential", "authorization"].contains(where: word.hasSuffix)
      }) {
        self = .texts
      } else {
        self = .none
      }
    }
  }

  private static func hidden(_ value: JSONValue, by secrecy: Secrecy) -> JSONValue {
    switch value {
    case .object(let members) where secrecy == .none: .object(masked(members))
    case .object(let members): .object(members.mapValues { hidden($0, by: secrecy) })
    case .array(let items): .array(items.map { hidden($0, by: secrecy) })
    case .string: secrecy == .none ? value : .string(mask)
    case .number: secrecy == .numbersToo ? .string(mask) : value
    case .bool, .null: value
    }
  }

  /// The words of `api_key`, `x-api-key`, `apiKey`, in lower case and in the singular.
  private static func words(of key: String) -> [String] {
    var words = [""]
    var wasLower = false
    for character in key {
      if !(character.isLetter || character.isNumber) || character.isUppercase && wasLower { words.append("") }
      if character.isLetter || character.isNumber { words[words.count - 1] += character.lowercased() }
      wasLower = character.isLowercase
    }
    return words.map { $0.hasSuffix("s") ? String($0.dropLast()) : $0 }
  }
}
