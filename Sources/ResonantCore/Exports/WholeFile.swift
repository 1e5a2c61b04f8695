// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Replaces files atomically: a reader sees either the old or the new content, never a part.
///
/// Writes the new content to `.resonant-<random>.tmp` in the same directory, then renames it. The writer
/// holds a lock on that file, which distinguishes it from files of killed processes, so that those can be
/// removed.
public enum WholeFile {
  private static let prefix = ".resonant-"
  private static let suffix = ".tmp"

  /// The operating system's reason for refusing to write, such as `Permission denied`.
  public struct Problem: Error, CustomStringConvertible {
    public let description: String
    fileprivate init(_ code: Int32) { description = String(cString: strerror(code)) }
  }

  /// Creates or replaces the file. For a symbolic link, the target is replaced; a pipe or device is written
  /// to.
  public static func write(_ bytes: [UInt8], to path: String) throws(Problem) {
    var status = stat()
    guard stat(path, &status) == 0 else { return try replace(path, with: bytes, mode: nil) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw Problem(errno) }
      defer { close(descriptor) }
      return try write(bytes, to: descriptor)
    }
    let target = realpath(path, nil)
    defer { free(target) }
    try replace(target.map { String(cString: $0) } ?? path, with: bytes, mode: status.st_mode & 0o7777)
  }

  /// Removes the temporary files of killed processes next to a file.
  static func removeRemains(beside path: String) {
    removeRemains(in: directory(of: path))
  }

  /// Removes the temporary files of killed processes in a directory; empty for the current one.
  public static func removeRemains(in directory: String) {
    let directory = directory.isEmpty ? "." : directory
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    for name in names where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
      let path = "\(directory)/\(name)"
      let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }

  private static func replace(_ path: String, with bytes: [UInt8], mode: mode_t?) throws(Problem) {
    let (descriptor, part) = try temporary(in: directory(of: path))
    defer { close(descriptor) }
    do throws(Problem) {
      if let mode { fchmod(descriptor, mode) }
      try write(bytes, to: descriptor)
      guard rename(part, path) == 0 else { throw Problem(errno) }
    } catch {
      unlink(part)
      throw error
    }
  }

  /// The directory with a final slash; empty for the current one.
  private static func directory(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? ""
  }

  /// Creates a new file and locks it.
  ///
  /// - Parameter directory: with a final slash; empty for the current one.
  private static func temporary(in directory: String) throws(Problem) -> (descriptor: Int32, path: String) {
    while true {
      let path = directory + prefix + String(UInt64.random(in: 0 ... .max), radix: 16) + suffix
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor < 0, errno == EEXIST { continue }
      guard descriptor >= 0 else { throw Problem(errno) }
      // Before the file is locked, another process may take it for an abandoned one and remove it.
      var status = stat()
      let isLost = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
      if !isLost, fstat(descriptor, &status) == 0, status.st_nlink > 0 { return (descriptor, path) }
      close(descriptor)
    }
  }

  /// Writes all bytes, however many calls that takes.
  static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Problem) {
    var problem: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count, let base = buffer.baseAddress {
        #if canImport(Glibc)
        let written = Glibc.write(descriptor, base + offset, buffer.count - offset)
        #else
        let written = Darwin.write(descriptor, base + offset, buffer.count - offset)
        #endif
        if written < 0, errno == EINTR { continue }
        if written < 0 { return problem = errno }
        offset += written
      }
    }
    if problem != 0 { throw Problem(problem) }
  }
}
