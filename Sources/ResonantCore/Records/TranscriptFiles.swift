// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Files that may be transcripts.
public enum TranscriptFiles {
  public struct Candidate: Sendable, Equatable {
    public var path: String
    /// Whether the user named this file, rather than a directory that holds it.
    public var isNamed: Bool
  }

  /// The files at some paths and, recursively, in the directories among them, each once. Links to directories
  /// are not followed, except for those that are given.
  ///
  /// - Throws: what is wrong with a path.
  public static func find(_ paths: [String]) throws(InvalidValue) -> [Candidate] {
    var search = Search()
    for path in paths {
      guard let status = Search.status(path) else {
        throw InvalidValue("\(path): \(String(cString: strerror(errno)).lowercased())")
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        try search.walk(path == "/" || !path.hasSuffix("/") ? path : trimmed(path))
      } else {
        search.add(path, status, isNamed: true)
      }
    }
    return search.found
  }

  private static func trimmed(_ path: String) -> String {
    let end = path.lastIndex { $0 != "/" } ?? path.startIndex
    return String(path[...end])
  }

  /// Whether a file begins as a transcript may. This saves reading the pages and images of a directory.
  static func isPlausible(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return true }
    defer { close(descriptor) }
    var byte: UInt8 = 0
    // Spaces, a byte order mark and the zeros that a power loss leaves are left to the reader.
    return read(descriptor, &byte, 1) == 1 && [0x7B, 0x20, 0x09, 0x0A, 0x0D, 0xEF, 0].contains(byte)
  }

  private struct File: Hashable {
    var device: Int
    var number: UInt64
  }

  private struct Search {
    var found: [Candidate] = []
    private var seen: Set<File> = []

    mutating func add(_ path: String, _ status: stat, isNamed: Bool) {
      let file = File(device: Int(truncatingIfNeeded: status.st_dev), number: UInt64(status.st_ino))
      if seen.insert(file).inserted { found.append(Candidate(path: path, isNamed: isNamed)) }
    }

    mutating func walk(_ directory: String) throws(InvalidValue) {
      for name in try Self.names(in: directory) {
        let path = directory == "/" ? "/" + name : directory + "/" + name
        var own = stat()
        guard lstat(path, &own) == 0, let status = Self.status(path) else { continue }
        if own.st_mode & S_IFMT == S_IFDIR {
          try walk(path)
        } else if status.isFile {
          add(path, status, isNamed: false)
        }
      }
    }

    static func status(_ path: String) -> stat? {
      var status = stat()
      return stat(path, &status) == 0 ? status : nil
    }

    /// The names in a directory by their bytes.
    private static func names(in directory: String) throws(InvalidValue) -> [String] {
      guard let stream = opendir(directory) else {
        throw InvalidValue("\(directory): \(String(cString: strerror(errno)).lowercased())")
      }
      defer { closedir(stream) }
      var names: [String] = []
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
          name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
      }
      return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
  }
}
