// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads files that options name. Errors name the file, never its content.
enum OptionFile {
  static func bytes(_ path: String) throws(InvalidValue) -> [UInt8] {
    if isDirectory(path) { throw InvalidValue("\(path) is a directory") }
    // Not through Foundation, which refuses the pipe that a shell makes of `<(command)`.
    do throws(RecordError) {
      return try RecordFile.contents(of: path)
    } catch {
      throw InvalidValue(
        error.kind == .missing ? "there is no file \(path)" : "the file \(path) \(error.message)")
    }
  }

  static func isDirectory(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.type] as? FileAttributeType == .typeDirectory
  }

  /// Whether `path` is a program that can be started.
  static func isProgram(_ path: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: path) && !isDirectory(path)
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
      throw InvalidValue("\(path) \(error)")
    }
  }

  static func parse(_ bytes: [UInt8]) throws(InvalidValue) -> JSONValue {
    do {
      return try JSONValue.parse(bytes)
    } catch {
      throw InvalidValue("is no JSON: \(error)")
    }
  }
}
