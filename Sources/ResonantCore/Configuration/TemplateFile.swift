// SPDX-License-Identifier: MIT

import OrderedCollections

/// A template of participants in the format of UniversalBackrooms
/// (https://github.com/scottviteri/UniversalBackrooms): each line is a JSON object for one participant, with
/// `system_prompt` and `context`, a list of messages.
enum TemplateFile {
  /// A reply with this text ends a conversation from a template.
  static let stopPhrase = "^C^C"

  /// The checked lines of a file; blank lines are skipped.
  static func read(_ path: String) throws(InvalidValue) -> [JSONValue] {
    let bytes = try OptionFile.bytes(path)
    var lines: [JSONValue] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .enumerated()
    {
      if line.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { continue }
      do {
        lines.append(try participant(try OptionFile.parse(Array(line))))
      } catch {
        throw InvalidValue("\(path), line \(index + 1): \(error)")
      }
    }
    do {
      return try counted(lines)
    } catch {
      throw InvalidValue("\(path): \(error)")
    }
  }

  /// Checks participants that are given as a list.
  static func checked(_ items: [JSONValue]) throws(InvalidValue) -> [JSONValue] {
    var lines: [JSONValue] = []
    for (index, item) in items.enumerated() {
      do {
        lines.append(try participant(item))
      } catch {
        throw InvalidValue("participant \(index + 1): \(error)")
      }
    }
    return try counted(lines)
  }

  private static func counted(_ lines: [JSONValue]) throws(InvalidValue) -> [JSONValue] {
    guard lines.count >= 2 else {
      throw InvalidValue(
        "a template needs at least two participants, one a line; this one has \(lines.count)")
    }
    return lines
  }

  private static func participant(_ value: JSONValue) throws(InvalidValue) -> JSONValue {
    guard let object = value.object else { throw InvalidValue("must be a JSON object, not \(value.kind)") }
    if let cli = object["cli"], cli != false {
      throw InvalidValue("a participant that is a command line (cli) is not supported")
    }
    for key in object.keys where !["system_prompt", "context", "cli"].contains(key) {
      let hint = Suggestion.text(for: key, among: ["system_prompt", "context"])
      throw InvalidValue("unknown key \(key)" + hint)
    }
    if let prompt = object["system_prompt"], prompt.string == nil, !prompt.isNull {
      throw InvalidValue("system_prompt must be a string, not \(prompt.kind)")
    }
    do {
      let context = try Preamble.messages(object["context"] ?? [])
      return ["system_prompt": object["system_prompt"] ?? "", "context": .array(context.map(\.option))]
    } catch {
      throw InvalidValue("context: \(error)")
    }
  }

  /// Replaces each `{lmN_actor}` and `{lmN_company}` of an existing participant, in a single pass; other
  /// braces stay.
  static func filled(_ text: String, actors: [String], companies: [String]) -> String {
    let longestName = 32
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "{"),
        let end = bytes[index...].prefix(longestName).firstIndex(of: UInt8(ascii: "}")),
        let value = value(of: bytes[(index + 1)..<end], actors: actors, companies: companies)
      {
        result += value.utf8
        index = end + 1
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func value(of name: ArraySlice<UInt8>, actors: [String], companies: [String]) -> String? {
    let name = String(decoding: name, as: UTF8.self)
    guard name.hasPrefix("lm"), let underscore = name.firstIndex(of: "_") else { return nil }
    let digits = name.dropFirst(2).prefix(upTo: underscore)
    guard let number = Int(digits), String(number) == digits, actors.indices.contains(number - 1) else {
      return nil
    }
    switch name[underscore...] {
    case "_actor": return actors[number - 1]
    case "_company": return companies[number - 1]
    default: return nil
    }
  }
}
