// SPDX-License-Identifier: MIT

import OrderedCollections

/// Makes a plan's conditions: the cartesian product of the matrix, the first key the slowest, without what is
/// excluded; then what is included.
struct PlanMatrix {
  /// One condition with all of its options, the base's too.
  struct Cell {
    var condition: Condition
    var options: Options
    /// Where the plan has it, for errors.
    var path: String
  }

  /// One value of one key of the matrix: an option's value, or a bundle of options.
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
    base = try Options.read(
      values, source: reader.file.source(at: "base"), context: reader.context)
  }

  func cells() throws(ConfigurationError) -> [Cell] {
    let included = try included()
    let matrix = try reader.object("matrix")
    let isImplied = matrix.isEmpty && !included.isEmpty
    let cells = try excluding(isImplied ? [] : try product(matrix)) + included
    guard !cells.isEmpty else { throw reader.failure("exclude", "no condition is left") }
    var seen: [String: String] = [:]
    for cell in cells {
      if let first = seen.updateValue(cell.path, forKey: cell.condition.identity) {
        throw reader.failure(
          cell.path, "the condition \(cell.condition.label) is there twice, also in \(first); use repeats")
      }
    }
    return cells
  }

  /// Options that a trial cannot have.
  private static func check(
    _ values: JSONObject, at path: String, _ reader: PlanReader
  ) throws(ConfigurationError) {
    for key in values.keys {
      switch key {
      case "party": throw reader.failure("\(path).party", "is not supported by this version yet")
      case "out", "name", "no_save":
        throw reader.failure("\(path).\(key)", "has no place in a plan, trials are kept in the run directory")
      default: break
      }
    }
  }

  private func product(_ matrix: JSONObject) throws(ConfigurationError) -> [Cell] {
    var owners: [String: String] = [:]
    var axes: [[Choice]] = []
    var size = 1
    for (key, value) in matrix {
      let choices = try choices(key, value)
      for option in OrderedSet(choices.flatMap { $0.values.keys }) {
        if let owner = owners.updateValue(key, forKey: option) {
          throw reader.failure("matrix.\(key)", "\(option) is also set by matrix.\(owner)")
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
    return rows.map(cell)
  }

  private func cell(_ row: [Choice]) -> Cell {
    let values = row.reduce(into: [:] as JSONObject) { $0.merge($1.values) { $1 } }
    // A field of an object is set after the object, whichever comes first in the plan.
    let whole = row.filter { !Self.isField($0) }
    let fields = row.filter(Self.isField)
    let options = (whole + fields).reduce(base) { $0.overlaid(by: $1.options) }
    return Cell(condition: Condition(values), options: options, path: "matrix")
  }

  private static func isField(_ choice: Choice) -> Bool { choice.values.keys.allSatisfy { $0.contains(".") } }

  private func choices(_ key: String, _ value: JSONValue) throws(ConfigurationError) -> [Choice] {
    let items = try reader.list(value, at: "matrix.\(key)")
    guard !items.isEmpty else { throw reader.failure("matrix.\(key)", "has no values") }
    let isOption = OptionTable[String(key.prefix { $0 != "." })] != nil
    let isBundle = !isOption && items.allSatisfy { $0.object != nil }
    var choices: [Choice] = []
    for (index, item) in items.enumerated() {
      let path = "matrix.\(key)[\(index)]"
      if isBundle {
        choices.append(try choice(item.object ?? [:], at: path))
      } else {
        try Self.check([key: item], at: "matrix", reader)
        let source = reader.file.source(of: key, at: path)
        let options = try Options.read([key: item], source: source, context: reader.context)
        choices.append(Choice(values: [key: item], options: options))
      }
    }
    return choices
  }

  private func choice(_ values: JSONObject, at path: String) throws(ConfigurationError) -> Choice {
    try Self.check(values, at: path, reader)
    let source = reader.file.source(at: path)
    return Choice(
      values: values, options: try Options.read(values, source: source, context: reader.context))
  }

  private func included() throws(ConfigurationError) -> [Cell] {
    var cells: [Cell] = []
    for (index, item) in try reader.list(reader.file.value["include"], at: "include").enumerated() {
      let path = "include[\(index)]"
      let choice = try choice(try reader.object(item, at: path), at: path)
      cells.append(
        Cell(condition: Condition(choice.values), options: base.overlaid(by: choice.options), path: path))
    }
    return cells
  }

  private func excluding(_ cells: [Cell]) throws(ConfigurationError) -> [Cell] {
    let base = try reader.object("base")
    var left = cells
    for (index, item) in try reader.list(reader.file.value["exclude"], at: "exclude").enumerated() {
      let path = "exclude[\(index)]"
      let wanted = try reader.object(item, at: path)
      guard !wanted.isEmpty else { throw reader.failure(path, "names no key") }
      for key in wanted.keys
      where !cells.contains(where: { $0.condition.values[key] != nil }) && base[key] == nil {
        let known = Experiment(name: "", conditions: cells.map(\.condition)).keys
        throw reader.failure(
          "\(path).\(key)",
          "no condition of the matrix has this key" + Suggestion.text(for: key, among: Array(known)))
      }
      left.removeAll { cell in
        wanted.allSatisfy { key, value in
          (cell.condition.values[key] ?? base[key]).map(Condition.canonical) == Condition.canonical(value)
        }
      }
    }
    return left
  }
}
