// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Locks between processes: those on transcripts that are being written (see `RecordFile`), and others.
///
/// The kernel releases a lock however the process ends, so a crash leaves nothing to clean up. On NFS, Linux
/// (since 2.6.12) passes `flock` on to the server, so that it also works between machines.
enum TrialLock {
  /// Whether any process, including this one, is writing the transcript at `path`.
  static func isTaken(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// A lock that is held.
  final class Held {
    private let descriptor: Int32

    fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

    func release() { _ = flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
  }

  /// Locks the file at `path`, which is created if missing. Nil when another holder keeps the lock for longer
  /// than `patience`, in seconds, or when the file can't be locked.
  static func take(_ path: String, patience: Double) -> Held? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return nil }
    let held = Held(descriptor)
    let deadline = ContinuousClock.now + .seconds(patience)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EINTR || errno == EWOULDBLOCK, ContinuousClock.now < deadline else { return nil }
      usleep(10_000)
    }
    return held
  }
}
