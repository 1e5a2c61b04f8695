// SPDX-License-Identifier: MIT

import OrderedCollections

/// What is asked of paid services, if nothing ends a conversation early.
public struct Bill: Sendable, Equatable {
  /// Less than this needs no warning.
  private static let few = (requests: 1_000, tokens: 5_000_000)

  public private(set) var services: OrderedSet<String> = []
  public private(set) var requests = 0
  public private(set) var tokens = 0

  /// Adds the share that the participants at paid services have in a cost.
  mutating func add(_ cost: BatchForecast.Cost, shared payers: (services: [String], of: Int)) {
    guard !payers.services.isEmpty, payers.of > 0 else { return }
    services.formUnion(payers.services)
    let share = { (total: Int) in total.times(payers.services.count).adding(payers.of - 1) / payers.of }
    requests = requests.adding(share(cost.requests))
    tokens = tokens.adding(share(cost.tokens))
  }

  /// What to say before a long run.
  ///
  /// - Parameter brake: the option that limits the tokens.
  public func warning(brake: String) -> String? {
    guard requests > Self.few.requests || tokens > Self.few.tokens else { return nil }
    return
      "up to \(Wording.grouped(requests)) requests and about \(Wording.grouped(tokens)) tokens to \(services.joined(separator: ", ")), if every"
      + " reply has \(BatchForecast.tokensPerReply) tokens; \(brake) ends the run before it uses more"
  }
}
