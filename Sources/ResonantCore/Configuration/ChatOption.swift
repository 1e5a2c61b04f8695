// SPDX-License-Identifier: MIT

/// The description of one option of a conversation. It determines the option's flag, its key in plans, its
/// help, what a transcript records of it, and its effect on a resumed conversation.
public struct ChatOption: Sendable {
  /// The type of an option's values.
  public enum Kind: Sendable, Equatable {
    /// Any text; `blank` tells whether an empty text is a value rather than counting as not given.
    case text(blank: Bool = false)
    /// The path of a directory, relative to the plan's directory or, for a flag, to the current directory.
    case path
    /// A path, or the plain name of a program on the search path.
    case command
    /// The path of a text file whose content becomes the value of another option.
    case textFile(for: String)
    case integer(atLeast: Int)
    /// 0 to 2^64 - 1.
    case seed
    /// Seconds with fractions, at most `maximumSeconds`; `zero` tells whether 0 is allowed.
    case seconds(zero: Bool)
    case boolean
    /// A JSON object, also as text or as `@FILE`.
    case object
    /// The object of a moderator, also as text or as `@FILE`.
    case moderator
    /// The config of a room (see `RoomConfig`), or the path of its file.
    case party
    /// An array of messages, or the path of a JSON file with one.
    case preamble
    /// The path of a file with one participant per line.
    case template
    /// One text, or a list of texts.
    case texts
    /// A list of objects, each possibly as text or as `@FILE`.
    case participants
    case choice([String])
  }

  /// What an option concerns. Decides where it is recorded and which differences contradict a recorded trial.
  public enum Scope: Sendable, Equatable {
    /// The content of the conversation: recorded in the header's settings, and equal in all trials of a
    /// condition.
    case conversation
    /// The participants: recorded with each participant and its preamble, and equal in all trials of a
    /// condition.
    case participant
    /// Access to a participant's endpoint: recorded with the participant, without secrets, but may change
    /// between runs.
    case access
    /// What distinguishes trials of the same condition: recorded, different for each trial.
    case trial
    /// Retries, timeouts and the like: recorded in the settings, but may change between runs.
    case request
    /// Output files: not recorded.
    case output
    /// The interaction of this process with its user: a flag, but not a key of a plan.
    case process
  }

  /// The effect of an option on a conversation that goes on from a transcript.
  public enum Resumption: Sendable, Equatable {
    /// It overrides the recorded value.
    case overrides
    /// It overrides the recorded value in a branch. When the conversation itself is resumed, it has no effect:
    /// the file tells already what was said before the first turn.
    case overridesInBranch
    /// It has no effect, since the conversation has begun; it overrides the recorded value in a branch without
    /// turns.
    case ignored
    /// It is an error.
    case refused
  }

  /// The longest time that an option may give: about 30 years.
  public static let maximumSeconds = 1_000_000_000

  /// The flag without its dashes, in snake case.
  public let key: String
  public let kind: Kind
  public let scope: Scope
  /// The only kind of conversation that has the option; nil if chats and rooms have it.
  public let mode: Transcript.Mode?
  /// One line for the help, without the default.
  public let help: String
  /// The word for the value in the help; nil for a switch.
  public let valueName: String?
  /// The default as the help shows it; nil when it needs no mention.
  public private(set) var fallback: String?
  public let resumption: Resumption
  /// Whether the short help shows it.
  public private(set) var isFrequent: Bool
  /// The key in a participant's object, such as `model` for `alice_model`; nil when participants have no such
  /// option.
  var field: String?
  /// The index of the participant to which alone the option applies.
  var participant: Int?
  /// The setting that the option gives; nil for options that need more than a plain assignment.
  let setting: Setting?

  init(
    _ key: String, _ kind: Kind, _ scope: Scope, gives setting: Setting? = nil, value: String? = nil,
    default fallback: String? = nil, onResume resumption: Resumption = .overrides,
    only mode: Transcript.Mode? = nil, _ help: String
  ) {
    self.key = key
    self.kind = kind
    self.scope = scope
    self.setting = setting
    valueName = value ?? Self.usualValueName(kind, key)
    self.fallback = fallback ?? setting?.fallback()
    self.resumption = resumption
    self.mode = mode
    self.help = help
    isFrequent = OptionTable.frequent.contains(key)
  }

  static func usualValueName(_ kind: Kind, _ key: String) -> String? {
    switch kind {
    case .text, .texts: "text"
    case .path: "dir"
    case .command: "path"
    case .textFile, .preamble, .template, .party: "file"
    case .integer, .seed: "n"
    case .seconds: "seconds"
    case .object, .moderator, .participants: "json|@file"
    case .choice: key
    case .boolean: nil
    }
  }

  /// Whether a different value makes a recorded trial belong to another condition.
  public var shapesConversation: Bool { scope == .conversation || scope == .participant }

  /// Whether the option is a plain setting, which needs nothing but its value.
  public var isSetting: Bool { setting != nil }

  /// Whether the option is recorded in the header's settings.
  public var isRecordedSetting: Bool { scope == .conversation || scope == .request }

  /// Whether the option has no effect on a conversation that goes on in this way.
  func isIgnored(in way: Continuing) -> Bool {
    switch resumption {
    case .overrides, .refused: false
    case .overridesInBranch: way == .resumed
    case .ignored: way != .branch(hasTurns: false)
    }
  }

  /// Usual values of an option that takes any text.
  public var suggestions: [String] {
    (field ?? key) == "endpoint" ? Preset.all.map(\.name) + [Endpoint.builtin.source] : []
  }

  /// The endings of the files that the option names; empty if they may have any.
  public var fileExtensions: [String] {
    switch kind {
    case .party: ["json5", "json"]
    case .preamble: ["json"]
    case .template: ["jsonl"]
    default: []
    }
  }

  /// Whether single fields of the value can be set by dotted keys.
  var hasFields: Bool { [.object, .moderator, .party].contains(kind) }

  /// Whether conversations of this kind have the option.
  public func applies(to mode: Transcript.Mode) -> Bool { self.mode == nil || self.mode == mode }

  /// The option with the default that it has in a room.
  public var inRoom: ChatOption {
    var option = self
    if fallback == setting?.fallback() { option.fallback = setting?.fallback(in: .room) }
    return option
  }

  /// The option as the help of a command shows it with which conversations go on.
  public var inContinuation: ChatOption {
    var option = self
    option.isFrequent = OptionTable.frequentInContinuation.contains(key)
    return option
  }

  /// Whether the option applies to the conversation as a whole.
  var isCommon: Bool { participant == nil && kind != .participants }

  public var flag: String { Self.flag(key) }

  /// Turns `max_turns` into `--max-turns`. Text that is not a key stays as it is.
  static func flag(_ key: String) -> String { "--" + String(key.map { $0 == "_" ? "-" : $0 }) }
}
