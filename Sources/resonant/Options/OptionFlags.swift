// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// The flags of one section of the help, generated from the descriptions of their options.
///
/// ArgumentParser finds a type's flags through its mirror. A custom mirror may list any children, as long as
/// their names are the keys that their values are decoded with. Each section is a type of its own, because
/// the parser decodes a group once per type.
struct OptionFlags<Section: OptionSection>: ParsableArguments, CustomReflectable {
  /// The given flags, keyed as in a plan.
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

extension [ChatOption] {
  /// The options of chats.
  var ofChats: [ChatOption] { filter { $0.applies(to: .chat) } }
  /// The options of rooms, with the defaults that they have there.
  var ofRooms: [ChatOption] { filter { $0.applies(to: .party) }.map(\.inRoom) }
  /// The options of conversations that go on.
  var ofContinuations: [ChatOption] { map(\.inContinuation) }
}

/// The coding key of an option.
private struct OptionKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension ChatOption {
  /// The argument type for an option with a fixed set of words.
  private static func choice(_ words: [String]) -> any FlagValue.Type {
    let types: [any FlagValue.Type] = [API.self, SpeakerOrder.self, RolePolicy.self]
    return types.first { $0.allValueStrings == words } ?? String.self
  }

  /// The definition for the argument parser.
  fileprivate var definition: any FlagDefinition {
    switch kind {
    case .boolean: Flag(wrappedValue: false, name: name, help: .option(self))
    case .integer: option(Int.self)
    case .seed: option(UInt64.self)
    case .seconds: option(Seconds.self)
    case .texts, .participants:
      Option<[String]>(wrappedValue: [], name: name, parsing: .singleValue, help: .option(self))
    case .choice(let words): option(Self.choice(words))
    case .path: option(String.self, .directory)
    case .command, .textFile, .preamble, .template, .party:
      option(String.self, .file(extensions: fileExtensions))
    case .text where !suggestions.isEmpty: option(String.self, .words(suggestions))
    case .text, .object, .moderator: option(String.self)
    }
  }

  private func option<Value: FlagValue>(
    _: Value.Type, _ completion: CompletionKind? = nil
  ) -> any FlagDefinition {
    Option<Value?>(wrappedValue: nil, name: name, help: .option(self), completion: completion)
  }

  private var name: NameSpecification { .customLong(String(flag.dropFirst(2))) }
}

extension ArgumentVisibility {
  /// Only in the long help, and in completions, for which the parser takes what is visible.
  static let rare = CompletedResonant.isWanted ? Self.default : .hidden
}

extension CompletionKind {
  /// Words of which some contain a colon, after which zsh expects a description.
  fileprivate static func words(_ words: [String]) -> CompletionKind {
    .list(CompletionShell.requesting == .zsh ? words.map { $0.replacing(":", with: "\\:") } : words)
  }
}

extension ArgumentHelp {
  /// The help for the option `key`, from the table of options.
  static func option(_ key: String) -> ArgumentHelp { OptionTable[key].map(option) ?? "" }

  static func option(_ option: ChatOption) -> ArgumentHelp {
    let fallback = option.fallback.map { " (default: \($0))" } ?? ""
    return ArgumentHelp(
      option.help + fallback, valueName: option.valueName, visibility: option.isFrequent ? .default : .rare)
  }
}

// MARK: - From flags to values

/// A property wrapper of ArgumentParser.
private protocol FlagDefinition: Decodable { var value: JSONValue? { get } }

extension FlagDefinition {
  fileprivate func value(
    in flags: KeyedDecodingContainer<OptionKey>, of key: String
  ) throws -> JSONValue? {
    try flags.decode(Self.self, forKey: OptionKey(stringValue: key)).value
  }
}

extension Option: FlagDefinition where Value: OptionValue {
  fileprivate var value: JSONValue? { wrappedValue.option == [] ? nil : wrappedValue.option }
}

extension Flag: FlagDefinition where Value == Bool {
  /// A switch that is off counts as not given.
  fileprivate var value: JSONValue? { wrappedValue ? true : nil }
}

/// A type of argument values.
typealias FlagValue = ExpressibleByArgument & OptionValue

extension API: ExpressibleByArgument {}
extension RolePolicy: ExpressibleByArgument {}
extension SpeakerOrder: ExpressibleByArgument {}

/// A number of seconds as an argument, possibly with a fraction.
struct Seconds: FlagValue, Equatable, CustomStringConvertible {
  var value: Double
  var option: JSONValue? { .double(value) }

  init(_ value: Double) { self.value = value }

  static func value(of option: JSONValue) -> Seconds? { option.double.map(Seconds.init) }

  init?(argument: String) {
    guard let value = Double(argument), value.isFinite else { return nil }
    self.value = value
  }

  /// Omits a fraction of zero.
  var description: String { Int(exactly: value).map(String.init) ?? String(value) }
}
