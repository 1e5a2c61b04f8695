// SPDX-License-Identifier: MIT

import OrderedCollections

extension ResolvedConversation {
  /// The first thing in which a recorded conversation was shaped otherwise than this one would be, as
  /// `max_turns was 30 and is now 50`; nil when it is one and the same. Seeds, and how patiently endpoints are
  /// asked, do not count.
  public func contradiction(with transcript: Transcript) -> String? {
    let old = Self.shaping(transcript.header.settings)
    let new = Self.shaping(recorded)
    let keys = OrderedSet(new.keys).union(old.keys)
    if let key = keys.first(where: { !Self.same(old[$0], new[$0]) }) {
      return Self.change(key, old[key], new[key])
    }
    let before = transcript.header.participants
    if before.count != facts.count {
      return "the number of participants was \(before.count) and is now \(facts.count)"
    }
    for (before, now) in zip(before, facts) {
      let old = Self.shaping(before)
      let new = Self.shaping(now)
      if let key = new.keys.first(where: { !Self.same(old[$0], new[$0]) }) {
        return Self.change("\(key) of \(now.name)", old[key], new[key])
      }
    }
    return transcript.preambles == preambles ? nil : "the preambles have changed"
  }

  private static func shaping(_ settings: JSONObject) -> JSONObject {
    settings.filter { OptionTable[$0.key]?.scope == .conversation }
  }

  private static func shaping(_ participant: Transcript.Participant) -> JSONObject {
    [
      "name": .string(participant.name), "model": .string(participant.model),
      "endpoint": .string(participant.endpoint), "api": .string(participant.api.rawValue),
      "system_prompt": .string(participant.systemPrompt ?? ""), "payload": .object(participant.payload),
    ]
  }

  /// Whatever the order of keys, and however numbers are written.
  private static func same(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
    left.map(Condition.canonical) == right.map(Condition.canonical)
  }

  private static func change(_ key: String, _ old: JSONValue?, _ new: JSONValue?) -> String {
    "\(key) was \(shown(old)) and is now \(shown(new))"
  }

  private static func shown(_ value: JSONValue?) -> String {
    guard let text = value?.jsonText else { return "not given" }
    let start = text.unicodeScalars.prefix(60)
    return start.count < text.unicodeScalars.count ? String(start) + "…" : text
  }
}
