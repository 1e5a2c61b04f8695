// SPDX-License-Identifier: MIT

import Dispatch
import Foundation

/// A directory of its own for one test, removed with the value.
public final class TemporaryDirectory: Sendable {
  /// Absolute, without a slash at the end.
  public let path: String

  public init() throws {
    let parent = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
    let url = parent.appending(path: "resonant-test-\(UUID().uuidString.prefix(8).lowercased())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path(percentEncoded: false)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The absolute path of a file in it.
  public func path(_ name: String) -> String { path + "/" + name }

  /// Writes a file, with the directories it needs, and returns its path.
  @discardableResult
  public func write(_ text: String, to name: String, executable: Bool = false) throws -> String {
    let file = path(name)
    let parent = URL(filePath: file).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
    if executable {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }
    return file
  }

  public func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path(name))), as: UTF8.self)
  }

  public func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  /// All files below, relative, sorted.
  public var files: [String] {
    guard let all = FileManager.default.enumerator(atPath: path) else { return [] }
    return all.compactMap { $0 as? String }.filter { name in
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: path(name), isDirectory: &isDirectory)
        && !isDirectory.boolValue
    }.sorted()
  }

  /// Waits until a file is there and holds `text`, for what is written beside the events that can be awaited.
  public func waitForFile(_ name: String, toContain text: String) async throws {
    let deadline = ContinuousClock.now + .seconds(Deadline.usual)
    while (try? read(name).contains(text)) != true {
      guard ContinuousClock.now < deadline else {
        throw DeadlineExceeded(what: "“\(text)” in \(name)", seconds: Deadline.usual)
      }
      await withCheckedContinuation { continuation in
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.02) { continuation.resume() }
      }
    }
  }

  /// The one file whose name ends so.
  public func only(_ suffix: String) throws -> String {
    let found = files.filter { $0.hasSuffix(suffix) }
    guard found.count == 1, let name = found.first else { throw NotOneFile(suffix: suffix, found: found) }
    return name
  }

  public struct NotOneFile: Error {
    let suffix: String
    let found: [String]
  }
}
