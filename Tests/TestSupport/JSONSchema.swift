// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore

/// A JSON Schema (https://json-schema.org/draft/2020-12), as far as the repository's schemas use it: an unknown
/// keyword is an error, so that none is silently ignored.
public struct JSONSchema {
  public struct UnknownKeyword: Error { let keyword: String }

  private static let annotations: Set<String> = ["$schema", "$defs", "title", "description", "default"]

  private let root: JSONValue

  public init(_ root: JSONValue) { self.root = root }

  /// The definition with a name.
  public func definition(_ name: String) -> JSONValue? { root["$defs"]?[name] }

  /// What is wrong with a value, one path and keyword each; empty for a valid one.
  public func problems(_ value: JSONValue) throws -> [String] { try problems(value, root, at: "") }

  private func problems(_ value: JSONValue, _ schema: JSONValue, at path: String) throws -> [String] {
    try (schema.object ?? [:]).flatMap { keyword, rule -> [String] in
      switch keyword {
      case "$ref":
        let name = rule.string?.split(separator: "/").last.map(String.init) ?? ""
        return try problems(value, definition(name) ?? .null, at: path)
      case "properties":
        return try (rule.object ?? [:]).flatMap { key, rule in
          try value[key].map { try problems($0, rule, at: "\(path).\(key)") } ?? []
        }
      case "additionalProperties":
        let known = schema["properties"]?.object ?? [:]
        return try (value.object ?? [:]).filter { known[$0.key] == nil }.flatMap { key, value in
          rule == false ? ["\(path).\(key): unknown"] : try problems(value, rule, at: "\(path).\(key)")
        }
      case "items":
        return try (value.array ?? []).enumerated().flatMap {
          try problems($0.element, rule, at: "\(path)[\($0.offset)]")
        }
      default: return try fits(value, keyword, rule) ? [] : ["\(path): \(keyword)"]
      }
    }
  }

  private func fits(_ value: JSONValue, _ keyword: String, _ rule: JSONValue) throws -> Bool {
    switch keyword {
    case "type": return (rule.array ?? [rule]).contains { Self.isOf(value, type: $0.string ?? "") }
    case "enum": return rule.array?.contains(value) == true
    case "required":
      return value.object.map { object in
        (rule.array ?? []).allSatisfy { object[$0.string ?? ""] != nil }
      } ?? true
    case "minItems": return value.array.map { $0.count >= rule.int ?? 0 } ?? true
    case "minLength": return value.string.map { $0.unicodeScalars.count >= rule.int ?? 0 } ?? true
    case "minimum": return value.double.map { $0 >= rule.double ?? 0 } ?? true
    case "maximum": return value.double.map { $0 <= rule.double ?? 0 } ?? true
    case "pattern":
      return value.string?.range(of: rule.string ?? "", options: .regularExpression) != nil
        || value.string == nil
    case _ where Self.annotations.contains(keyword): return true
    default: throw UnknownKeyword(keyword: keyword)
    }
  }

  private static func isOf(_ value: JSONValue, type: String) -> Bool {
    switch (type, value) {
    case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool), ("number", .number),
      ("null", .null):
      true
    case ("integer", .number): value.int != nil
    default: false
    }
  }
}
