// SPDX-License-Identifier: MIT

import OrderedCollections

extension Options {
  /// The same options without dotted keys: each value is set in its object, starting with the shortest paths.
  ///
  /// A participant's own object replaces the common one. When only fields of it are given, it therefore
  /// starts as a copy of the common one, which must be completed first.
  func flattened() -> Options {
    var flat = self
    let fields = values.keys.enumerated().filter { $0.element.contains(".") }
      .map { (key: $0.element, path: $0.element.split(separator: "."), index: $0.offset) }
      .sorted { ($0.path.count, $0.index) < ($1.path.count, $1.index) }
    for field in fields { flat.values[field.key] = nil }
    let isOwn = { (path: [Substring]) in OptionTable[String(path[0])]?.participant != nil }
    for field in fields where !isOwn(field.path) { flat.set(values[field.key], at: field.path) }
    for field in fields where isOwn(field.path) {
      flat.inherit(String(field.path[0]))
      flat.set(values[field.key], at: field.path)
    }
    return flat
  }

  /// Creates a participant's own object, if missing, as a copy of the common one.
  private mutating func inherit(_ key: String) {
    guard values[key] == nil, let common = OptionTable[key]?.field else { return }
    values[key] = values[common]
    source = source.inheriting(key, from: common)
  }

  private mutating func set(_ value: JSONValue?, at path: [Substring]) {
    let key = String(path[0])
    values[key] = Self.setting(value ?? .null, at: path.dropFirst(), in: values[key] ?? [:])
  }

  private static func setting(
    _ value: JSONValue, at path: ArraySlice<Substring>, in target: JSONValue
  ) -> JSONValue {
    guard let first = path.first else { return value }
    var object = target.object ?? [:]
    let key = String(first)
    object[key] = setting(value, at: path.dropFirst(), in: object[key] ?? [:])
    return .object(object)
  }
}

// MARK: - Joining sets of equal rank

extension Options {
  /// Joins sets of equal rank, such as the values of one condition. Throws when two sets give the same
  /// option, even under two names (`opening` and `opening_file`), or when a field belongs to a value that is
  /// not an object.
  static func joined(_ sets: [Options]) throws(ConfigurationError) -> Options {
    guard var whole = sets.first else { return Options() }
    for set in sets.dropFirst() {
      for (key, value) in set.values {
        if whole.values.updateValue(value, forKey: key) != nil {
          throw set.failure(key, "cannot be given together with \(whole.source.place(of: key).path)")
        }
      }
      whole.source = whole.source.overlaid(by: set.source, keys: set.values.keys)
      whole.warnings += set.warnings
    }
    try whole.checkFields()
    return whole
  }

  /// Throws when the set contains options that exclude each other.
  func checkRivals() throws(ConfigurationError) {
    if values["opening"] != nil, isOn("no_opening") {
      throw failure("opening", "cannot be given together with \(source.place(of: "no_opening").path)")
    }
  }

  private func checkFields() throws(ConfigurationError) {
    for key in values.keys where key.contains(".") {
      let parts = key.split(separator: ".")
      for count in 1..<parts.count {
        let outer = parts.prefix(count).joined(separator: ".")
        if let value = values[outer], value.object == nil {
          throw failure(
            key, "is a field of \(source.place(of: outer).path), which is \(value.kind) and has no fields")
        }
      }
    }
  }
}

extension Options {
  /// Whether the option `key` has a value: null and, for most options, an empty text count as not given.
  func gives(_ key: String) -> Bool {
    if case .textFile(let target) = OptionTable[key]?.kind { return values[target] != nil }
    return values[key] != nil
  }
}
