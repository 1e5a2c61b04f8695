// SPDX-License-Identifier: MIT

/// An error that the user must correct before anything can run. Contains no secret.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where the value was written; nil when the error has no single place.
  public var place: OptionPlace?
  /// What is wrong and what to do, without a full stop at the end.
  public var message: String

  public init(_ place: OptionPlace?, _ message: String) {
    self.place = place
    self.message = message
  }

  private static let longestMessage = 2_000

  /// One sentence: the place, then the message.
  public var description: String {
    let message = Excerpt.of(message, most: Self.longestMessage)
    guard let place else { return message }
    return "\(place): \(message)"
  }
}

/// Where an option was written: a flag, or a file with a key path and possibly a line.
public struct OptionPlace: Sendable, Equatable, CustomStringConvertible {
  /// Nil for the command line.
  public var file: String?
  /// The flag, or the key path in the file; empty for the whole file.
  public var path: String
  /// From 1.
  public var line: Int?

  private static let longestPath = 300

  public init(file: String? = nil, path: String = "", line: Int? = nil) {
    self.file = file
    self.path = path
    self.line = line
  }

  /// `--max-turns`, `plan.yaml: matrix.max_turns[1] (line 7)`.
  public var description: String {
    let path = path.isEmpty ? nil : Excerpt.of(path, most: Self.longestPath)
    let whole = [file, path].compactMap(\.self).joined(separator: ": ")
    guard let line else { return whole }
    return "\(whole) (line \(line))"
  }
}

/// The places where the options of a set were written.
public struct OptionSource: Sendable, Equatable {
  private enum Origin: Sendable, Equatable {
    /// `key` is set if the value came from the flag of another option than the requested one.
    case commandLine(key: String? = nil)
    /// `path` precedes the option's own path; for a value that was moved it is the complete path.
    case file(String, path: String, lines: [String: Int])
  }

  private var origin: Origin
  /// The origins of options that differ from `origin`, by key. For a file, the path is that of the option
  /// itself.
  private var exceptions: [String: Origin] = [:]

  private init(_ origin: Origin) { self.origin = origin }

  public static let commandLine = OptionSource(.commandLine())

  /// An object with options at the key path `path` of a file.
  public static func file(_ name: String, path: String = "", lines: [String: Int] = [:]) -> OptionSource {
    OptionSource(.file(name, path: path, lines: lines))
  }

  /// The single option `key`, whose value is at the key path `path` of a file.
  public static func value(
    of key: String, inFile name: String, at path: String, lines: [String: Int] = [:]
  ) -> OptionSource {
    var source = OptionSource(.file(name, path: path, lines: lines))
    source.exceptions[key] = .file(name, path: path, lines: lines)
    return source
  }

  /// A copy in which the options `keys` have the places that `other` gives.
  public func overlaid(by other: OptionSource, keys: some Sequence<String>) -> OptionSource {
    var merged = self
    for key in keys { merged.exceptions[key] = other.origin(of: key) }
    return merged
  }

  /// A copy in which `key` has the place of the option `other`.
  func moving(_ key: String, from other: String) -> OptionSource {
    var moved = self
    moved.exceptions[key] = origin(of: other)
    if case .commandLine = moved.exceptions[key] { moved.exceptions[key] = .commandLine(key: other) }
    return moved
  }

  /// A copy in which `key`, and those of its fields that have no place of their own, have the places of
  /// `other`.
  func inheriting(_ key: String, from other: String) -> OptionSource {
    var heir = moving(key, from: other)
    for (field, origin) in exceptions where field.hasPrefix(other + ".") {
      let own = key + field.dropFirst(other.count)
      if heir.exceptions[own] == nil { heir.exceptions[own] = origin }
    }
    return heir
  }

  private func origin(of key: String) -> Origin {
    if let exception = exceptions[key] { return exception }
    guard case .file(let name, let path, let lines) = origin else { return origin }
    return .file(name, path: path.isEmpty ? key : "\(path).\(key)", lines: lines)
  }

  /// The place of an option or of a part of one: `max_turns`, `payload.temperature`, `participant[1].model`.
  public func place(of path: String) -> OptionPlace {
    var key = path
    while exceptions[key] == nil, let outer = Self.outer(of: key) { key = outer }
    let rest = String(path.dropFirst(key.count))
    switch origin(of: key) {
    case .commandLine(let written):
      let inside = rest.hasPrefix(".") ? String(rest.dropFirst()) : rest
      return OptionPlace(path: ChatOption.flag(written ?? key) + (inside.isEmpty ? "" : " \(inside)"))
    case .file(let name, let keyPath, let lines):
      // A path in a file of its own begins at that file's top.
      let whole = keyPath.isEmpty && rest.hasPrefix(".") ? String(rest.dropFirst()) : keyPath + rest
      return OptionPlace(file: name, path: PlanKeyPath.shown(whole), line: Self.line(of: whole, in: lines))
    }
  }

  /// The file's name alone, for errors that concern no single option; nil for the command line.
  public var wholePlace: OptionPlace? {
    guard case .file(let name, let path, let lines) = origin else { return nil }
    return OptionPlace(file: name, path: path, line: lines[path])
  }

  /// The name of the option `key` in a message: the flag, or the key.
  public func word(for key: String) -> String {
    if case .file = origin { key } else { ChatOption.flag(key) }
  }

  /// The line of a key path or, if that is unknown, of the innermost enclosing part with a known line.
  private static func line(of path: String, in lines: [String: Int]) -> Int? {
    var path = path
    while lines[path] == nil, let outer = outer(of: path) { path = outer }
    return lines[path]
  }

  /// The path of the part that encloses the one at `path`; nil for a single key. A path longer than any with
  /// a known line is first cut to that length, because going up part by part would take an hour for a million
  /// parts.
  private static func outer(of path: String) -> String? {
    let known = path.utf8.prefix(PartLines.longestPath)
    let cut = known.lastIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") }
    return cut.map { String(path[..<$0]) }
  }
}
