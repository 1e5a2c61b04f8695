// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads files that options name. Errors name the file, never its content.
enum OptionFile {
  /// - Parameter limit: the largest size in bytes; also applies to pipes and devices.
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

  static func isDirectory(_ path: String) -> Bool { mode(path) == S_IFDIR }

  /// Whether `path` is a program that can be run: an executable regular file, or a link to one.
  static func isProgram(_ path: String) -> Bool { mode(path) == S_IFREG && access(path, X_OK) == 0 }

  static func exists(_ path: String) -> Bool { mode(path) != nil }

  /// The directory of the file at a path; empty for the current directory.
  static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ""
  }

  /// The type of the file at a path; nil if there is none.
  private static func mode(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The text of a file, unchanged.
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

  /// Limits the depth to that of a plan, because a transcript nests the value in its own and must remain
  /// readable.
  static func parse(_ bytes: [UInt8]) throws(InvalidValue) -> JSONValue {
    do {
      return try JSONValue.parse(bytes, depth: PlanDocument.depthLimit)
    } catch {
      throw InvalidValue("is no JSON: \(error)")
    }
  }
}
