// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

extension ArgumentHelp {
  /// The help of the option of that key, as the table of options has it.
  static func option(_ key: String, _ value: String? = nil) -> ArgumentHelp {
    let option = OptionTable[key]
    // The parser itself adds the defaults of the process's options.
    let fallback = option?.scope == .process ? "" : option?.fallback.map { " (default: \($0))" } ?? ""
    return ArgumentHelp((option?.help ?? "") + fallback, valueName: value)
  }
}

extension API: ExpressibleByArgument {}
extension SpeakerOrder: ExpressibleByArgument {}
extension RolePolicy: ExpressibleByArgument {}

/// A number of seconds on the command line, with fractions.
struct Seconds: ExpressibleByArgument, Equatable, CustomStringConvertible {
  var value: Double

  init(_ value: Double) { self.value = value }

  init?(argument: String) {
    guard let value = Double(argument), value.isFinite else { return nil }
    self.value = value
  }

  /// Without a fraction where there is none.
  var description: String { Int(exactly: value).map(String.init) ?? String(value) }
}

/// Collects the options that were given, keyed as in a plan.
struct Overlay {
  private(set) var values: JSONObject = [:]

  mutating func set(_ key: String, _ text: String?) { values[key] = text.map(JSONValue.string) }
  mutating func set(_ key: String, _ number: Int?) { values[key] = number.map(JSONValue.int) }
  mutating func set(_ key: String, _ number: UInt64?) { values[key] = number.map { .number(String($0)) } }
  mutating func set(_ key: String, _ seconds: Seconds?) { values[key] = seconds.map { .double($0.value) } }
  /// Flags that are off say nothing.
  mutating func set(_ key: String, _ isOn: Bool) { values[key] = isOn ? true : nil }
  mutating func set(_ key: String, _ texts: [String]) {
    values[key] = texts.isEmpty ? nil : .array(texts.map(JSONValue.string))
  }
}
