// SPDX-License-Identifier: MIT

import OrderedCollections

/// A set of options from one place, such as a command line, a plan's base or entry, or a transcript's header.
/// Each option has been checked, and the files that options name have been read. Sets are laid over each
/// other, then resolved.
public struct Options: Sendable, Equatable {
  /// By key, in the order of writing. `payload.temperature` stands for one field of `payload`. It overrides
  /// that field in `payload` itself regardless of their order; `flattened` combines the two.
  public internal(set) var values: JSONObject
  public internal(set) var source: OptionSource
  /// Sentences about what was read but has no effect.
  var warnings: [String] = []

  init(values: JSONObject, source: OptionSource) {
    self.values = values
    self.source = source
  }

  public init() { self.init(values: [:], source: .commandLine) }

  /// Checks the names, types and ranges of options, and reads the files that they name.
  public static func read(
    _ values: JSONObject, source: OptionSource, context: ResolutionContext
  ) throws(ConfigurationError) -> Options {
    var reader = OptionReader(values, source: source, context: context)
    return try reader.read()
  }

  /// These options with `upper` on top. An object replaces all its fields, a dotted key a single field; an
  /// option replaces those that it excludes (an opening and `no_opening`).
  public func overlaid(by upper: Options) -> Options {
    var merged = self
    for (key, value) in upper.values where value != false { merged.removeRivals(of: key) }
    for (key, value) in upper.values {
      merged.values.removeAll { $0.key.hasPrefix(key + ".") && upper.values[$0.key] == nil }
      merged.values[key] = value
    }
    merged.source = source.overlaid(by: upper.source, keys: upper.values.keys)
    merged.warnings += upper.warnings
    return merged
  }

  private mutating func removeRivals(of key: String) {
    switch key {
    case "opening": values["no_opening"] = nil
    case "no_opening": values["opening"] = nil
    default: break
    }
  }

  /// An error about the option, or the part of one, at `path`.
  func failure(_ path: String, _ message: String) -> ConfigurationError {
    ConfigurationError(source.place(of: path), message)
  }

  func text(_ key: String) -> String? { values[key]?.string }
  func isOn(_ key: String) -> Bool { values[key]?.bool ?? false }

  /// The kind of conversation that the options describe.
  var mode: Transcript.Mode { values["party"] == nil ? .chat : .party }

  /// The config of a room, which must have been read; nil for a chat.
  var roomConfig: RoomConfig? { values["party"]?.object.map(RoomConfig.init) }
}

extension JSONValue {
  /// The number as a duration in seconds; nil for other values, and for a number in a file that no option may
  /// have.
  var seconds: Duration? {
    double.flatMap { 0...Double(ChatOption.maximumSeconds) ~= $0 ? .seconds($0) : nil }
  }
}

/// What reading and resolving options depends on.
public struct ResolutionContext: Sendable {
  public var environment: [String: String]
  /// The base of relative paths; empty for the current directory.
  public var directory: String
  /// Whether a person can take part; a batch has nobody.
  public var isAttended: Bool
  /// Generates the seed of a run that was given none.
  public var randomSeed: @Sendable () -> UInt64

  public init(
    environment: [String: String], directory: String = "", isAttended: Bool = true,
    randomSeed: @escaping @Sendable () -> UInt64
  ) {
    self.environment = environment
    self.directory = directory
    self.isAttended = isAttended
    self.randomSeed = randomSeed
  }

  /// The path of a program on the search path; nil if it is not there.
  public func program(_ name: String) -> String? {
    (environment["PATH"] ?? "").split(separator: ":").lazy.map { "\($0)/\(name)" }
      .first(where: OptionFile.isProgram)
  }

  /// `path` relative to the current directory.
  func path(_ path: String) -> String {
    path.hasPrefix("/") || directory.isEmpty || directory == "." ? path : "\(directory)/\(path)"
  }
}
