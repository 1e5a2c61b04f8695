// SPDX-License-Identifier: MIT

import OrderedCollections

/// Builds a plan's conditions: the cartesian product of the matrix, in which the first key varies slowest,
/// without excluded ones, followed by the included ones.
struct PlanMatrix {
  /// One condition with all its options, including those of the base.
  struct Cell {
    var condition: Condition
    var options: Options
  }

  /// The values of a condition before they are laid over the base.
  private struct Row {
    var choices: [Choice]
    /// The condition's place in the plan, for errors.
    var path: String

    /// The values as written, which may contain secrets.
    var values: JSONObject { choices.reduce(into: [:]) { $0.merge($1.values) { $1 } } }
  }

  /// One value of a key of the matrix: an option's value, or several options as a bundle.
  private struct Choice {
    var values: JSONObject
    var options: Options
  }

  private static let mostConditions = 100_000

  let reader: PlanReader
  private let base: Options

  init(reader: PlanReader) throws(ConfigurationError) {
    self.reader = reader
    let values = try reader.object("base")
    try Self.check(values, at: "base", reader)
    base = try Options.joined([
      Options.read(values, source: reader.file.source(at: "base"), context: reader.context)
    ])
    try base.checkRivals()
  }

  func cells() throws(ConfigurationError) -> [Cell] {
    let included = try included()
    let matrix = try reader.object("matrix")
    let isImplied = matrix.isEmpty && !included.isEmpty
    let rows = try excluding(isImplied ? [] : try product(matrix)) + included
    guard !rows.isEmpty else { throw reader.failure("exclude", "no condition is left") }
    var cells: [Cell] = []
    var seen: [String: (path: String, written: JSONValue)] = [:]
    for row in rows {
      let values = named(row.values)
      let condition = Condition(values)
      let written = Condition.canonical(.object(values))
      if let first = seen.updateValue((row.path, written), forKey: condition.identity) {
        throw twin(condition, at: row.path, differs: first.written != written, from: first.path)
      }
      let options = try Options.joined(row.choices.map(\.options))
      try options.checkRivals()
      cells.append(Cell(condition: condition, options: base.overlaid(by: options)))
    }
    return cells
  }

  /// Replaces variables that hold models' names by their values, since a condition is identified by its
  /// models, and writes endpoints with equal URLs the same way.
  private func named(_ values: JSONObject) -> JSONObject {
    var named = Self.spelled(values)
    for (key, value) in values where OptionTable[key]?.field == "model" {
      guard let text = value.string, text.contains("${"),
        let name = try? VariableText(text, environment: reader.context.environment)
      else { continue }
      named[key] = .string(String(decoding: name.expanded, as: UTF8.self))
    }
    return named
  }

  private static func spelled(_ values: JSONObject) -> JSONObject {
    JSONObject(
      uniqueKeysWithValues: values.map { key, value in
        if OptionTable[key]?.field == "endpoint" {
          return (key, value.string.map { .string(EndpointAddress.plain($0)) } ?? value)
        }
        guard key == "participant" else { return (key, value) }
        if let list = value.array { return (key, .array(list.map(spelled))) }
        return (key, spelled(value))
      })
  }

  private static func spelled(_ participant: JSONValue) -> JSONValue {
    participant.object.map { .object(spelled($0)) } ?? participant
  }

  /// The error for two conditions with the same label or values.
  private func twin(
    _ condition: Condition, at path: String, differs: Bool, from first: String
  ) -> ConfigurationError {
    guard !differs else {
      return reader.failure(
        path,
        "two conditions differ only in secrets, which are kept and shown nowhere, and are both"
          + " \(Excerpt.of(condition.label)); give secrets of headers and payloads as ${NAME}, others in bundles with another option that sets them apart"
      )
    }
    return reader.failure(
      path, "the condition \(Excerpt.of(condition.label)) is there twice, also in \(first); use repeats")
  }

  /// Throws for options that a trial can't have.
  private static func check(
    _ values: JSONObject, at path: String, _ reader: PlanReader
  ) throws(ConfigurationError) {
    for key in values.keys {
      switch key {
      case "out", "name", "no_save":
        throw reader.failure("\(path).\(key)", "has no place in a plan, trials are kept in the run directory")
      default: break
      }
    }
  }

