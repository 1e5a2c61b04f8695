// SPDX-License-Identifier: MIT

import OrderedCollections

/// Reads the keys of a plan, except for the matrix (see `PlanMatrix`) and the perturbation.
struct PlanReader {
  static let keys = ["name", "base", "matrix", "include", "exclude", "repeats", "seed", "limits", "perturb"]
  static let limitKeys = ["concurrency", "endpoints", "requests_per_minute", "budget_tokens"]

  let file: PlanFile
  let context: ResolutionContext
  private let seed: UInt64

  init(file: PlanFile, environment: [String: String]) throws(ConfigurationError) {
    self.file = file
    let seed = try Self.seed(file)
    self.seed = seed
    context = ResolutionContext(
      environment: environment, directory: file.directory, isAttended: false, randomSeed: { seed })
  }

  func read() throws(ConfigurationError) -> Plan {
    try checkKeys(file.value, among: Self.keys)
    let layout = try PlanMatrix(reader: self).layout()
    let cells = layout.cells
    var experiment = Experiment(
      name: try name(), base: try object("base"), conditions: cells.map(\.condition),
      repeats: try integer(file.value["repeats"], at: "repeats") ?? 1, seed: seed)
    let most = Experiment.mostTrials / max(1, cells.count)
    guard experiment.repeats <= most else {
      throw failure(
        "repeats", "must be at most \(most): an experiment has no more than \(Experiment.mostTrials) trials")
    }
    experiment.names = layout.names
    experiment.limits = try limits()
    experiment.perturbation = try perturbation()
    var conversations: [ResolvedConversation] = []
    var builtin = BuiltinCheck()
    for cell in cells {
      let options = try cell.options.completed(context)
      let conversation = try ResolvedConversation.resolve(options, context: context)
      try builtin.check(conversation, of: options, context)
      conversations.append(conversation)
    }
    let plan = Plan(experiment: experiment, conversations: conversations)
    try checkNames(plan)
    try checkPerturbation(of: plan)
    return plan
  }

  func failure(_ path: String, _ message: String) -> ConfigurationError {
    ConfigurationError(file.place(of: path), message)
  }

  /// The object at a key of the plan; empty if the key is missing.
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

  func checkKeys(
    _ object: JSONObject, among known: [String], at path: String = ""
  ) throws(ConfigurationError) {
    for key in object.keys where !known.contains(key) {
      let place = path.isEmpty ? key : "\(path).\(key)"
      let hint =
        path.isEmpty && OptionTable[key] != nil
        ? "; it is an option, which belongs into base" : Suggestion.text(for: key, among: known)
      throw failure(place, "unknown key" + hint)
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

  /// The seed of the plan. It is 0 by default rather than random, so that a batch is reproducible.
  private static func seed(_ file: PlanFile) throws(ConfigurationError) -> UInt64 {
    guard let value = file.value["seed"], !value.isNull else { return 0 }
    guard case .number(let text) = value, let seed = UInt64(text) else {
      throw ConfigurationError(file.place(of: "seed"), "must be a whole number from 0 to \(UInt64.max)")
    }
    return seed
  }

  func integer(
    _ value: JSONValue?, at path: String, least: Int = 1
  ) throws(ConfigurationError) -> Int? {
    guard let value, !value.isNull else { return nil }
    guard let number = value.int, number >= least else {
      throw failure(path, "must be a whole number of at least \(least), not \(Excerpt.of(value.jsonText))")
    }
    return number
  }

  private func limits() throws(ConfigurationError) -> Experiment.Limits {
    let values = try object("limits")
    try checkKeys(values, among: Self.limitKeys, at: "limits")
    var limits = Experiment.Limits()
    if let concurrency = values["concurrency"], !concurrency.isNull {
      let path = "limits.concurrency"
      limits.concurrency = try self.concurrency(concurrency) { failure(path, $0) }
    }
    limits.budgetTokens = try integer(values["budget_tokens"], at: "limits.budget_tokens")
    var path = "limits.endpoints"
    for (name, value) in try object(values["endpoints"] ?? .null, at: path) where !value.isNull {
      let most = try concurrency(value) { failure("\(path).\(name)", $0) }
      limits.endpoints.merge([EndpointAddress.plain(name): most], uniquingKeysWith: min)
    }
    path = "limits.requests_per_minute"
    for (name, value) in try object(values["requests_per_minute"] ?? .null, at: path) where !value.isNull {
      guard let rate = value.double, rate >= Experiment.Limits.leastRate, rate.isFinite else {
        throw failure(
          "\(path).\(name)",
          "must be a number of at least \(Experiment.Limits.leastRate), not \(Excerpt.of(value.jsonText))")
      }
      limits.requestsPerMinute.merge([EndpointAddress.plain(name): rate], uniquingKeysWith: min)
    }
    return limits
  }

  private func concurrency(
    _ value: JSONValue, failure: (String) -> ConfigurationError
  ) throws(ConfigurationError) -> Int {
    let range = 1...Experiment.Limits.mostConcurrency
    guard let number = value.int, range.contains(number) else {
      throw failure("must be a whole number from 1 to \(range.upperBound), not \(Excerpt.of(value.jsonText))")
    }
    return number
  }

  /// Throws when a limit names an endpoint that the plan doesn't use, which is probably a typing error.
  private func checkNames(_ plan: Plan) throws(ConfigurationError) {
    let known = OrderedSet(
      plan.conversations.flatMap { $0.modelled.map { EndpointAddress.plain($0.endpoint.source) } })
    let limits = plan.experiment.limits
    let named =
      limits.endpoints.keys.map { ("limits.endpoints", $0) }
      + limits.requestsPerMinute.keys.map { ("limits.requests_per_minute", $0) }
    for (path, name) in named where !known.contains(name) {
      let shown = OrderedSet(known.map(EndpointAddress.redact)).joined(separator: ", ")
      throw failure("\(path).\(name)", "no condition has this endpoint; the plan's are \(shown)")
    }
  }
}

/// Checks once for each builtin model of a plan that it exists and that its file can be read.
private struct BuiltinCheck {
  private var sound: Set<[String]> = []

  mutating func check(
    _ conversation: ResolvedConversation, of options: Options, _ context: ResolutionContext
  ) throws(ConfigurationError) {
    var own = try ParticipantOptions.all(options, context)
    if let moderator = try ParticipantOptions.moderator(of: options, context) { own.append(moderator) }
    for (own, participant) in zip(own, conversation.modelled) where participant.endpoint.isBuiltin {
      var path = own.path(of: "model")
      do throws(InvalidValue) {
        // A replay depends on the participant's name, too.
        if !sound.contains([participant.model, participant.name]) {
          _ = try BuiltinModel.make(
            participant.model, participant: participant.name, directory: conversation.directory)
          sound.insert([participant.model, participant.name])
        }
        for (key, value) in participant.payload {
          path = own.path(of: "payload") + ".\(key)"
          _ = try Pace([key: value])
        }
      } catch {
        throw options.failure(path, "\(participant.name): \(error)")
      }
    }
  }
}
