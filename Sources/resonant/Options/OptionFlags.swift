// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// The flags of one section of the help, made from the descriptions of their options.
///
/// ArgumentParser finds a type's flags in its mirror. Such a mirror can be made of anything; the names of the children
/// need only be the keys that their values are decoded with. Each section is a type of its own: a group is decoded
/// once a type.
struct OptionFlags<Section: OptionSection>: ParsableArguments, CustomReflectable {
  /// What was given, keyed as in a plan.
  private(set) var values: JSONObject = [:]

  init() {}

  init(from decoder: any Decoder) throws {
    let flags = try decoder.container(keyedBy: OptionKey.self)
    for option in Section.options {
      values[option.key] = try option.definition.value(in: flags, of: option.key)
    }
  }

  var customMirror: Mirror { Mirror(self, children: Section.options.map { ($0.key, $0.definition as Any) }) }
}

/// A section of the help.
protocol OptionSection { static var options: [ChatOption] { get } }

/// Any key of an option.
private struct OptionKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension ChatOption {
  /// The types of the options that are a choice of words.
  private static var choices: [any FlagChoice.Type] { [API.self, SpeakerOrder.self, RolePolicy.self] }

  /// What the parser has to know.
  fileprivate var definition: any FlagDefinition {
    switch kind {
    case .boolean: Flag(wrappedValue: false, name: name, help: .option(key))
    case .integer: option(Int.self)
    case .seed: option(UInt64.self)
    case .seconds: option(Seconds.self)
    case .texts, .participants:
      Option<[String]>(wrappedValue: [], name: name, parsing: .singleValue, help: .option(key))
    case .choice(let words): choice(of: words)
    case .path: option(String.self, .directory)
    case .command, .textFile, .preamble, .template: option(String.self, .file())
    case .text, .object: option(String.self)
    }
  }

  private func choice(of words: [String]) -> any FlagDefinition {
    guard let type = Self.choices.first(where: { $0.allValueStrings == words }) else {
      return option(String.self)
    }
    return option(type)
  }

  private func option<Value: FlagChoice>(
    _: Value.Type, _ completion: CompletionKind? = nil
  ) -> any FlagDefinition {
    Option<Value?>(wrappedValue: nil, name: name, help: .option(key), completion: completion)
  }

  private var name: NameSpecification { .customLong(String(flag.dropFirst(2))) }
}

extension ArgumentHelp {
  /// The help of the option of that key, as the table of options has it.
  static func option(_ key: String) -> ArgumentHelp {
    let option = OptionTable[key]
    let fallback = option?.fallback.map { " (default: \($0))" } ?? ""
    return ArgumentHelp((option?.help ?? "") + fallback, valueName: option?.valueName)
  }
}

// MARK: - From flags to values

/// A property wrapper of the parser.
private protocol FlagDefinition: Decodable { var value: JSONValue? { get } }

extension FlagDefinition {
  fileprivate func value(
    in flags: KeyedDecodingContainer<OptionKey>, of key: String
  ) throws -> JSONValue? {
    try flags.decode(Self.self, forKey: OptionKey(stringValue: key)).value
  }
}

extension Option: FlagDefinition where Value: FlagValue {
  fileprivate var value: JSONValue? { wrappedValue.json }
}

extension Flag: FlagDefinition where Value == Bool {
  /// A flag that is off says nothing.
  fileprivate var value: JSONValue? { wrappedValue ? true : nil }
}

/// A value on the command line.
protocol FlagValue {
  /// As a plan would have it; nil for nothing given.
  var json: JSONValue? { get }
}

typealias FlagChoice = ExpressibleByArgument & FlagValue

extension String: FlagValue { var json: JSONValue? { .string(self) } }
extension Int: FlagValue { var json: JSONValue? { .int(self) } }
extension UInt64: FlagValue { var json: JSONValue? { .number(String(self)) } }
extension Seconds: FlagValue { var json: JSONValue? { .double(value) } }
extension [String]: FlagValue {
  var json: JSONValue? { isEmpty ? nil : .array(map(JSONValue.string)) }
}
extension Optional: FlagValue where Wrapped: FlagValue { var json: JSONValue? { flatMap(\.json) } }
extension FlagValue where Self: RawRepresentable<String> { var json: JSONValue? { .string(rawValue) } }
extension API: FlagChoice {}
extension SpeakerOrder: FlagChoice {}
extension RolePolicy: FlagChoice {}

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
