// SPDX-License-Identifier: MIT

import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A transcript's file, opened for appending and closed when the object is released.
///
/// The file stays open while its conversation runs, one descriptor each, because the kernel holds the lock as
/// long as the descriptor is open. The lock keeps two processes from writing the same conversation, and
/// disappears when the process dies. It is a `flock`: the process would lose a POSIX record lock as soon as
/// it closed any other descriptor of the file, which every reader does.
final class RecordFile: Sendable {
  enum Mode { case new, existing }

  /// Whether appended data is being synced to disk.
  private struct Syncing {
    var isUnderWay = false
    /// The error of the last sync, if it failed.
    var problem: RecordError?
    var waiting: [@Sendable (RecordError?) -> Void] = []
  }

  /// What follows the last complete line of a file that is resumed.
  enum Tail: Sendable {
    /// An incomplete record after the first `length` bytes.
    case torn(length: Int)
    /// A complete record without its line feed.
    case unterminated
  }

  let path: String
  private let descriptor: Int32
  private let syncing = Mutex(Syncing())
  /// The first append repairs the end; until then the file stays unchanged.
  private let tail = Mutex<Tail?>(nil)
  /// The length in bytes as far as this process knows.
  private let length = Atomic(0)

  /// The size limit of a transcript that is read, in bytes: more than any conversation reaches, and still
  /// fits into memory.
  static let limit = 1 << 31

  /// Takes over an open file.
  init(_ path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  convenience init(_ path: String, _ mode: Mode, isLocked: Bool) throws(RecordError) {
    let flags = O_RDWR | O_APPEND | O_CLOEXEC
    // O_NONBLOCK avoids waiting for a pipe, which is then refused; it has no effect on a regular file.
    let descriptor = open(path, flags | (mode == .new ? O_CREAT | O_EXCL : O_NONBLOCK), 0o666)
    guard descriptor >= 0 else { throw Self.error(errno, path, "can't be opened") }
    self.init(path, descriptor: descriptor)
    let status = try Self.status(descriptor, path)
    guard status.isFile else {
      throw RecordError(.system, path, "this is no regular file, so no transcript can go on in it")
    }
    length.store(Int(status.st_size), ordering: .relaxed)
    guard !isLocked, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
    throw RecordError(.inUse, path, "another process is writing this transcript; wait until it has ended")
  }

  deinit { close(descriptor) }

  /// Releases the lock now, since other references may keep this object alive a little longer.
  func unlock() { _ = flock(descriptor, LOCK_UN) }

  func contents() throws(RecordError) -> [UInt8] {
    try Self.contents(descriptor, path)
  }

  /// Makes the first append repair the end of the file.
  func mend(_ tail: Tail) { self.tail.withLock { $0 = tail } }

  /// Appends with one write(2). Truncates the remains of a failed write, so that no record is ever joined to
  /// a fragment of another.
  func append(_ bytes: [UInt8]) throws(RecordError) {
    switch tail.withLock({ $0 }) {
    case nil: return try put(bytes)
    case .torn(let length):
      try truncate(to: length)
      try put(bytes)
    case .unterminated: try put([UInt8(ascii: "\n")] + bytes)
    }
    tail.withLock { $0 = nil }
  }

  private func put(_ bytes: [UInt8]) throws(RecordError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
      }
      if count > 0 { done += count }
      guard count < 0, errno != EINTR else { continue }
      let error = Self.error(errno, path, "can't be written")
      let end = lseek(descriptor, 0, SEEK_END)
      if done > 0, end >= off_t(done) { _ = ftruncate(descriptor, end - off_t(done)) }
      throw error
    }
    length.add(bytes.count, ordering: .relaxed)
  }

  func truncate(to length: Int) throws(RecordError) {
    guard ftruncate(descriptor, off_t(length)) == 0 else {
      throw Self.error(errno, path, "can't be shortened")
    }
    self.length.store(length, ordering: .relaxed)
    tail.withLock { $0 = nil }
  }

  /// Waits until everything written has been synced to disk.
  func sync() throws(RecordError) {
    while fsync(descriptor) != 0 {
      switch errno {
      case EINTR: continue
      // Pipes and some devices don't support syncing, nor need it.
      case EINVAL, ENOTSUP: return
      case let code: throw Self.error(code, path, "can't be written to the disk")
      }
    }
  }

  /// Throws when the path no longer leads to this file, or when the file has been shortened: the written data
  /// would be lost.
  func checkPlace() throws(RecordError) {
    let own = try Self.status(descriptor, path)
    if own.isFile, Int(own.st_size) < length.load(ordering: .relaxed) {
      throw RecordError(.system, path, "something else has shortened the file while it was written")
    }
    var there = stat()
    if stat(path, &there) == 0, (there.st_dev, there.st_ino) == (own.st_dev, own.st_ino) { return }
    throw RecordError(.system, path, "the file was replaced or removed while it was written")
  }

  /// Makes `whenSynced` wait until `endSync`.
  func beginSync() { syncing.withLock { $0.isUnderWay = true } }

  func endSync(_ problem: RecordError?) {
    let waiting = syncing.withLock { syncing in
      syncing.isUnderWay = false
      syncing.problem = problem
      defer { syncing.waiting = [] }
      return syncing.waiting
    }
    for next in waiting { next(problem) }
  }

  /// Calls `next` with the error of the last sync, if any, once no sync is under way. Returns true when it
  /// was called at once, false when it will be called later on any thread.
  func whenSynced(_ next: @escaping @Sendable (RecordError?) -> Void) -> Bool {
    let problem: RecordError?? = syncing.withLock { syncing in
      if !syncing.isUnderWay { return .some(syncing.problem) }
      syncing.waiting.append(next)
      return nil
    }
    if let problem { next(problem) }
    return problem != nil
  }

  /// The whole content of a file; a pipe is also read.
  static func contents(of path: String) throws(RecordError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw error(errno, path, "can't be opened") }
    defer { close(descriptor) }
    return try contents(descriptor, path)
  }

  private static func status(_ descriptor: Int32, _ path: String) throws(RecordError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw error(errno, path, "can't be read") }
    return status
  }

  private static func contents(_ descriptor: Int32, _ path: String) throws(RecordError) -> [UInt8] {
    do throws(FileContent.Problem) {
      return try FileContent.read(descriptor, limit: limit)
    } catch {
      switch error {
      case .system(let code): throw Self.error(code, path, "can't be read")
      case .tooLarge(let limit): throw RecordError(.system, path, tooLarge(limit))
      }
    }
  }

  static func tooLarge(_ limit: Int) -> String {
    "this is no transcript: it is larger than \(limit >> 20) MB"
  }

  private static func error(_ code: Int32, _ path: String, _ what: String) -> RecordError {
    switch code {
    case ENOENT: RecordError(.missing, path, "there is no such file")
    case EEXIST:
      RecordError(.exists, path, "the file exists already and is not overwritten; choose another name")
    case EMFILE, ENFILE:
      RecordError(
        .system, path,
        "\(what): too many files are open; raise the limit (ulimit -n) or lower the concurrency")
    default: RecordError(.system, path, "\(what): \(String(cString: strerror(code)))")
    }
  }
}

extension stat {
  /// Whether it is a regular file, which has an end and can be read without waiting.
  var isFile: Bool { st_mode & S_IFMT == S_IFREG }
}
