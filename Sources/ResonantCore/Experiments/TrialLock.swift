// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Looks at the lock that a process holds on the transcript that it works on (see `RecordFile`).
///
/// The kernel gives the lock back however the process ends, so nothing is left to clean up after a crash. On NFS,
/// Linux passes `flock` on to the server (since 2.6.12), so it also holds between machines.
enum TrialLock {
  /// Whether some process, this one included, is at work on the transcript at `path`.
  static func isTaken(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Empties the transcript at `path`, so that its trial begins anew. Does nothing when it is taken.
  ///
  /// The file stays: another process may have it open, waiting for its lock.
  static func clear(_ path: String) throws(InvalidValue) {
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw InvalidValue("\(path) can't be opened: \(reason(errno))") }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else { return }
    guard ftruncate(descriptor, 0) == 0 else {
      throw InvalidValue("\(path) can't be emptied: \(reason(errno))")
    }
  }

  private static func reason(_ error: Int32) -> String { String(cString: strerror(error)) }
}
