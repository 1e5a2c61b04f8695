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
    /// The only conversation of the file that is wanted, from 0; nil for all.
    public var index: Int?

    public init(path: String, isNamed: Bool, index: Int? = nil) {
      (self.path, self.isNamed, self.index) = (path, isNamed, index)
    }

    /// A path that a user gave, possibly `PATH#INDEX` for one conversation of several in a file.
    public init(named path: String) {
      self.init(path: path, isNamed: true)
      guard let hash = path.lastIndex(of: "#"), access(path, F_OK) != 0,
        let index = Int(path[path.index(after: hash)...]), index >= 0,
        Search.status(String(path[..<hash])).map({ $0.st_mode & S_IFMT != S_IFDIR }) != false
      else { return }
      self.init(path: String(path[..<hash]), isNamed: true, index: index)
    }
  }

  /// The files at some paths and, recursively, in the directories among them, each once. Links to directories
  /// are not followed, except for those that are given. `PATH#INDEX` is one conversation of a file.
  ///
  /// - Parameter warn: told once about names in directories that are not UTF-8, which can't be opened.
  /// - Throws: what is wrong with a path.
  public static func find(
    _ paths: [String], warn: (String) -> Void = { _ in }
  ) throws(InvalidValue) -> [Candidate] {
    var search = Search()
    for given in paths.map(Candidate.init(named:)) {
      let path = given.path
      guard let status = Search.status(path) else {
        throw InvalidValue("\(path): \(String(cString: strerror(errno)).lowercased())")
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        try search.walk(path == "/" || !path.hasSuffix("/") ? path : trimmed(path))
      } else {
        search.add(given, status)
      }
    }
    if let first = search.unnamed.first {
      let count = search.unnamed.count
      warn(
        (count == 1
          ? "1 file was left out because its name is"
          : "\(count) files were left out because their names are")
          + " not UTF-8: \(first)\(count == 1 ? "" : ", …")")
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
    var head = [UInt8](repeating: 0, count: 1 << 9)
    let count = read(descriptor, &head, head.count)
    guard count > 0 else { return false }
    let start = head[..<count].drop { JSONScanner.isSpace($0) || [0xEF, 0xBB, 0xBF].contains($0) }
    // The zeros that a power loss leaves are left to the reader, as is a head full of space.
    guard let first = start.first, first != 0 else { return true }
    if first == ASCII.openBrace || first == ASCII.openBracket { return true }
    let line = start.prefix { $0 != 0x0A }
    // The first line of a log names a speaker, or the first agent.
    let last = line.last { !JSONScanner.isSpace($0) }
    return last == ASCII.colon || last == UInt8(ascii: "#") || last == UInt8(ascii: "=")
  }

  private struct File: Hashable {
    var device: Int
    var number: UInt64
    var index: Int?
  }

  private struct Search {
    var found: [Candidate] = []
    /// The escaped paths of what has a name that is not UTF-8.
    private(set) var unnamed: [String] = []
    private var seen: Set<File> = []

    mutating func add(_ candidate: Candidate, _ status: stat) {
      let device = Int(truncatingIfNeeded: status.st_dev)
      let file = File(device: device, number: UInt64(status.st_ino), index: candidate.index)
      if seen.insert(file).inserted { found.append(candidate) }
    }

    mutating func walk(_ directory: String) throws(InvalidValue) {
      let parent = directory == "/" ? "/" : directory + "/"
      for bytes in try Self.names(in: directory) {
        guard let name = String(validating: bytes, as: UTF8.self) else {
          unnamed.append(parent + Self.escaped(bytes))
          continue
        }
        let path = parent + name
        var own = stat()
        guard lstat(path, &own) == 0, let status = Self.status(path) else { continue }
        if own.st_mode & S_IFMT == S_IFDIR {
          try walk(path)
        } else if status.isFile {
          add(Candidate(path: path, isNamed: false), status)
        }
      }
    }

    static func status(_ path: String) -> stat? {
      var status = stat()
      return stat(path, &status) == 0 ? status : nil
    }

    /// A name with its bytes beyond ASCII as `\xE9`.
    private static func escaped(_ name: [UInt8]) -> String {
      name.map { byte in
        0x20..<0x7F ~= byte
          ? String(Unicode.Scalar(byte))
          : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }.joined()
    }

    /// The names in a directory by their bytes.
    private static func names(in directory: String) throws(InvalidValue) -> [[UInt8]] {
      guard let stream = opendir(directory) else {
        throw InvalidValue("\(directory): \(String(cString: strerror(errno)).lowercased())")
      }
      defer { closedir(stream) }
      var names: [[UInt8]] = []
      while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { name in Array(name.prefix { $0 != 0 }) }
        if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
      }
      return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
  }
}