  private func product(_ matrix: JSONObject) throws(ConfigurationError) -> [Row] {
    var owners: [String: String] = [:]
    var axes: [[Choice]] = []
    var size = 1
    for (key, value) in matrix {
      let choices = try choices(key, value)
      for option in OrderedSet(choices.flatMap { $0.values.keys }) {
        if let owner = owners.updateValue(key, forKey: option) {
          throw reader.failure(
            "matrix.\(key)", "\(option) is also set by \(PlanKeyPath.shown("matrix.\(owner)"))")
        }
      }
      size = size.multipliedReportingOverflow(by: choices.count).overflow ? .max : size * choices.count
      guard size <= Self.mostConditions else {
        throw reader.failure("matrix", "makes more than \(Self.mostConditions) conditions")
      }
      axes.append(choices)
    }
    let rows = axes.reduce([[]] as [[Choice]]) { rows, choices in
      rows.flatMap { row in choices.map { row + [$0] } }
    }
    return rows.map { Row(choices: $0, path: "matrix") }
  }

  private func choices(_ key: String, _ value: JSONValue) throws(ConfigurationError) -> [Choice] {
    let items = try reader.list(value, at: "matrix.\(key)")
    guard !items.isEmpty else { throw reader.failure("matrix.\(key)", "has no values") }
    let isOption = OptionTable[String(key.prefix { $0 != "." })] != nil
    let isBundle = !isOption && items.allSatisfy { $0.object != nil }
    var choices: [Choice] = []
    for (index, item) in items.enumerated() {
      let path = "matrix.\(key)[\(index)]"
      let values = isBundle ? item.object ?? [:] : [key: item]
      try Self.check(values, at: isBundle ? path : "matrix", reader)
      let source = isBundle ? reader.file.source(at: path) : reader.file.source(of: key, at: path)
      let options = try Options.read(values, source: source, context: reader.context)
      if let absent = values.keys.first(where: { !options.gives($0) }) {
        throw options.failure(absent, Self.refusal(of: values[absent] ?? .null, for: absent))
      }
      choices.append(Choice(values: values, options: options))
    }
    return choices
  }

  /// The error for a value that counts as not given: the condition's name would contain a value that it does
  /// not have.
  private static func refusal(of value: JSONValue, for key: String) -> String {
    let given = value.isNull ? "null" : Excerpt.of(value.jsonText)
    let hint = key.hasSuffix("system_prompt") ? "; write \"\" for no system prompt" : ""
    return "\(given) counts as not given, so the condition would have the base's value" + hint
  }

  private func included() throws(ConfigurationError) -> [Row] {
    var rows: [Row] = []
    for (index, item) in try reader.list(reader.file.value["include"], at: "include").enumerated() {
      let path = "include[\(index)]"
      let values = try reader.object(item, at: path)
      try Self.check(values, at: path, reader)
      let options = try Options.read(
        values, source: reader.file.source(at: path), context: reader.context)
      rows.append(
        Row(choices: [Choice(values: values.filter { options.gives($0.key) }, options: options)], path: path))
    }
    return rows
  }

  private func excluding(_ rows: [Row]) throws(ConfigurationError) -> [Row] {
    let base = Self.spelled(try reader.object("base"))
    let values = rows.map { Self.spelled($0.values) }
    var isLeft = Array(repeating: true, count: rows.count)
    for (index, item) in try reader.list(reader.file.value["exclude"], at: "exclude").enumerated() {
      let path = "exclude[\(index)]"
      let wanted = try reader.object(item, at: path)
      guard !wanted.isEmpty else { throw reader.failure(path, "names no key") }
      for key in wanted.keys where base[key] == nil && !values.contains(where: { $0[key] != nil }) {
        let known = OrderedSet(values.flatMap(\.keys))
        throw reader.failure(
          "\(path).\(key)",
          "no condition of the matrix has this key" + Suggestion.text(for: key, among: Array(known)))
      }
      let form = Self.spelled(wanted).mapValues(Condition.canonical)
      let matching = values.indices.filter { index in
        form.allSatisfy { key, value in (values[index][key] ?? base[key]).map(Condition.canonical) == value }
      }
      guard !matching.isEmpty else {
        throw reader.failure(path, "matches no condition of the matrix")
      }
      for index in matching { isLeft[index] = false }
    }
    return zip(rows, isLeft).filter(\.1).map(\.0)
  }
}
