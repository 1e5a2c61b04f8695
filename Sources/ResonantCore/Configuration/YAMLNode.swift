// SPDX-License-Identifier: MIT

/// A node of a YAML text, with its content.
struct YAMLNode {
  typealias Failure = PlanDocument.Failure

  enum Content {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    case mapping([Member])
  }

  struct Member {
    var key: YAMLScalar
    var line: Int
    var value: YAMLNode
  }

  /// An alias shares the content of the node that it refers to, and so takes no memory.
  var content: Content
  /// From 1. The line of an alias is its own.
  var line: Int
  var isAlias = false

  /// Parses a text; nil if it contains only comments. Keys are text and unique in their mapping. An alias
  /// can't be a key, because the node that it refers to may be huge.
  static func read(_ bytes: [UInt8]) throws(Failure) -> YAMLNode? {
    var composer = YAMLComposer(parser: try YAMLParser(bytes))
    return try composer.document()
  }
}

private struct YAMLComposer {
  typealias Failure = PlanDocument.Failure

  let parser: YAMLParser
  private var anchors: [String: YAMLNode] = [:]

  init(parser: YAMLParser) { self.parser = parser }

  mutating func document() throws(Failure) -> YAMLNode? {
    guard let event = try parser.next() else { return nil }
    let node = try node(event, depth: 0)
    // The ends of the document and of the text; a syntax error after the document throws here.
    for _ in 1...2 { _ = try parser.next() }
    return node
  }

  private mutating func node(_ event: YAMLParser.Event, depth: Int) throws(Failure) -> YAMLNode {
    // The same limit as for JSON, since most JSON is also parsed as YAML.
    guard depth <= JSONParser.depthLimit else { throw PlanDocument.tooLarge(line: event.line) }
    let content: YAMLNode.Content
    switch event.content {
    case .scalar(let scalar): content = .scalar(scalar)
    case .sequence: content = .sequence(try items(depth: depth + 1))
    case .mapping: content = .mapping(try members(depth: depth + 1))
    case .alias(let name):
      guard let node = anchors[name] else {
        throw Failure(
          line: event.line, message: "is no YAML: found undefined alias (column \(event.column))")
      }
      return YAMLNode(content: node.content, line: event.line, isAlias: true)
    }
    let node = YAMLNode(content: content, line: event.line)
    if let anchor = event.anchor { anchors[anchor] = node }
    return node
  }

  private mutating func items(depth: Int) throws(Failure) -> [YAMLNode] {
    var items: [YAMLNode] = []
    while let event = try parser.next() { items.append(try node(event, depth: depth)) }
    return items
  }

  private mutating func members(depth: Int) throws(Failure) -> [YAMLNode.Member] {
    var members: [YAMLNode.Member] = []
    var lines: [String: Int] = [:]
    while let event = try parser.next() {
      let key = try key(event)
      if let first = lines.updateValue(event.line, forKey: key.text) {
        let shown = EndpointAddress.redact(key.text)
        throw Failure(line: event.line, message: "has a key twice: \(shown), first in line \(first)")
      }
      guard let value = try parser.next() else { break }
      members.append(YAMLNode.Member(key: key, line: event.line, value: try node(value, depth: depth)))
    }
    return members
  }

  private mutating func key(_ event: YAMLParser.Event) throws(Failure) -> YAMLScalar {
    switch event.content {
    case .scalar(let scalar):
      if let anchor = event.anchor { anchors[anchor] = YAMLNode(content: .scalar(scalar), line: event.line) }
      return scalar
    case .alias: throw Failure(line: event.line, message: "has an alias for a key; write the key out")
    case .sequence, .mapping: throw Failure(line: event.line, message: "has a key that is no text")
    }
  }
}
