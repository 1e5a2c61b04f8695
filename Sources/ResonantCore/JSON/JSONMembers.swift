// SPDX-License-Identifier: MIT

import OrderedCollections

/// Adds the members of an object one after another, each key once.
extension JSONObject {
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
