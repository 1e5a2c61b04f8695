// SPDX-License-Identifier: MIT

import OrderedCollections

/// The value of a YAML or JSON text, with the line of each part.
struct PlanDocument {
  enum Syntax { case yaml, json(JSONParser.Syntax) }

  struct Failure: Error {
    /// From 1.
    var line: Int?
    var message: String
  }

  private(set) var value = JSONValue.null
  /// By key path. Parts with long paths, and parts beyond the memory limit, have no line.
  private(set) var lines: [String: Int] = [:]
  /// The memory that `lines` may still take, in bytes.
  private var room = 64 << 20
  private var repeatedCount = 0

  /// The largest number of parts that come from aliases, which could otherwise turn a small text into a huge
  /// value. It is enough for any plan.
  private static let repeatedLimit = 50_000
  static let depthLimit = 64
  /// The longest path whose line is recorded, in bytes.
  static let longestPath = 4 << 10

  init(_ bytes: [UInt8], syntax: Syntax) throws(Failure) {
    switch syntax {
    case .yaml:
      guard let node = try Self.node(bytes) else { throw Failure(message: "is empty") }
      value = try json(node, at: "", depth: 0)
    case .json(let syntax):
      do {
        value = try JSONValue.parse(bytes, syntax: syntax, duplicates: .refused)
      } catch {
        throw Failure(line: error.line, message: "is no JSON: \(error.message) (column \(error.column))")
      }
      // JSON is mostly valid YAML, whose parser knows the lines.
      if let node = try? Self.node(bytes) { _ = try? json(node, at: "", depth: 0) }
    }
  }

  private static func node(_ bytes: [UInt8]) throws(Failure) -> YAMLNode? {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw Failure(message: "is not UTF-8 text") }
    return try YAMLNode.read(bytes)
  }

  static func tooLarge(line: Int) -> Failure {
    Failure(line: line, message: "is too large or nested too deeply")
  }

  /// The path of a part; nil if its line is not recorded, and then those of its own parts are not recorded
  /// either.
  private func path(_ outer: String?, _ part: String) -> String? {
    guard let outer, room > 0, outer.utf8.count + part.utf8.count <= Self.longestPath else { return nil }
    return outer + part
  }

  private mutating func keep(_ line: Int, at path: String?) {
    guard let path else { return }
    // Counts the overhead of a string and a dictionary entry as 64 bytes.
    if lines.updateValue(line, forKey: path) == nil { room -= path.utf8.count + 64 }
  }

  /// `alias` is the line of the alias through which the node is reached.
  private mutating func json(
    _ node: YAMLNode, at path: String?, depth: Int, alias: Int? = nil
  ) throws(Failure) -> JSONValue {
    let alias = alias ?? (node.isAlias ? node.line : nil)
    if alias != nil { repeatedCount += 1 }
    if let path, lines[path] == nil { keep(node.line, at: path) }
    guard repeatedCount <= Self.repeatedLimit, depth <= Self.depthLimit else {
      throw Self.tooLarge(line: alias ?? node.line)
    }
    switch node.content {
    case .scalar(let scalar): return try scalar.value(line: node.line)
    case .sequence(let nodes):
      var items: [JSONValue] = []
      for (index, item) in nodes.enumerated() {
        items.append(try json(item, at: self.path(path, "[\(index)]"), depth: depth + 1, alias: alias))
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
        let inner = self.path(path, path == "" ? key : "." + key)
        keep(member.line, at: inner)
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
