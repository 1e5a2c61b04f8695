// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ResolvedConversation {
  /// The first difference that contradicts a recorded conversation, such as `max_turns was 30 and is now 50`;
  /// nil when there is none. Seeds and options of requests do not count.
  ///
  /// - Parameter ignored: an option that does not count either.
  public func contradiction(with transcript: Transcript, ignoring ignored: String? = nil) -> String? {
    let changes = changes(since: transcript.header, shaping: true) {
      $0 != ignored && OptionTable[$0]?.shapesConversation == true
    }
    return changes.first ?? (transcript.preambles == preambles ? nil : "the preambles have changed")
  }

  /// The event that records what changed when a conversation is resumed; nil when nothing changed except
  /// `max_turns`, because the turns themselves show how far it went.
  public func resumption(of transcript: Transcript, at time: Date) -> Transcript.Event? {
    let before = transcript.latestHeader
    var header = before
    (header.settings, header.participants, header.seed) = (recorded, facts, settings.seed)
    let others = changes(since: before) { $0 != "max_turns" }
    guard !others.isEmpty || before.seed != header.seed || before.participants != facts else { return nil }
    var sentences = changes(since: before) { _ in true }
    if before.seed != header.seed { sentences.append("the seed is now another") }
    let json = Record.header(header).json
    var fields: JSONObject = ["changes": .array(sentences.map(JSONValue.string))]
    for key in Transcript.resumedFields { fields[key] = json[key] }
    return Transcript.Event(
      kind: Transcript.resumption, time: time, after: transcript.turns.last?.number ?? 0, fields: fields)
  }

  /// - Parameter shaping: leave out how endpoints are reached.
  private func changes(
    since header: Transcript.Header, shaping: Bool = false, of counts: (String) -> Bool
  ) -> [String] {
    let old = Self.fields(of: header.settings.filter { counts($0.key) }, shaping: shaping)
    let new = Self.fields(of: recorded.filter { counts($0.key) }, shaping: shaping)
    let keys = OrderedSet(new.keys).union(old.keys)
    let changes = keys.filter { !Self.same(old[$0], new[$0]) }.map { Self.change($0, old[$0], new[$0]) }
    guard header.participants.count == facts.count else {
      return changes + [
        "the number of participants was \(header.participants.count) and is now \(facts.count)"
      ]
    }
    return changes + zip(header.participants, facts).flatMap(Self.changes)
  }

  private static func changes(_ before: Transcript.Participant, _ now: Transcript.Participant) -> [String] {
    let old = shaping(before)
    let new = shaping(now)
    return new.keys.filter { !same(old[$0], new[$0]) }.map {
      change("\($0) of \(now.name)", old[$0], new[$0])
    }
  }

  /// The settings, with the fields of a room's config and of a moderator apart.
  private static func fields(of settings: JSONObject, shaping: Bool) -> JSONObject {
    settings.reduce(into: [:]) { fields, setting in
      guard OptionTable[setting.key]?.hasFields == true, let object = setting.value.object else {
        return fields[setting.key] = setting.value
      }
      for (field, value) in object {
        fields["\(setting.key).\(field)"] = shaping ? withoutAccess([field: value])[field] : value
      }
    }
  }

  /// An object without the tokens and headers in it, and with endpoints in their usual spelling.
  private static func withoutAccess(_ object: JSONObject) -> JSONObject {
    object.reduce(into: [:]) { result, member in
      switch member.key {
      case "token", "headers": break
      case "url", "endpoint":
        result[member.key] = member.value.string.map { .string(EndpointAddress.plain($0)) }
      case "providers": result[member.key] = .array(member.value.array?.map(withoutAccess) ?? [])
      case "moderator": result[member.key] = withoutAccess(member.value)
      default: result[member.key] = member.value
      }
    }
  }

  private static func withoutAccess(_ value: JSONValue) -> JSONValue {
    value.object.map { .object(withoutAccess($0)) } ?? value
  }

  private static func shaping(_ participant: Transcript.Participant) -> JSONObject {
    var options = participant.options
    options["endpoint"] = .string(EndpointAddress.plain(participant.endpoint))
    return options
  }

  /// Compares regardless of the order of keys and the notation of numbers.
  private static func same(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
    left.map(Condition.canonical) == right.map(Condition.canonical)
  }

  static func change(_ key: String, _ old: JSONValue?, _ new: JSONValue?) -> String {
    "\(key) was \(shown(old)) and is now \(shown(new))"
  }

  private static func shown(_ value: JSONValue?) -> String {
    guard let text = value?.jsonText else { return "not given" }
    let start = Excerpt.of(text, most: 60)
    // A text that is cut keeps its closing quotation mark.
    return start == text || value?.string == nil ? start : start + "\""
  }
}
