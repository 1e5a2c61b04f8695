// SPDX-License-Identifier: MIT

import OrderedCollections

/// Fills in a payload: in strings at any depth, `${NAME}` stands for an environment variable and `$${` for a
/// literal `${`. Keys are unchanged.
struct PayloadText {
  /// A string that cannot be filled in, with the path of keys and indices to it.
  struct Problem: Error {
    var path: String
    var reason: String
  }

  /// The payload as sent.
  private(set) var filled: JSONObject = [:]
  /// The values of the variables.
  private(set) var values: [String] = []
  private let environment: [String: String]

  init(_ written: JSONObject, environment: [String: String]) throws(Problem) {
    self.environment = environment
    filled = try fill(written, at: "")
  }

  private mutating func fill(_ object: JSONObject, at path: String) throws(Problem) -> JSONObject {
    var filled = object
    for (key, value) in object { filled[key] = try fill(value, at: path.isEmpty ? key : "\(path).\(key)") }
    return filled
  }

  private mutating func fill(_ value: JSONValue, at path: String) throws(Problem) -> JSONValue {
    switch value {
    case .null, .bool, .number: return value
    case .object(let members): return .object(try fill(members, at: path))
    case .array(let items):
      var filled: [JSONValue] = []
      for (index, item) in items.enumerated() { filled.append(try fill(item, at: "\(path)[\(index)]")) }
      return .array(filled)
    case .string(let text):
      guard text.contains("${") else { return value }
      do {
        let text = try VariableText(text, environment: environment)
        values += text.values
        return .string(String(decoding: text.expanded, as: UTF8.self))
      } catch {
        throw Problem(path: path, reason: error.description)
      }
    }
  }
}
