// SPDX-License-Identifier: MIT

import OrderedCollections

/// A set of options that have been checked one by one, files that they name read in: what a command line, a
/// plan's base or entry, or a transcript's header says. Sets are laid over one another; then they are resolved.
public struct Options: Sendable, Equatable {
  /// By key, in the order of writing. `payload.temperature` stands for that one field of `payload` and holds beside
  /// `payload` itself, whichever comes first; `flattened` puts them together.
  public internal(set) var values: JSONObject
  public internal(set) var source: OptionSource

  init(values: JSONObject, source: OptionSource) {
    self.values = values
    self.source = source
  }

  /// No options.
  public init() { self.init(values: [:], source: .commandLine) }

  /// Checks the names, types and ranges of options, and reads the files that they name.
  public static func read(
    _ values: JSONObject, source: OptionSource, context: ResolutionContext
  ) throws(ConfigurationError) -> Options {
    var reader = OptionReader(values, source: source, context: context)
    return try reader.read()
  }

  /// These options with `upper` laid over them, key by key. A whole object takes the place of its fields, a dotted
  /// key that of one field alone; an option that excludes another (an opening and `no_opening`) takes its place.
  public func overlaid(by upper: Options) -> Options {
    var merged = self
    for (key, value) in upper.values where value != false { merged.removeRivals(of: key) }
    for (key, value) in upper.values {
      merged.values.removeAll { $0.key.hasPrefix(key + ".") && upper.values[$0.key] == nil }
      merged.values[key] = value
    }
    merged.source = source.overlaid(by: upper.source, keys: upper.values.keys)
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
}

extension JSONValue {
  /// The number as seconds; nil for one that no option could be, as a file may hold, and for anything else.
  var seconds: Duration? {
    double.flatMap { 0...Double(ChatOption.maximumSeconds) ~= $0 ? .seconds($0) : nil }
  }
}

/// What options are read and resolved against.
public struct ResolutionContext: Sendable {
  public var environment: [String: String]
  /// Where relative paths start; empty for the current directory.
  public var directory: String
  /// Draws the seed of a run that was given none.
  public var randomSeed: @Sendable () -> UInt64

  public init(
    environment: [String: String], directory: String = "", randomSeed: @escaping @Sendable () -> UInt64
  ) {
    self.environment = environment
    self.directory = directory
    self.randomSeed = randomSeed
  }

  /// The path of a program on the search path; nil when it isn't there.
  public func program(_ name: String) -> String? {
    (environment["PATH"] ?? "").split(separator: ":").lazy.map { "\($0)/\(name)" }
      .first(where: OptionFile.isProgram)
  }

  /// `path` seen from the current directory.
  func path(_ path: String) -> String {
    path.hasPrefix("/") || directory.isEmpty || directory == "." ? path : "\(directory)/\(path)"
  }
}
