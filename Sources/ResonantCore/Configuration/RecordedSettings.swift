// SPDX-License-Identifier: MIT

import OrderedCollections

extension Options {
  /// Beside the options, a header's settings name the participants whose endpoint has a query or user info,
  /// which is not recorded.
  static let hiddenURLParts = "endpoint_queries"

  /// What a header records as `settings`, keyed like options and in their order.
  func recorded(
    _ settings: ConversationSettings, _ request: RequestSettings, _ participants: [Participant],
    _ seats: [Seat]
  ) -> JSONObject {
    var recorded = placements(seats)
    if let opening = settings.opening { recorded["opening"] = .string(opening) }
    recorded["no_opening"] = .bool(settings.opening == nil)
    recorded["max_turns"] = .int(settings.maxTurns)
    recorded["max_chars"] = .int(settings.maxChars)
    recorded["order"] = .string(settings.order.rawValue)
    recorded["roles"] = values["roles"]
    recorded["filter_thinking"] = .bool(settings.filterThinking)
    recorded["no_stream"] = .bool(!settings.stream)
    recorded["stop_phrase"] = .array(settings.stopPhrases.map(JSONValue.string))
    recorded["stop_on_loop"] = .bool(settings.stopOnLoop)
    recorded["budget_tokens"] = settings.budgetTokens.map(JSONValue.int)
    recorded["connect_timeout"] = values["connect_timeout"] ?? request.connectTimeout.seconds
    recorded["first_byte_timeout"] = values["first_byte_timeout"] ?? request.firstByteTimeout.seconds
    recorded["idle_timeout"] = values["idle_timeout"] ?? request.idleTimeout.seconds
    recorded["retries"] = .int(request.retries)
    recorded["delay"] = values["delay"] ?? settings.delay.seconds
    let hiding = participants.filter { $0.endpoint.hidesPart }.map { JSONValue.string($0.name) }
    if !hiding.isEmpty { recorded[Self.hiddenURLParts] = .array(hiding) }
    return recorded
  }

  /// Where system prompts go, which the participants' facts do not say.
  private func placements(_ seats: [Seat]) -> JSONObject {
    if isOn("top_level_system") { return ["top_level_system": true] }
    var recorded: JSONObject = [:]
    for seat in seats.prefix(2) where seat.own["top_level_system"] == true {
      recorded[seat.path("top_level_system")] = true
    }
    let further = seats.dropFirst(2)
    if further.contains(where: { $0.own["top_level_system"] == true }) {
      recorded["participant"] = .array(
        further.map {
          ["name": .string($0.name), "top_level_system": $0.own["top_level_system"] ?? false]
        })
    }
    return recorded
  }
}

extension Duration {
  /// In seconds, with fractions where there are any.
  fileprivate var seconds: JSONValue {
    .double(Double(components.seconds) + Double(components.attoseconds) / 1e18)
  }
}
