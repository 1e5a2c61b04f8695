// SPDX-License-Identifier: MIT

/// The description of one option of a conversation. Its flag, its key in plans, its help, what a transcript records
/// of it and what a resumed conversation makes of it all follow from here.
public struct ChatOption: Sendable {
  /// What values it takes.
  public enum Kind: Sendable, Equatable {
    /// Any text; `blank` says whether the empty one means something, otherwise it counts as not given.
    case text(blank: Bool = false)
    /// The path of a directory, relative to the file or directory of whoever wrote it.
    case path
    /// A path, or the bare name of a program on the search path.
    case command
    /// The path of a text file whose content becomes the value of another option.
    case textFile(for: String)
    case integer(atLeast: Int)
    /// 0 to 2^64 - 1.
    case seed
    /// Seconds with fractions, at most `maximumSeconds`; `zero` says whether 0 is allowed.
    case seconds(zero: Bool)
    case boolean
    /// A JSON object, its text, or `@FILE`.
    case object
    /// The path of a JSON file, or the array itself.
    case preamble
    /// The path of a file with a participant a line.
    case template
    /// One text or a list of them.
    case texts
    /// A list of objects, each possibly as text or `@FILE`.
    case participants
    case choice([String])
  }

  /// What it is about, which decides where it is recorded and what it may contradict.
  public enum Scope: Sendable, Equatable {
    /// What is said: recorded among a header's settings, and the same for all trials of a condition.
    case conversation
    /// Who speaks: recorded with each participant and its preamble, and the same for all trials of a condition.
    case participant
    /// How a participant's endpoint lets it in: recorded with the participant, without secrets, but may change
    /// between runs.
    case access
    /// What sets trials of one condition apart: recorded, each trial's own.
    case trial
    /// How patiently endpoints are asked: recorded among the settings, but may change between runs.
    case request
    /// Where the result goes: not recorded.
    case output
    /// How this process speaks to its user: a flag, but no key of a plan.
    case process
  }

  /// What it does to a conversation that is resumed.
  public enum Resumption: Sendable, Equatable {
    /// It overrides what is recorded.
    case overrides
    /// Nothing any more, since the conversation has begun.
    case ignored
    /// It is an error.
    case refused
  }

  /// The longest time that can be asked for: about 30 years.
  public static let maximumSeconds = 1_000_000_000

  /// The flag without its dashes, in snake case.
  public let key: String
  public let kind: Kind
  public let scope: Scope
  /// One line for the help, without the default.
  public let help: String
  /// The word for the value in the help; nil for a switch.
  public let valueName: String?
  /// What holds when it is not given, as the help shows it; nil when that goes without saying.
  public let fallback: String?
  public let resumption: Resumption
  /// The key in the object of a participant: `model` for `alice_model`; nil when participants have no such option.
  var field: String?
  /// The index of the participant whose own option it is.
  var participant: Int?
  /// The setting that it gives; nil when it is not that simple.
  let setting: Setting?

  init(
    _ key: String, _ kind: Kind, _ scope: Scope, gives setting: Setting? = nil, value: String? = nil,
    default fallback: String? = nil, onResume resumption: Resumption = .overrides, _ help: String
  ) {
    self.key = key
    self.kind = kind
    self.scope = scope
    self.setting = setting
    valueName = value ?? Self.usualValueName(kind, key)
    self.fallback = fallback ?? setting?.fallback
    self.resumption = resumption
    self.help = help
  }

  static func usualValueName(_ kind: Kind, _ key: String) -> String? {
    switch kind {
    case .text, .texts: "text"
    case .path: "dir"
    case .command: "path"
    case .textFile, .preamble, .template: "file"
    case .integer, .seed: "n"
    case .seconds: "seconds"
    case .object, .participants: "json|@file"
    case .choice: key
    case .boolean: nil
    }
  }

  /// Whether a trial that was held with another value is not one of the same condition.
  public var shapesConversation: Bool { scope == .conversation || scope == .participant }

  /// Whether it stands among a header's settings.
  public var isRecordedSetting: Bool { scope == .conversation || scope == .request }

  /// Whether it holds for the conversation as a whole.
  var isCommon: Bool { participant == nil && kind != .participants }

  public var flag: String { Self.flag(key) }

  /// `max_turns` is `--max-turns`; what is no key stays as it is.
  static func flag(_ key: String) -> String { "--" + String(key.map { $0 == "_" ? "-" : $0 }) }
}
