// SPDX-License-Identifier: MIT

import OrderedCollections

/// The value of a YAML or JSON text, with the line of each part.
struct PlanDocument {
  enum Syntax { case yaml, json5 }

  struct Failure: Error {
    /// From 1.
    var line: Int?
    var message: String
  }

  private(set) var value = JSONValue.null
  private var parts = PartLines()
  private var repeatedCount = 0

  /// By key path.
  var lines: [String: Int] { parts.lines }

  /// The largest number of parts that come from aliases, which could otherwise turn a small text into a huge
  /// value. It is enough for any plan.
  private static let repeatedLimit = 50_000
  static let depthLimit = 64

  init(_ bytes: [UInt8], syntax: Syntax) throws(Failure) {
    switch syntax {
    case .yaml:
      guard let node = try Self.node(bytes) else { throw Failure(message: "is empty") }
      value = try json(node, at: "", depth: 0)
    case .json5:
      do {
        value = try JSONParser.parse(bytes, syntax: .json5, lines: &parts)
      } catch {
        throw Failure(line: error.line, message: "is no JSON: \(error.message) (column \(error.column))")
      }
    }
  }

  private static func node(_ bytes: [UInt8]) throws(Failure) -> YAMLNode? {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw Failure(message: "is not UTF-8 text") }
    return try YAMLNode.read(bytes)
  }

  static func tooLarge(line: Int) -> Failure {
    Failure(line: line, message: "is too large or nested too deeply")
  }

  /// `alias` is the line of the alias through which the node is reached.
  private mutating func json(
    _ node: YAMLNode, at path: String?, depth: Int, alias: Int? = nil
  ) throws(Failure) -> JSONValue {
    let alias = alias ?? (node.isAlias ? node.line : nil)
    if alias != nil { repeatedCount += 1 }
    parts.keepFirst(node.line, at: path)
    guard repeatedCount <= Self.repeatedLimit, depth <= Self.depthLimit else {
      throw Self.tooLarge(line: alias ?? node.line)
    }
    switch node.content {
    case .scalar(let scalar): return try scalar.value(line: node.line)
    case .sequence(let nodes):
      var items: [JSONValue] = []
      for (index, item) in nodes.enumerated() {
        items.append(try json(item, at: parts.path(path, "[\(index)]"), depth: depth + 1, alias: alias))
      }
      return .array(items)
    case .mapping(let members):
      var object: JSONObject = [:]
      for member in members where member.key.isMerge {
        let merged = try merged(member.value, at: path, depth: depth + 1, alias: alias)
        object.merge(merged) { first, _ in first }
      }
      // The mapping's own members override merged ones, regardless of the position of the merge key.
      for member in members where !member.key.isMerge {
        let key = member.key.text
        let inner = parts.path(path, key: key)
        parts.keep(member.line, at: inner)
        object[key] = try json(member.value, at: inner, depth: depth + 1, alias: alias)
      }
      return .object(object)
    }
  }

  /// The members from a merge key's value: a mapping, or a list of mappings of which earlier ones take
  /// precedence.
  private mutating func merged(
    _ node: YAMLNode, at path: String?, depth: Int, alias: Int?
  ) throws(Failure) -> JSONObject {
    var nodes = [node]
    if case .sequence(let items) = node.content { nodes = items }
    let alias = alias ?? (node.isAlias ? node.line : nil)
    var object: JSONObject = [:]
    for node in nodes {
      guard let members = try json(node, at: path, depth: depth, alias: alias).object else {
        throw Failure(line: node.line, message: "has a merge key << whose value is no object")
      }
      object.merge(members) { first, _ in first }
    }
    return object
  }
}
