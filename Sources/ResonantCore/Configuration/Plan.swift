// SPDX-License-Identifier: MIT

import OrderedCollections

/// A plan that has been read and checked: the experiment, and for each of its conditions the conversation to hold.
public struct Plan: Sendable {
  public var experiment: Experiment
  /// One for each condition, in their order. Their seed is the plan's, unless the options name another.
  public let conversations: [ResolvedConversation]
  /// Of each condition, by its identity.
  private let places: [String: Int]

  init(experiment: Experiment, conversations: [ResolvedConversation]) {
    self.experiment = experiment
    self.conversations = conversations
    let identities = experiment.conditions.enumerated().map { ($0.element.identity, $0.offset) }
    places = Dictionary(identities, uniquingKeysWith: { first, _ in first })
  }

  /// Reads and checks what a plan file says: names, types, ranges, and each condition as a whole.
  public static func read(
    _ file: PlanFile, environment: [String: String]
  ) throws(ConfigurationError) -> Plan {
    try PlanReader(file: file, environment: environment).read()
  }

  /// The conversation of one of the experiment's trials, with its own seed.
  public func conversation(of trial: Trial) -> ResolvedConversation {
    var conversation = conversations[place(of: trial)]
    conversation.settings.seed = trial.seed(of: conversation.settings.seed)
    return conversation
  }

  /// The index of a trial's condition.
  func place(of trial: Trial) -> Int { places[trial.condition.identity] ?? 0 }

  /// Pairs of conditions that are one and the same conversation, because what sets them apart has no effect.
  public var twins: [(Condition, Condition)] {
    // Hashes of what a transcript would say of them, so that few are compared.
    var alike: [Int: [Int]] = [:]
    return conversations.indices.compactMap { place in
      let conversation = conversations[place]
      let key = conversation.recordedHash
      let twin = alike[key]?.first { conversations[$0] == conversation }
      if twin == nil { alike[key, default: []].append(place) }
      return twin.map { (experiment.conditions[$0], experiment.conditions[place]) }
    }
  }

  /// Every endpoint that is asked, by the URL that it is shown with, and what the plan allows it.
  public var lanes: OrderedDictionary<String, RequestLimits.Lane> {
    var lanes: OrderedDictionary<String, RequestLimits.Lane> = [:]
    for endpoint in conversations.flatMap({ $0.participants.map(\.endpoint) }) {
      let limits = experiment.limits
      let name = EndpointAddress.plain(endpoint.source)
      var lane = lanes[endpoint.display] ?? RequestLimits.Lane()
      // Two names may mean the same endpoint: the stricter limit holds.
      lane.limit = [lane.limit, limits.endpoints[name]].compactMap(\.self).min()
      lane.requestsPerMinute = [lane.requestsPerMinute, limits.requestsPerMinute[name]]
        .compactMap(\.self).min()
      lanes[endpoint.display] = lane
    }
    return lanes
  }
}

extension ResolvedConversation {
  /// Of what a transcript would say.
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
