// SPDX-License-Identifier: MIT

import OrderedCollections
import Yams

/// The value that a YAML or JSON text says, with the line of each of its parts.
struct PlanDocument {
  enum Syntax { case yaml, json(JSONParser.Syntax) }

  struct Failure: Error {
    /// From 1.
    var line: Int?
    var message: String
  }

  private(set) var value = JSONValue.null
  /// By key path; of long paths, and when there are very many, not of all.
  private(set) var lines: [String: Int] = [:]
  /// How much memory `lines` may still take, in bytes.
  private var room = 64 << 20
  private var repeatedCount = 0
  /// How far the text has been read, by line and column.
  private var reached = (line: 0, column: 0)

  /// Aliases may make a small text a huge value; so many parts may come through them, which is enough for any plan.
  private static let repeatedLimit = 50_000
  static let depthLimit = 64
  /// The longest path whose line is kept, in bytes.
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
      // Most JSON is YAML, which knows its lines.
      if let node = try? Self.node(bytes) { _ = try? json(node, at: "", depth: 0) }
    }
  }

  private static func node(_ bytes: [UInt8]) throws(Failure) -> Node? {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(message: "is not UTF-8 text")
    }
    try PlanKeys(bytes)?.check()
    do {
      // Its own guesses at what a scalar is would cost as much as all the rest.
      return try Yams.compose(yaml: text, .basic)
    } catch let error as YamlError {
      throw failure(error)
    } catch {
      throw Failure(message: "is no YAML")
    }
  }

  /// What is mostly behind a problem, which the parser's words don't tell.
  private static func hint(_ problem: String) -> String {
    if problem.contains("cannot start any token") { return "; YAML is indented with spaces, never with tabs" }
    if problem.contains("':'") || problem.contains("mapping values") {
      return "; a text with a colon, such as \"builtin:\", wants quotes"
    }
    return ""
  }

  /// The parser's problem without its excerpt of the file, which may hold a secret.
  static func failure(_ error: YamlError) -> Failure {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      Failure(line: mark.line, message: "is no YAML: \(problem) (column \(mark.column))" + hint(problem))
    case .duplicatedKeysInMapping(let duplicates, let context):
      Failure(
        line: context.mark.line,
        message: "has a key twice: \(duplicates.map(EndpointAddress.redact).joined(separator: ", "))")
    default: Failure(message: "is no YAML")
    }
  }

  static func noText(_ key: Node) -> Failure {
    Failure(line: key.mark?.line, message: "has a key that is no text")
  }

  /// The path of a part; nil where its line is not kept, and then no line of what is in it.
  private func path(_ outer: String?, _ part: String) -> String? {
    guard let outer, room > 0, outer.utf8.count + part.utf8.count <= Self.longestPath else { return nil }
    return outer + part
  }

  private mutating func keep(_ line: Int?, at path: String?) {
    guard let path, let line else { return }
    // With what a string and a place in a dictionary take.
    if lines.updateValue(line, forKey: path) == nil { room -= path.utf8.count + 64 }
  }

  private mutating func json(_ node: Node, at path: String?, depth: Int) throws(Failure) -> JSONValue {
    if isRepeated(node) { repeatedCount += 1 }
    if let path, lines[path] == nil { keep(node.mark?.line, at: path) }
    guard repeatedCount <= Self.repeatedLimit, depth <= Self.depthLimit else {
      throw Failure(line: node.mark?.line, message: "is too large or nested too deeply")
    }
    switch node {
    case .scalar(let scalar): return try YAMLScalar.value(scalar)
    case .sequence(let sequence):
      var items: [JSONValue] = []
      for (index, item) in sequence.enumerated() {
        items.append(try json(item, at: self.path(path, "[\(index)]"), depth: depth + 1))
      }
      return .array(items)
    case .mapping(let mapping): return .object(try object(mapping, at: path, depth: depth))
    case .alias: return .null
    }
  }

  /// Nodes come in the order of the text; one from further up comes through an alias.
  private mutating func isRepeated(_ node: Node) -> Bool {
    guard let mark = node.mark else { return true }
    if (mark.line, mark.column) < reached { return true }
    reached = (mark.line, mark.column)
    return false
  }

  private mutating func object(
    _ mapping: Node.Mapping, at path: String?, depth: Int
  ) throws(Failure) -> JSONObject {
    var object: JSONObject = [:]
    for (key, value) in mapping where Self.isMerge(key) {
      object.merge(try merged(value, at: path, depth: depth + 1)) { first, _ in first }
    }
    // What the mapping says itself comes on top, wherever the merge key stands.
    for (key, value) in mapping where !Self.isMerge(key) {
      guard let scalar = key.scalar else { throw Self.noText(key) }
      let inner = self.path(path, path == "" ? scalar.string : "." + scalar.string)
      keep(key.mark?.line, at: inner)
      object[scalar.string] = try json(value, at: inner, depth: depth + 1)
    }
    return object
  }

  /// `<<` (https://yaml.org/type/merge.html), which YAML 1.2 has no more, but plans of many tools do.
  private static func isMerge(_ key: Node) -> Bool {
    guard let scalar = key.scalar else { return false }
    return scalar.string == "<<" && (scalar.style == .plain || scalar.style == .any)
  }

  /// The members that a merge key brings in: those of a mapping, or of several, of which the first ones win.
  private mutating func merged(_ node: Node, at path: String?, depth: Int) throws(Failure) -> JSONObject {
    let nodes = node.sequence.map(Array.init) ?? [node]
    var object: JSONObject = [:]
    for node in nodes {
      guard let members = try json(node, at: path, depth: depth).object else {
        throw Failure(line: node.mark?.line, message: "has a merge key << whose value is no object")
      }
      object.merge(members) { first, _ in first }
    }
    return object
  }
}
