// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A labelled value that describes the conversation as a whole; facts are shown in order.
struct Fact: Equatable {
  var label: String
  var value: String
}

extension Transcript {
  /// The code points of all turns, without preambles.
  var characters: Int { turns.reduce(0) { $0 + $1.characters } }

  /// The length limit of a reply, if the settings contain it.
  var maxCharacters: Int? { header.settings["max_chars"]?.int }

  /// The turn limit. The header does not know a higher limit that was given on resuming: it then equals the
  /// number of turns if the conversation reached the limit, and is unknown otherwise.
  var turnLimit: Int? {
    guard let first = header.settings["max_turns"]?.int, first < turns.count else {
      return header.settings["max_turns"]?.int
    }
    return end?.reason == .maxTurns ? turns.count : nil
  }

  /// The topic, unless the title holds all of it.
  var topicBesideTitle: String? {
    guard let topic = header.topic, let headline = Wording.headline(of: topic) else { return nil }
    return header.mode == .party && headline == topic ? nil : topic
  }

  /// The part of `facts` about the participants' models and endpoints. What all share is told once; a room lists
  /// its participants in any case.
  var modelFacts: [Fact] {
    let machines = header.participants.filter { !$0.human }
    let first = machines.first
    let sharesEndpoint = machines.count > 1 && machines.allSatisfy { $0.endpoint == first?.endpoint }
    let sharesModel =
      sharesEndpoint && header.mode == .chat
      && machines.allSatisfy { askedModels(of: $0) == first.map(askedModels) }
    var facts = header.participants.filter { $0.human || !sharesModel }.map { participant in
      let isLone = sharesEndpoint || participant.endpoint.isEmpty
      let models = models(of: [participant])
      return Fact(
        label: participant.name,
        value: participant.human ? "a person" : isLone ? models : "\(models) at \(participant.endpoint)")
    }
    if sharesModel { facts.insert(Fact(label: "Shared model", value: models(of: machines)), at: 0) }
    if let first, sharesEndpoint { facts.append(Fact(label: "Shared endpoint", value: first.endpoint)) }
    // Files of other tools name no endpoints, and some no models.
    facts.removeAll(where: \.value.isEmpty)
    let moderator = header.settings["moderator"] ?? header.settings["party"]?["moderator"]
    if let moderator, let model = moderator["model"]?.string {
      let endpoint = (moderator["endpoint"] ?? moderator["url"])?.string
      facts.append(Fact(label: "Moderator", value: model + (endpoint.map { " at \($0)" } ?? "")))
    }
    facts += machines.filter { !$0.payload.isEmpty }.map {
      Fact(label: "Payload of \($0.name)", value: JSONValue.object($0.payload).jsonText)
    }
    return facts
  }

  /// `a (served: b), then c`: the models that some participants, who share them, were asked for, each with those
  /// that answered in its stead.
  private func models(of participants: [Participant]) -> String {
    let names = participants.map(\.name)
    return participants.first.map(askedModels)?.map { model in
      var served: [String] = []
      for turn in turns where turn.model == model && names.contains(turn.speaker) {
        if let other = turn.otherModel, !served.contains(other) { served.append(other) }
      }
      return served.isEmpty ? model : "\(model) (served: \(served.joined(separator: ", ")))"
    }.joined(separator: ", then ") ?? ""
  }

  /// The models that a participant was asked for. One that was given another one when the conversation was resumed
  /// has several; so has a fork, whose header names the last one.
  private func askedModels(of participant: Participant) -> [String] {
    var models = header.parent == nil ? [participant.model] : []
    for turn in turns where turn.speaker == participant.name && turn.outcome.isGenerated {
      if !models.contains(turn.model) { models.append(turn.model) }
    }
    return models.contains(participant.model) ? models : models + [participant.model]
  }

  /// The limits, totals and origin of the conversation.
  var facts: [Fact] {
    var facts: [Fact] = []
    func add(_ label: String, _ value: String?) {
      if let value { facts.append(Fact(label: label, value: value)) }
    }
    add("Date (UTC)", header.knownCreated.map(Wording.minute))
    add("Turns", Wording.grouped(turns.count))
    add("Turn limit", turnLimit.map(Wording.grouped))
    add("Total characters", Wording.grouped(characters))
    add("Max characters", maxCharacters.map(Wording.grouped))
    if let end {
      add("End", Wording.reason(end.reason))
      let about = end.usage.estimated ? "about " : ""
      if end.usage.total > 0 { add("Tokens", about + Wording.grouped(end.usage.total)) }
      if !header.isForeign { add("Duration", Wording.duration(milliseconds: end.milliseconds)) }
    }
    if header.settings["filter_thinking"]?.bool == true { add("Thinking", "filtered for the others") }
    if header.mode == .party { add("Order of speakers", header.settings["order"]?.string) }
    add("Seed", header.seed.map(String.init))
    if let trial = header.trial {
      let fork = trial.fork.map { ", \(Wording.fork($0.place))" } ?? ""
      add("Experiment", "\(trial.experiment), repeat \(trial.repeat)\(fork)")
      add("Condition", trial.conditionText)
    }
    add("Branched from", header.parent.map { "\($0.id) after turn \($0.turn)" })
    return facts
  }
}

extension Transcript.Header {
  /// When the conversation began; nil in files of other tools that do not tell.
  var knownCreated: Date? { created == Transcript.unknownTime ? nil : created }

  /// Whether this is a conversation of another tool, in whose files much is not told: no endpoint is.
  var isForeign: Bool {
    !participants.isEmpty && participants.allSatisfy { !$0.human && $0.endpoint.isEmpty }
  }

  /// The participants whose system prompt is known, or that they have none.
  var prompted: [Transcript.Participant] {
    participants.filter { !$0.human && (!isForeign || $0.systemPrompt != nil) }
  }

  /// The system prompts, one if all have the same, else one for each who has one.
  var sharedPrompts: [(label: String, prompt: String)] {
    let machines = participants.filter { !$0.human }
    guard let first = machines.first else { return [] }
    if machines.allSatisfy({ $0.systemPrompt == first.systemPrompt }) {
      return first.systemPrompt.map { [("System prompt", $0)] } ?? []
    }
    return machines.compactMap { machine in
      machine.systemPrompt.map { ("System prompt of \(machine.name)", $0) }
    }
  }
}

extension Transcript.Trial {
  /// `key=value, …` in the plan's order; nil when the condition sets no key.
  var conditionText: String? {
    guard !condition.isEmpty else { return nil }
    return condition.elements.map { "\($0.key)=\($0.value.string ?? $0.value.jsonText)" }.joined(
      separator: ", ")
  }
}
