// SPDX-License-Identifier: MIT

import OrderedCollections

/// The condition under which a conversation is counted.
struct AnalysisCondition {
  /// The keys that make conditions; empty for the conditions of the trials.
  let keys: [String]

  /// The name of a conversation's condition, and those of the keys that it has.
  func name(of header: Transcript.Header, path: String) -> (name: String, found: Set<String>) {
    guard !keys.isEmpty else {
      let values = header.trial?.condition ?? [:]
      let label = Condition.label(of: values)
      // Without a matrix the folder tells runs apart, also their forks.
      let isPlain = values.keys.allSatisfy { $0 == ForkArm.key }
      return (
        isPlain ? ([Self.folder(of: path)] + [label].filter { !$0.isEmpty }).joined(separator: ",") : label,
        []
      )
    }
    var values: JSONObject = [:]
    var found: Set<String> = []
    for key in keys {
      let value = Self.value(of: key, in: header, path: path)
      if value != nil { found.insert(key) }
      values[key] = value ?? ""
    }
    return (Condition.label(of: values), found)
  }

  /// The name of the condition without what tells those of forks from those of their trials.
  func base(of header: Transcript.Header, path: String) -> String {
    let own = keys.filter { $0 != ForkArm.key }
    // `--by perturb` alone.
    if own.isEmpty, !keys.isEmpty { return "" }
    var header = header
    header.trial?.condition.removeValue(forKey: ForkArm.key)
    return AnalysisCondition(keys: own).name(of: header, path: path).name
  }

  /// The models in the order of the participants, equal ones once.
  static func models(of header: Transcript.Header) -> String {
    OrderedSet(header.participants.map(\.model).filter { !$0.isEmpty }).joined(separator: " + ")
  }

  /// The value of an option in the trial's condition, else as the header has it.
  private static func value(of key: String, in header: Transcript.Header, path: String) -> JSONValue? {
    if let value = header.trial?.condition[key] { return value }
    if let value = own(key, in: header, path: path) { return value }
    switch key {
    case "folder": return .string(folder(of: path))
    case "model": return .string(models(of: header))
    case "endpoint": return joined(header.participants.map { .string($0.endpoint) })
    case "system_prompt":
      return joined(header.participants.compactMap { $0.systemPrompt.map(JSONValue.string) })
    case "experiment": return header.trial.map { .string($0.experiment) }
    case "repeat": return header.trial.map { .int($0.repeat) }
    case "seed": return header.seed.map { .number(String($0)) }
    case "mode": return .string(header.mode.rawValue)
    case "topic": return header.topic.map(JSONValue.string)
    default: break
    }
    if let value = member(key, of: header.settings) { return value }
    guard key.hasPrefix("payload.") else { return nil }
    let field = String(key.dropFirst("payload.".count))
    return joined(header.participants.compactMap { member(field, of: $0.payload) })
  }

  /// The value of an option that is one participant's: `alice_model`, `bob_payload.temperature`.
  private static func own(_ key: String, in header: Transcript.Header, path: String) -> JSONValue? {
    guard header.mode == .chat, OptionTable[String(key.prefix { $0 != "." })] != nil else { return nil }
    for (prefix, participant) in zip(["alice_", "bob_"], header.participants) where key.hasPrefix(prefix) {
      var alone = header
      (alone.participants, alone.trial) = ([participant], nil)
      return value(of: String(key.dropFirst(prefix.count)), in: alone, path: path)
    }
    return nil
  }

  /// A member by its key or its dotted path.
  private static func member(_ key: String, of object: JSONObject) -> JSONValue? {
    if let value = object[key] { return value.isNull ? nil : value }
    guard let dot = key.firstIndex(of: ".") else { return nil }
    return object[String(key[..<dot])]?.object.flatMap {
      member(String(key[key.index(after: dot)...]), of: $0)
    }
  }

  /// Different values of participants, as one.
  private static func joined(_ values: [JSONValue]) -> JSONValue? {
    let distinct = OrderedSet(values.filter { $0 != "" })
    if distinct.count == 1 { return distinct.first }
    return distinct.isEmpty ? nil : .string(distinct.map(Condition.text).joined(separator: " + "))
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
