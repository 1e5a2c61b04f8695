// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads whole files and pipes. Foundation is unsuitable: it refuses the pipe that a shell makes for
/// `<(command)`, and reads endless devices forever.
enum FileContent {
  enum Problem: Error {
    /// The system's `errno`.
    case system(Int32)
    /// More bytes than this.
    case tooLarge(Int)
  }

  /// The largest file that an option may name, and the most that is read from a device, in bytes.
  static let limit = 64 << 20

  static func read(_ path: String, limit: Int = limit, takesPipes: Bool = true) throws(Problem) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno) }
    defer { close(descriptor) }
    return try read(descriptor, limit: limit, takesPipes: takesPipes)
  }

  static func read(_ descriptor: Int32, limit: Int, takesPipes: Bool = true) throws(Problem) -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
    guard takesPipes || status.st_mode & S_IFMT != S_IFIFO else { throw .system(ESPIPE) }
    let isDevice = status.st_mode & S_IFMT == S_IFCHR
    let limit = isDevice ? min(limit, Self.limit) : limit
    guard status.st_size <= limit else { throw .tooLarge(limit) }
    var bytes: [UInt8] = []
    // One byte more than the size, so that the end of a regular file is detected without growing the buffer.
    var room = max(Int(status.st_size) + 1, 1 << 12)
    while bytes.count <= limit {
      let before = bytes.count
      let problem = append(to: &bytes, from: descriptor, room: room)
      if problem == EINTR { continue }
      if problem != 0 { throw .system(problem) }
      if bytes.count == before { return bytes }
      room = 1 << 16
    }
    throw .tooLarge(limit)
  }

  /// Calls read(2) once; returns `errno` or 0.
  private static func append(to bytes: inout [UInt8], from descriptor: Int32, room: Int) -> Int32 {
    var problem: Int32 = 0
    #if canImport(Glibc)
    let read = Glibc.read
    #else
    let read = Darwin.read
    #endif
    let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      count = buffer.baseAddress.map { read(descriptor, $0, room) } ?? 0
      if count < 0 { (problem, count) = (errno, 0) }
    }
    // The first piece is usually the whole file, of which there should be no second copy.
    if bytes.isEmpty { bytes = piece } else { bytes += piece }
    return problem
  }
}
