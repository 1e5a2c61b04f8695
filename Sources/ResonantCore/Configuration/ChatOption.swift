// SPDX-License-Identifier: MIT

/// One option of a conversation: a flag of the command line, and mostly a key of a plan.
public struct ChatOption: Sendable, Equatable {
  /// What values it takes.
  public enum Kind: Sendable, Equatable {
    /// Any text; `blank` says whether the empty one means something, otherwise it counts as not given.
    case text(blank: Bool = false)
    /// A path, relative to the file or directory of whoever wrote it.
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

  /// What it is about.
  public enum Scope: Sendable, Equatable {
    /// What is said: recorded, and the same for all trials of a condition.
    case conversation
    /// How patiently endpoints are asked: recorded, but may change between runs.
    case request
    /// Where the result goes: not recorded.
    case output
    /// How this process speaks to its user: a flag, but no key of a plan.
    case process
  }

  /// The longest time that can be asked for: about 30 years.
  public static let maximumSeconds = 1e9

  /// The flag without its dashes, in snake case.
  public let key: String
  public let kind: Kind
  public let scope: Scope
  /// What holds when it is not given, as the help shows it; nil when that goes without saying.
  public let fallback: String?
  /// One line for the help, without the default.
  public let help: String

  init(_ key: String, _ kind: Kind, _ scope: Scope, default fallback: String? = nil, _ help: String) {
    self.key = key
    self.kind = kind
    self.scope = scope
    self.fallback = fallback
    self.help = help
  }

  public var flag: String { Self.flag(key) }

  /// `max_turns` is `--max-turns`; what is no key stays as it is.
  static func flag(_ key: String) -> String { "--" + String(key.map { $0 == "_" ? "-" : $0 }) }
}
