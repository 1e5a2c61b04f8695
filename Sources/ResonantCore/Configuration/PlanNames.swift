// SPDX-License-Identifier: MIT

/// The names that a plan gives to values of its matrix and to further conditions: a condition has the name, a
/// conversation the value.
enum PlanNames {
  /// The key of named conditions, in the plan and in the condition.
  static let include = "include"

  /// Names end up in labels, columns and files.
  static func check(
    _ values: JSONObject, at path: String, of key: String, isOption: Bool, _ reader: PlanReader
  ) throws(ConfigurationError) {
    if path != include, !isOption { try checkKey(key, at: path, reader) }
    if !isOption, !values.values.allSatisfy({ $0.object != nil }) {
      throw reader.failure(
        path,
        "must have names with bundles of options, \(key): {NAME: {OPTION: VALUE}}, or be a list of bundles")
    }
    for name in values.keys {
      if let problem = problem(with: name) {
        throw reader.failure("\(path).\(name)", "is no name: it \(problem)")
      }
      guard RecordableOption.value(.string(name), of: key) == .string(name) else {
        throw reader.failure(
          "\(path).\(name)",
          "a value of \(key) may hold a secret and is shown nowhere; name bundles: pair: {NAME: {\(key): …}}")
      }
    }
  }

  /// A key that is no option is a column of the summary.
  private static func checkKey(
    _ key: String, at path: String, _ reader: PlanReader
  ) throws(ConfigurationError) {
    if let problem = problem(with: key) { throw reader.failure(path, "is no name: it \(problem)") }
    guard !Experiment.ownKeys.contains(key), key != include else {
      throw reader.failure(path, "is the name of something else in conditions and summaries; choose another")
    }
  }

  private static func problem(with name: String) -> String? {
    if name.isEmpty { return "is empty" }
    if name != name.trimmed { return "begins or ends with a space" }
    if PlanKeyPath.isAddress(name[...]) { return "looks like an address, which may hold a secret" }
    let isPlain = name.unicodeScalars.allSatisfy {
      !["=", ",", "\"", "{", "}"].contains($0)
        && ![.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
    }
    return isPlain ? nil : "contains one of = , \" { } or a control character"
  }

  /// A value as a name: a name that looks like a number or a truth value is one nevertheless.
  static func text(of value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .number, .bool: value.jsonText
    case .null, .array, .object: nil
    }
  }
}
