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

  /// The conditions, and the values that their names stand for.
  struct Layout {
    var cells: [Cell]
    /// By key of a condition and name. They may be stored and shown.
    var names: JSONObject
  }

  /// A key of the matrix with its values.
  private struct Axis {
    var key: String
    var choices: [Choice]

    /// Whether a value of the key can only be a name.
    var hasOnlyNames: Bool { choices.contains { $0.name != nil && $0.written[key] == nil } }

    func choice(_ name: String) -> Choice? { choices.first { $0.name == name } }
  }

  /// The values of a condition before they are laid over the base.
  private struct Row {
    var choices: [Choice]
    /// The condition's place in the plan, for errors.
    var path: String
    /// The name that the plan gives the whole condition.
    var name: String?

    var values: JSONObject {
      if let name { return [PlanNames.include: .string(name)] }
      return choices.reduce(into: [:]) { $0.merge($1.values) { $1 } }
    }
    var written: JSONObject { choices.reduce(into: [:]) { $0.merge($1.written) { $1 } } }
  }

  /// One value of a key of the matrix: an option's value, or several options as a bundle.
  private struct Choice {
    /// Nil for a value that stands for itself.
    var name: String?
    /// What the condition has: the options, or the key with the name.
    var values: JSONObject
    /// The options as written, which may contain secrets.
    var written: JSONObject
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

  func layout() throws(ConfigurationError) -> Layout {
    let axes = try axes()
    let included = try included(axes)
    let isImplied = axes.isEmpty && !included.isEmpty
    let rows = try excluding(isImplied ? [] : product(axes), axes) + included
    guard !rows.isEmpty else { throw reader.failure("exclude", "no condition is left") }
    var cells: [Cell] = []
    var seen: [String: (path: String, written: JSONValue)] = [:]
    var labels: [JSONValue: String] = [:]
    for row in rows {
      let condition = Condition(row.values)
      let written = Condition.canonical(.object(row.written))
      if let first = seen.updateValue((row.path, written), forKey: condition.identity) {
        throw twin(condition, at: row.path, differs: first.written != written, from: first.path)
      }
      if let other = labels.updateValue(condition.label, forKey: written) {
        let pair = "\(Excerpt.of(other)) and \(Excerpt.of(condition.label))"
        throw reader.failure(row.path, "the conditions \(pair) have the same options; use repeats")
      }
      let options = try Options.joined(row.choices.map(\.options))
      try options.checkRivals()
      cells.append(Cell(condition: condition, options: base.overlaid(by: options)))
    }
    return Layout(cells: cells, names: names(axes, included))
  }

  /// The values that names stand for.
  private func names(_ axes: [Axis], _ included: [Row]) -> JSONObject {
    var names: JSONObject = [:]
    for axis in axes where axis.choices.contains(where: { $0.name != nil }) {
      names[axis.key] = .object(
        axis.choices.reduce(into: [:]) { values, choice in
          let written = RecordableOption.values(choice.written)
          values[choice.name ?? ""] = written[axis.key] ?? .object(written)
        })
    }
    let conditions = included.reduce(into: [:] as JSONObject) { conditions, row in
      if let name = row.name { conditions[name] = .object(RecordableOption.values(row.written)) }
    }
    if !conditions.isEmpty { names[PlanNames.include] = .object(conditions) }
    return names
  }

  /// Replaces variables that hold models' names by their values, since a condition is identified by its
  /// models, and writes endpoints with equal URLs the same way.
  private func resolved(_ values: JSONObject) -> JSONObject {
    var resolved = Self.spelled(values)
    for (key, value) in values where OptionTable[key]?.field == "model" {
      guard let text = value.string, text.contains("${"),
        let name = try? VariableText(text, environment: reader.context.environment)
      else { continue }
      resolved[key] = .string(String(decoding: name.expanded, as: UTF8.self))
    }
    return resolved
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
          + " \(Excerpt.of(condition.label)); give secrets of headers and payloads as ${NAME}, or name bundles of options that hold them"
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

  private func axes() throws(ConfigurationError) -> [Axis] {
    var owners: [String: String] = [:]
    var axes: [Axis] = []
    var size = 1
    for (key, value) in try reader.object("matrix") {
      let choices = try choices(key, value)
      for option in OrderedSet(choices.flatMap { $0.written.keys }) {
        if let owner = owners.updateValue(key, forKey: option) {
          throw reader.failure(
            "matrix.\(key)", "\(option) is also set by \(PlanKeyPath.shown("matrix.\(owner)"))")
        }
      }
      size = size.multipliedReportingOverflow(by: choices.count).overflow ? .max : size * choices.count
      guard size <= Self.mostConditions else {
        throw reader.failure("matrix", "makes more than \(Self.mostConditions) conditions")
      }
      axes.append(Axis(key: key, choices: choices))
    }
    return axes
  }

  private func product(_ axes: [Axis]) -> [Row] {
    let rows = axes.reduce([[]] as [[Choice]]) { rows, axis in
      rows.flatMap { row in axis.choices.map { row + [$0] } }
    }
    return rows.map { Row(choices: $0, path: "matrix") }
  }

  /// The values of a key: a list, or an object of values by name.
  private func choices(_ key: String, _ value: JSONValue) throws(ConfigurationError) -> [Choice] {
    let path = "matrix.\(key)"
    let isOption = OptionTable[String(key.prefix { $0 != "." })] != nil
    if let values = value.object {
      try PlanNames.check(values, at: path, of: key, isOption: isOption, reader)
    }
    let items: [(name: String?, path: String, value: JSONValue)] =
      if let values = value.object {
        values.map { ($0.key, "\(path).\($0.key)", $0.value) }
      } else {
        try reader.list(value, at: path).enumerated().map { (nil, "\(path)[\($0)]", $1) }
      }
    guard !items.isEmpty else { throw reader.failure(path, "has no values") }
    let isBundle = !isOption && items.allSatisfy { $0.value.object != nil }
    var choices: [Choice] = []
    for item in items {
      let values = isBundle ? item.value.object ?? [:] : [key: item.value]
      try Self.check(values, at: isBundle ? item.path : "matrix", reader)
      let source =
        isBundle ? reader.file.source(at: item.path) : reader.file.source(of: key, at: item.path)
      let options = try Options.read(values, source: source, context: reader.context)
      if let absent = values.keys.first(where: { !options.gives($0) }) {
        throw options.failure(absent, Self.refusal(of: values[absent] ?? .null, for: absent))
      }
      let written = resolved(values)
      let named: JSONObject? = item.name.map { [key: .string($0)] }
      choices.append(Choice(name: item.name, values: named ?? written, written: written, options: options))
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

  private func included(_ axes: [Axis]) throws(ConfigurationError) -> [Row] {
    let value = reader.file.value[PlanNames.include] ?? .null
    guard let conditions = value.object else {
      var rows: [Row] = []
      for (index, item) in try reader.list(value, at: PlanNames.include).enumerated() {
        rows.append(try included(item, at: "\(PlanNames.include)[\(index)]", axes))
      }
      return rows
    }
    try PlanNames.check(conditions, at: PlanNames.include, of: PlanNames.include, isOption: false, reader)
    var rows: [Row] = []
    for (name, item) in conditions {
      var row = try included(item, at: "\(PlanNames.include).\(name)", axes)
      row.name = name
      rows.append(row)
    }
    return rows
  }

  /// A further condition, in which a name of the matrix stands for its value.
  private func included(
    _ item: JSONValue, at path: String, _ axes: [Axis]
  ) throws(ConfigurationError) -> Row {
    let item = try reader.object(item, at: path)
    try Self.check(item, at: path, reader)
    var row = Row(choices: [], path: path)
    let named = try named(item, at: path, axes)
    row.choices = Array(named.values)
    let values = item.filter { named[$0.key] == nil }
    let options = try Options.read(values, source: reader.file.source(at: path), context: reader.context)
    let written = resolved(values.filter { options.gives($0.key) })
    row.choices.append(Choice(values: written, written: written, options: options))
    return row
  }

  /// The values that an entry of `include` or `exclude` names.
  private func named(
    _ item: JSONObject, at path: String, _ axes: [Axis]
  ) throws(ConfigurationError) -> OrderedDictionary<String, Choice> {
    var named: OrderedDictionary<String, Choice> = [:]
    for axis in axes {
      guard let value = item[axis.key] else { continue }
      let name = PlanNames.text(of: value) ?? ""
      named[axis.key] = axis.choice(name)
      guard named[axis.key] == nil, axis.hasOnlyNames else { continue }
      throw reader.failure(
        "\(path).\(axis.key)",
        "is no name of \(PlanKeyPath.shown("matrix.\(axis.key)"))"
          + Suggestion.text(for: name, among: axis.choices.compactMap(\.name)))
    }
    return named
  }

  private func excluding(_ rows: [Row], _ axes: [Axis]) throws(ConfigurationError) -> [Row] {
    let base = resolved(try reader.object("base"))
    let values = rows.map { (named: $0.values, written: $0.written) }
    var isLeft = Array(repeating: true, count: rows.count)
    for (index, item) in try reader.list(reader.file.value["exclude"], at: "exclude").enumerated() {
      let path = "exclude[\(index)]"
      let wanted = try reader.object(item, at: path)
      guard !wanted.isEmpty else { throw reader.failure(path, "names no key") }
      for key in wanted.keys
      where base[key] == nil && !values.contains(where: { ($0.named[key] ?? $0.written[key]) != nil }) {
        let known = OrderedSet(values.flatMap { Array($0.named.keys) + Array($0.written.keys) })
        throw reader.failure(
          "\(path).\(key)",
          "no condition of the matrix has this key" + Suggestion.text(for: key, among: Array(known)))
      }
      let form = resolved(wanted).mapValues(Condition.canonical)
      let named = try named(wanted, at: path, axes)
      let matching = values.indices.filter { index in
        form.allSatisfy { key, value in
          if let choice = named[key] { return values[index].named[key] == choice.values[key] }
          return (values[index].written[key] ?? base[key]).map(Condition.canonical) == value
        }
      }
      guard !matching.isEmpty else {
        throw reader.failure(path, "matches no condition of the matrix")
      }
      for index in matching { isLeft[index] = false }
    }
    return zip(rows, isLeft).filter(\.1).map(\.0)
  }
}
