// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Detects changes of a file. Calls `stat` directly, because Foundation's attributes take ten times as long,
/// and thousands of files are checked at a time.
struct FileStamp: Equatable, Sendable {
  private let size: Int64
  private let seconds: Int
  private let nanoseconds: Int

  /// Nil when there is no such file.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
    let modified = status.st_mtimespec
    #else
    let modified = status.st_mtim
    #endif
    size = Int64(status.st_size)
    (seconds, nanoseconds) = (Int(modified.tv_sec), Int(modified.tv_nsec))
  }
}
