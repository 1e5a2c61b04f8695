// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The right to work on a trial, held by one process at a time: a kernel lock on its transcript.
///
/// The kernel gives it back however the process ends, so nothing is left to clean up after a crash. It is
/// `flock`, not a POSIX record lock: that one is lost as soon as any other descriptor of the file is closed, and
/// others open, append to and close the transcript. On NFS Linux passes `flock` on to the server (since 2.6.12),
/// so it also holds between machines; on a file system without locks (some Lustre mounts) taking it fails and is
/// reported.
public final class TrialLock: Sendable {
  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Takes the lock of the transcript at `path`, which is made if it is missing; nil when somebody else has it.
  ///
  /// Throws when the file can't be opened, or the file system has no locks.
  public static func take(_ path: String) throws(InvalidValue) -> TrialLock? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw InvalidValue("\(path) can't be opened: \(reason())") }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return TrialLock(descriptor: descriptor) }
    let error = errno
    close(descriptor)
    if error == EWOULDBLOCK { return nil }
    throw InvalidValue(
      "\(path) can't be locked: \(reason(error)); keep the run directory on another file system")
  }

  /// Whether some process holds the lock of the transcript at `path`.
  public static func isTaken(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private static func reason(_ error: Int32 = errno) -> String { String(cString: strerror(error)) }
}
