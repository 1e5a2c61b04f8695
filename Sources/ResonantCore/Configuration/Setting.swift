// SPDX-License-Identifier: MIT

/// What the options of a conversation say, but for its participants. Their defaults stand in the types of its parts.
struct ChatSettings {
  var conversation = ConversationSettings()
  var request = RequestSettings()
  var output = OutputSettings()
}

/// Ties an option to the setting that it gives.
struct Setting: Sendable {
  /// The setting as a value of the option; nil when it stands for nothing given.
  let read: @Sendable (ChatSettings) -> JSONValue?
  /// Sets it to a value that was checked.
  let write: @Sendable (JSONValue, inout ChatSettings) -> Void

  init<Value: SettingValue>(_ path: any WritableKeyPath<ChatSettings, Value> & Sendable) {
    read = { $0[keyPath: path].option }
    write = { option, settings in
      if let value = Value(option: option) { settings[keyPath: path] = value }
    }
  }

  /// The default for the help: nothing for a switch or a list.
  var fallback: String? {
    switch read(ChatSettings()) {
    case .string(let text): text
    case .number(let text): text
    default: nil
    }
  }
}

/// A type of settings that options can give.
protocol SettingValue: Sendable {
  /// Nil for a value of another type.
  init?(option: JSONValue)
  /// Nil for what no option says.
  var option: JSONValue? { get }
}

extension Int: SettingValue {
  init?(option: JSONValue) {
    guard let int = option.int else { return nil }
    self = int
  }
  var option: JSONValue? { .int(self) }
}

extension UInt64: SettingValue {
  init?(option: JSONValue) {
    guard case .number(let text) = option else { return nil }
    self.init(text)
  }
  var option: JSONValue? { .number(String(self)) }
}

extension Bool: SettingValue {
  init?(option: JSONValue) {
    guard let bool = option.bool else { return nil }
    self = bool
  }
  var option: JSONValue? { .bool(self) }
}

extension String: SettingValue {
  init?(option: JSONValue) {
    guard let text = option.string else { return nil }
    self = text
  }
  var option: JSONValue? { .string(self) }
}

extension [String]: SettingValue {
  init?(option: JSONValue) {
    guard let items = option.array else { return nil }
    self = items.compactMap(\.string)
  }
  var option: JSONValue? { .array(map(JSONValue.string)) }
}

extension Duration: SettingValue {
  init?(option: JSONValue) {
    guard let seconds = option.seconds else { return nil }
    self = seconds
  }
  var option: JSONValue? {
    .double(Double(components.seconds) + Double(components.attoseconds) / 1e18)
  }
}

extension SpeakerOrder: SettingValue {
  init?(option: JSONValue) {
    guard let order = option.string.flatMap(Self.init) else { return nil }
    self = order
  }
  var option: JSONValue? { .string(rawValue) }
}

extension Optional: SettingValue where Wrapped: SettingValue {
  init?(option: JSONValue) {
    guard let value = Wrapped(option: option) else { return nil }
    self = .some(value)
  }
  var option: JSONValue? { flatMap(\.option) }
}
