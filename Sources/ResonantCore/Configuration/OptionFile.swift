// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads files that options name. Errors name the file, never its content.
enum OptionFile {
  static func bytes(_ path: String) throws(InvalidValue) -> [UInt8] {
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw InvalidValue("there is no file \(path)")
    }
    if isDirectory { throw InvalidValue("\(path) is a directory") }
    do {
      return [UInt8](try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw InvalidValue("the file \(path) cannot be read")
    }
  }

  /// The text of a file, exactly.
  static func text(_ path: String) throws(InvalidValue) -> String {
    guard let text = String(validating: try bytes(path), as: UTF8.self) else {
      throw InvalidValue("the file \(path) is not UTF-8 text")
    }
    return text
  }

  /// The value in a JSON file.
  static func json(_ path: String) throws(InvalidValue) -> JSONValue {
    let bytes = try bytes(path)
    do {
      return try parse(bytes)
    } catch {
      throw InvalidValue("\(path): \(error)")
    }
  }

  static func parse(_ bytes: [UInt8]) throws(InvalidValue) -> JSONValue {
    try JSONValue.parse(bytes, syntax: .json)
  }
}
