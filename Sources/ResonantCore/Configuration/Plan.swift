// SPDX-License-Identifier: MIT

import OrderedCollections

/// A plan that has been read and checked: the experiment, and the conversation of each condition.
public struct Plan: Sendable {
  public var experiment: Experiment
  /// The conversation of each condition, in order. The seed is the plan's unless the condition's options name
  /// another.
  public let conversations: [ResolvedConversation]
  /// The index of each condition, by its identity and by that of its forks' condition.
  private let places: [String: Int]

  init(experiment: Experiment, conversations: [ResolvedConversation]) {
    self.experiment = experiment
    self.conversations = conversations
    let identities = experiment.conditions.enumerated().flatMap { place, condition in
      let forks = experiment.perturbation.map { perturbation in
        perturbation.arms.map { perturbation.condition(of: condition, $0) }
      }
      return ([condition] + (forks ?? [])).map { ($0.identity, place) }
    }
    places = Dictionary(identities, uniquingKeysWith: { first, _ in first })
  }

  /// Reads a plan file, and checks names, types, ranges, and each condition as a whole.
  public static func read(
    _ file: PlanFile, environment: [String: String]
  ) throws(ConfigurationError) -> Plan {
    try PlanReader(file: file, environment: environment).read()
  }

  /// The conversation of a trial, with the trial's own seed.
  public func conversation(of trial: Trial) -> ResolvedConversation {
    var conversation = conversations[place(of: trial)]
    conversation.settings.seed = trial.seed(of: conversation.settings.seed)
    return conversation
  }

  /// The index of a trial's condition.
  func place(of trial: Trial) -> Int { places[trial.condition.identity] ?? 0 }

  /// Pairs of conditions that give identical conversations, because the options in which they differ have no
  /// effect.
  public var twins: [(Condition, Condition)] {
    // Hashing what a transcript would record keeps the number of comparisons small.
    var alike: [Int: [Int]] = [:]
    return conversations.indices.compactMap { place in
      let conversation = conversations[place]
      let key = conversation.recordedHash
      let twin = alike[key]?.first { conversations[$0] == conversation }
      if twin == nil { alike[key, default: []].append(place) }
      return twin.map { (experiment.conditions[$0], experiment.conditions[place]) }
    }
  }

  /// Sentences about what was read but has no effect, each once.
  public var warnings: [String] { Array(OrderedSet(conversations.flatMap(\.warnings))) }

  /// Every endpoint of the plan by its displayed URL, with its limits.
  public var lanes: OrderedDictionary<String, RequestLimits.Lane> {
    var lanes: OrderedDictionary<String, RequestLimits.Lane> = [:]
    for endpoint in conversations.flatMap({ $0.modelled.map(\.endpoint) }) {
      let limits = experiment.limits
      let name = EndpointAddress.plain(endpoint.source)
      var lane = lanes[endpoint.display] ?? RequestLimits.Lane()
      // Two names can mean the same endpoint; the stricter limit applies.
      lane.limit = [lane.limit, limits.endpoints[name]].compactMap(\.self).min()
      lane.requestsPerMinute = [lane.requestsPerMinute, limits.requestsPerMinute[name]]
        .compactMap(\.self).min()
      lanes[endpoint.display] = lane
    }
    return lanes
  }
}

extension ResolvedConversation {
  /// A hash of what a transcript would record.
  fileprivate var recordedHash: Int {
    var hasher = Hasher()
    hasher.combine(JSONValue.object(recorded).jsonText)
    for participant in facts {
      hasher.combine([participant.endpoint, participant.model, participant.systemPrompt ?? ""])
      hasher.combine(JSONValue.object(participant.payload).jsonText)
    }
    for preamble in preambles { hasher.combine([preamble.owner, preamble.role.rawValue, preamble.content]) }
    return hasher.finalize()
  }
}
