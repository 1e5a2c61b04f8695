// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Locks between processes: those that they hold on the transcripts they work on (see `RecordFile`), and others.
///
/// The kernel gives the lock back however the process ends, so nothing is left to clean up after a crash. On NFS,
/// Linux passes `flock` on to the server (since 2.6.12), so it also holds between machines.
enum TrialLock {
  /// Whether some process, this one included, is at work on the transcript at `path`.
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

  /// Takes the lock of the file at `path`, which is made if it is missing. Nil when it can't be had, because
  /// somebody else has it for longer than `patience`, in seconds, or because there can be none.
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
