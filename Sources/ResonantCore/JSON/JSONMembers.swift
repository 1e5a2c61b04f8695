// SPDX-License-Identifier: MIT

import OrderedCollections

/// Collects the members of a JSON object one after another, each key once. One piece of code then describes
/// an object's content, both for building a value and for writing directly to a file, which is several times
/// as fast.
protocol JSONMembers {
  mutating func add(_ key: String, _ value: JSONValue)
  mutating func add(_ key: String, _ object: (inout Self) -> Void)
  mutating func add<Items: Sequence>(
    _ key: String, objects items: Items, _ each: (Items.Element, inout Self) -> Void)
}

extension JSONObject: JSONMembers {
  mutating func add(_ key: String, _ value: JSONValue) { self[key] = value }

  mutating func add(_ key: String, _ object: (inout Self) -> Void) {
    self[key] = .object(Self.make(object))
  }

  mutating func add<Items: Sequence>(
    _ key: String, objects items: Items, _ each: (Items.Element, inout Self) -> Void
  ) {
    self[key] = .array(items.map { item in .object(Self.make { each(item, &$0) }) })
  }

  /// An object with the members that `body` adds.
  static func make(_ body: (inout Self) -> Void) -> Self {
    var object = Self()
    body(&object)
    return object
  }
}

/// Writes members as compact JSON.
struct JSONMemberWriter: JSONMembers {
  private(set) var bytes: [UInt8] = []
  private var isFirst = true

  /// The object with the members that `body` adds.
  ///
  /// - Parameter room: expected size in bytes.
  static func bytes(room: Int, _ body: (inout Self) -> Void) -> [UInt8] {
    var writer = Self()
    writer.bytes.reserveCapacity(room)
    writer.object(body)
    return writer.bytes
  }

  mutating func add(_ key: String, _ value: JSONValue) {
    begin(key)
    JSONWriter.append(value, to: &bytes)
  }

  mutating func add(_ key: String, _ body: (inout Self) -> Void) {
    begin(key)
    object(body)
  }

  mutating func add<Items: Sequence>(
    _ key: String, objects items: Items, _ each: (Items.Element, inout Self) -> Void
  ) {
    begin(key)
    bytes.append(ASCII.openBracket)
    for (index, item) in items.enumerated() {
      if index > 0 { bytes.append(ASCII.comma) }
      object { each(item, &$0) }
    }
    bytes.append(ASCII.closeBracket)
  }

  private mutating func begin(_ key: String) {
    if !isFirst { bytes.append(ASCII.comma) }
    isFirst = false
    JSONWriter.append(key, to: &bytes)
    bytes.append(ASCII.colon)
  }

  private mutating func object(_ body: (inout Self) -> Void) {
    bytes.append(ASCII.openBrace)
    isFirst = true
    body(&self)
    isFirst = false
    bytes.append(ASCII.closeBrace)
  }
}
