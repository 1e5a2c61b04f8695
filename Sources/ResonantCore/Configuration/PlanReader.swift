// SPDX-License-Identifier: MIT

import OrderedCollections

/// Reads the keys of a plan; the matrix is `PlanMatrix`'s.
struct PlanReader {
  static let keys = ["name", "base", "matrix", "include", "exclude", "repeats", "seed", "limits"]
  private static let later = ["party", "perturb"]
  private static let limitKeys = ["concurrency", "endpoints", "requests_per_minute", "budget_tokens"]

  let file: PlanFile
  let context: ResolutionContext
  private let seed: UInt64

  init(file: PlanFile, environment: [String: String]) throws(ConfigurationError) {
    self.file = file
    let seed = try Self.seed(file)
    self.seed = seed
    context = ResolutionContext(
      environment: environment, directory: file.directory, randomSeed: { seed })
  }

  func read() throws(ConfigurationError) -> Plan {
    try checkKeys(file.value, among: Self.keys)
    let cells = try PlanMatrix(reader: self).cells()
    var experiment = Experiment(
      name: try name(), base: try object("base"), conditions: cells.map(\.condition),
      repeats: try integer(file.value["repeats"], at: "repeats") ?? 1, seed: seed)
    experiment.limits = try limits()
    var conversations: [ResolvedConversation] = []
    for cell in cells {
      conversations.append(try ResolvedConversation.resolve(cell.options, context: context))
    }
    let plan = Plan(experiment: experiment, conversations: conversations)
    try checkNames(plan)
    return plan
  }

  func failure(_ path: String, _ message: String) -> ConfigurationError {
    ConfigurationError(file.place(of: path), message)
  }

  /// The object at a key of the plan; an absent one is empty.
  func object(_ key: String) throws(ConfigurationError) -> JSONObject {
    try object(file.value[key] ?? .null, at: key)
  }

  func object(_ value: JSONValue, at path: String) throws(ConfigurationError) -> JSONObject {
    if value.isNull { return [:] }
    guard let object = value.object else { throw failure(path, "must be an object, not \(value.kind)") }
    return object
  }

  func list(_ value: JSONValue?, at path: String) throws(ConfigurationError) -> [JSONValue] {
    guard let value, !value.isNull else { return [] }
    guard let list = value.array else { throw failure(path, "must be a list, not \(value.kind)") }
    return list
  }

  private func checkKeys(
    _ object: JSONObject, among known: [String], at path: String = ""
  ) throws(ConfigurationError) {
    for key in object.keys where !known.contains(key) {
      let place = path.isEmpty ? key : "\(path).\(key)"
      if path.isEmpty, Self.later.contains(key) {
        throw failure(place, "is not supported by this version yet")
      }
      throw failure(place, "unknown key" + Suggestion.text(for: key, among: known))
    }
  }

  private func name() throws(ConfigurationError) -> String {
    guard let value = file.value["name"], !value.isNull else { return stem }
    guard let name = value.string else { throw failure("name", "must be a string, not \(value.kind)") }
    let isPlain = name.unicodeScalars.allSatisfy { $0 != "/" && $0.properties.generalCategory != .control }
    guard isPlain, !name.isEmpty, !name.hasPrefix("."), name.utf8.count <= 200 else {
      throw failure("name", "must be a plain file name, it becomes the run directory's")
    }
    return name
  }

  private var stem: String {
    let name = file.name.split(separator: "/").last.map(String.init) ?? ""
    let stem = name.split(separator: ".").first.map(String.init) ?? ""
    return stem.isEmpty ? "experiment" : stem
  }

  /// A plan that names none has 0: a batch can be repeated without a word.
  private static func seed(_ file: PlanFile) throws(ConfigurationError) -> UInt64 {
    guard let value = file.value["seed"], !value.isNull else { return 0 }
    guard case .number(let text) = value, let seed = UInt64(text) else {
      throw ConfigurationError(file.place(of: "seed"), "must be a whole number from 0 to \(UInt64.max)")
    }
    return seed
  }

  private func integer(_ value: JSONValue?, at path: String) throws(ConfigurationError) -> Int? {
    guard let value, !value.isNull else { return nil }
    guard let number = value.int, number >= 1 else {
      throw failure(path, "must be a whole number of at least 1, not \(value.jsonText)")
    }
    return number
  }

  private func limits() throws(ConfigurationError) -> Experiment.Limits {
    let values = try object("limits")
    try checkKeys(values, among: Self.limitKeys, at: "limits")
    var limits = Experiment.Limits()
    limits.concurrency = try integer(values["concurrency"], at: "limits.concurrency") ?? limits.concurrency
    limits.budgetTokens = try integer(values["budget_tokens"], at: "limits.budget_tokens")
    for (name, value) in try object(values["endpoints"] ?? .null, at: "limits.endpoints") {
      limits.endpoints[name] = try integer(value, at: "limits.endpoints.\(name)")
    }
    let path = "limits.requests_per_minute"
    for (name, value) in try object(values["requests_per_minute"] ?? .null, at: path) {
      guard let rate = value.double, rate > 0 else {
        throw failure("\(path).\(name)", "must be a number above 0, not \(value.jsonText)")
      }
      limits.requestsPerMinute[name] = rate
    }
    return limits
  }

  /// A limit for an endpoint that nobody asks is a slip of the pen.
  private func checkNames(_ plan: Plan) throws(ConfigurationError) {
    let known = OrderedSet(plan.conversations.flatMap { $0.participants.map(\.endpoint.source) })
    let limits = plan.experiment.limits
    let named =
      limits.endpoints.keys.map { ("limits.endpoints", $0) }
      + limits.requestsPerMinute.keys.map { ("limits.requests_per_minute", $0) }
    for (path, name) in named where !known.contains(name) {
      throw failure(
        "\(path).\(name)",
        "no condition has this endpoint; the plan's are \(known.joined(separator: ", "))")
    }
  }
}
