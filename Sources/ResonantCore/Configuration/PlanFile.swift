// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The source of a plan or of a room's config: YAML, JSON or JSON5, with the lines of its parts.
public struct PlanFile: Sendable, Equatable {
  /// The path as given by the user.
  public let name: String
  /// The base of the file's relative paths; empty for the current directory.
  public let directory: String
  public let value: JSONObject
  /// The known lines of parts, from 1, by key path such as `matrix.max_turns[1]`.
  public let lines: [String: Int]

  /// The largest size of a file, in bytes.
  public static let maximumSize = 4 << 20

  public static func read(_ path: String) throws(ConfigurationError) -> PlanFile {
    let bytes: [UInt8]
    do {
      bytes = try OptionFile.bytes(path, limit: maximumSize)
    } catch {
      throw ConfigurationError(nil, "the plan cannot be read: \(error)")
    }
    return try PlanFile(name: path, bytes: bytes)
  }

  /// Reads JSON5, of which JSON is a part, if the name has the extension of either, or if it has no known
  /// extension and the content starts with a brace; otherwise YAML.
  public init(name: String, bytes: [UInt8]) throws(ConfigurationError) {
    self.name = name
    directory = OptionFile.directory(of: name)
    guard bytes.count <= Self.maximumSize else {
      throw ConfigurationError(OptionPlace(file: name), "is larger than \(Self.maximumSize >> 20) MB")
    }
    let bytes = bytes.starts(with: Self.byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
    let document: PlanDocument
    do {
      document = try PlanDocument(bytes, syntax: Self.syntax(name: name, bytes: bytes))
    } catch {
      throw ConfigurationError(OptionPlace(file: name, line: error.line), error.message)
    }
    guard let object = document.value.object else {
      throw ConfigurationError(
        OptionPlace(file: name), "must be an object of keys, not \(document.value.kind)")
    }
    value = object
    lines = document.lines
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static func syntax(name: String, bytes: [UInt8]) -> PlanDocument.Syntax {
    let name = name.lowercased()
    if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return .yaml }
    let first = bytes.first { $0 > 0x20 }
    let isJSON = name.hasSuffix(".json") || name.hasSuffix(".json5") || first == UInt8(ascii: "{")
    return isJSON ? .json5 : .yaml
  }

  /// The place of the value at a key path.
  public func place(of path: String) -> OptionPlace {
    OptionSource.file(name, lines: lines).place(of: path)
  }

  /// The source of the options in the object at `path` (`base`, `include[0]`).
  public func source(at path: String) -> OptionSource { .file(name, path: path, lines: lines) }

  /// The source of the option `key`, whose value is at `path` (`matrix.max_turns[1]`).
  public func source(of key: String, at path: String) -> OptionSource {
    .value(of: key, inFile: name, at: path, lines: lines)
  }
}
