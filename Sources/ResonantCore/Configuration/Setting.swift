// SPDX-License-Identifier: MIT

/// The settings of a conversation, except for its participants. The types of the parts define the defaults.
struct ChatSettings {
  var conversation = ConversationSettings()
  var request = RequestSettings()
  var output = OutputSettings()
  /// Only for rooms.
  var room = RoomSettings()

  /// The defaults of a room, which has no opening and goes on until somebody ends it.
  static let room = {
    var settings = ChatSettings()
    settings.conversation.opening = nil
    settings.conversation.maxTurns = nil
    settings.conversation.order = .random
    settings.conversation.onFailure = .hold
    return settings
  }()
}

/// Connects an option with the setting that it gives.
struct Setting: Sendable {
  /// Reads the setting as an option's value; nil when it has none.
  let read: @Sendable (ChatSettings) -> JSONValue?
  /// Writes a value that has been checked.
  let write: @Sendable (JSONValue, inout ChatSettings) -> Void

  init<Value: OptionValue>(_ path: any WritableKeyPath<ChatSettings, Value> & Sendable) {
    read = { $0[keyPath: path].option }
    write = { option, settings in
      if let value = Value.value(of: option) { settings[keyPath: path] = value }
    }
  }

  /// A switch that turns off a setting that is on by default.
  init(not path: any WritableKeyPath<ChatSettings, Bool> & Sendable) {
    read = { .bool(!$0[keyPath: path]) }
    write = { option, settings in settings[keyPath: path] = option != true }
  }

  /// The default for the help; nil for a switch, a list or an empty text.
  func fallback(in defaults: ChatSettings = ChatSettings()) -> String? {
    switch read(defaults) {
    case .string(let text) where !text.isEmpty, .number(let text): text
    default: nil
    }
  }
}

/// A type of settings that options can give.
public protocol OptionValue: Sendable {
  /// Nil for a value of another type.
  static func value(of option: JSONValue) -> Self?
  /// Nil for a setting that has no value.
  var option: JSONValue? { get }
}

extension Int: OptionValue {
  public static func value(of option: JSONValue) -> Int? { option.int }
  public var option: JSONValue? { .int(self) }
}

extension UInt64: OptionValue {
  public static func value(of option: JSONValue) -> UInt64? { UInt64(option.jsonText) }
  public var option: JSONValue? { .number(String(self)) }
}

extension Bool: OptionValue {
  public static func value(of option: JSONValue) -> Bool? { option.bool }
  public var option: JSONValue? { .bool(self) }
}

extension String: OptionValue {
  public static func value(of option: JSONValue) -> String? { option.string }
  public var option: JSONValue? { .string(self) }
}

extension [String]: OptionValue {
  public static func value(of option: JSONValue) -> [String]? { option.array?.compactMap(\.string) }
  public var option: JSONValue? { .array(map(JSONValue.string)) }
}

extension Duration: OptionValue {
  public static func value(of option: JSONValue) -> Duration? { option.seconds }
  public var option: JSONValue? {
    .double(Double(components.seconds) + Double(components.attoseconds) / 1e18)
  }
}

extension Optional: OptionValue where Wrapped: OptionValue {
  public static func value(of option: JSONValue) -> Wrapped?? { Wrapped.value(of: option).map { .some($0) } }
  public var option: JSONValue? { flatMap(\.option) }
}

extension OptionValue where Self: RawRepresentable<String> {
  public static func value(of option: JSONValue) -> Self? { option.string.flatMap(Self.init) }
  public var option: JSONValue? { .string(rawValue) }
}

extension API: OptionValue {}
extension RolePolicy: OptionValue {}
extension SpeakerOrder: OptionValue {}
