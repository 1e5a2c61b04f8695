// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Reads files that options name. Errors name the file, never its content.
enum OptionFile {
  /// - Parameter limit: in bytes; more is refused, also where it comes from a pipe or a device.
  static func bytes(_ path: String, limit: Int = FileContent.limit) throws(InvalidValue) -> [UInt8] {
    if isDirectory(path) { throw InvalidValue("\(path) is a directory") }
    do throws(FileContent.Problem) {
      return try FileContent.read(path, limit: limit)
    } catch {
      switch error {
      case .system(ENOENT): throw InvalidValue("there is no file \(path)")
      case .system(let code):
        throw InvalidValue("the file \(path) can't be read: \(String(cString: strerror(code)))")
      case .tooLarge(let limit):
        throw InvalidValue("the file \(path) is larger than \(limit >> 20) MB")
      }
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
