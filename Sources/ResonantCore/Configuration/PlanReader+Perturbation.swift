// SPDX-License-Identifier: MIT

extension PlanReader {
  private static let perturbationKeys = ["at", "inject", "as", "repeats", "control"]

  /// The perturbation of the plan; nil if it has none.
  func perturbation() throws(ConfigurationError) -> Experiment.Perturbation? {
    let value = file.value["perturb"] ?? .null
    if value.isNull { return nil }
    let values = try object(value, at: "perturb")
    try checkKeys(values, among: Self.perturbationKeys, at: "perturb")
    let place = try place(values["at"])
    let control = try integer(values["control"], at: "perturb.control", least: 0) ?? 0
    let hasMessage = ["inject", "as"].contains { values[$0]?.isNull == false }
    if !hasMessage, control > 0 {
      guard values["repeats"]?.isNull != false else {
        throw failure(
          "perturb.repeats",
          "counts the forks with a message, which this plan does not inject; leave it out, or give inject and as"
        )
      }
      return Experiment.Perturbation(at: place, control: control)
    }
    return Experiment.Perturbation(
      at: place, inject: try text(values["inject"], at: "perturb.inject"),
      as: try text(values["as"], at: "perturb.as"),
      repeats: try integer(values["repeats"], at: "perturb.repeats") ?? 1, control: control)
  }

  private func place(_ value: JSONValue?) throws(ConfigurationError) -> Experiment.Perturbation.Place {
    if value == "onset" { return .onset }
    if let turn = value?.int, turn >= 1 { return .turn(turn) }
    let wanted = "must be onset or the number of a turn, from 1"
    guard let value, !value.isNull else { throw failure("perturb.at", "is missing; it \(wanted)") }
    let hint = value.string.map { Suggestion.text(for: $0, among: ["onset"]) } ?? ""
    throw failure("perturb.at", "\(wanted), not \(Excerpt.of(value.jsonText))\(hint)")
  }

  private func text(_ value: JSONValue?, at path: String) throws(ConfigurationError) -> String {
    guard let value, !value.isNull else {
      let wanted = path == "perturb.as" ? "names the participant who says it" : "is what is said"
      throw failure(path, "is missing; it \(wanted)")
    }
    guard let text = value.string else { throw failure(path, "must be a string, not \(value.kind)") }
    guard !text.allSatisfy(\.isWhitespace) else { throw failure(path, "must not be empty") }
    return text
  }

  /// Checks the perturbation of a plan against its conversations.
  func checkPerturbation(of plan: Plan) throws(ConfigurationError) {
    guard let perturbation = plan.experiment.perturbation else { return }
    if let speaker = perturbation.injection?.speaker { try check(speaker, of: plan) }
    let limits = plan.conversations.map { $0.settings.maxTurns ?? .max }
    if case .turn(let turn) = perturbation.place, let most = limits.max(), turn >= most - 1 {
      throw failure(
        "perturb.at",
        "a fork after turn \(turn) would have no turn left after "
          + (perturbation.injection == nil ? "its own first one" : "the injected one")
          + ", for max_turns is \(most) in all"
      )
    }
    let trials = plan.experiment.conditions.count * plan.experiment.repeats
    let most = Experiment.mostTrials / trials - 1
    guard perturbation.repeats <= most else {
      throw failure(
        "perturb.repeats",
        (most < 1 ? "leave out perturb or lower repeats" : "must be at most \(most)")
          + ": an experiment has no more than \(Experiment.mostTrials) trials, forks included")
    }
    guard perturbation.control <= most - perturbation.repeats else {
      throw failure(
        "perturb.control",
        "must be at most \(most - perturbation.repeats): an experiment has no more than"
          + " \(Experiment.mostTrials) trials, forks included")
    }
  }

  /// Checks that the participant who says the message takes part in all conversations.
  private func check(_ speaker: String, of plan: Plan) throws(ConfigurationError) {
    for (condition, conversation) in zip(plan.experiment.conditions, plan.conversations) {
      let names = conversation.participants.map(\.name)
      guard !names.contains(speaker) else { continue }
      let place = condition.label.isEmpty ? "" : " in \(Excerpt.of(condition.label))"
      throw failure(
        "perturb.as",
        "nobody is named \(Excerpt.of(speaker))\(place), only \(names.joined(separator: ", "))"
          + Suggestion.text(for: speaker, among: names))
    }
  }
}
