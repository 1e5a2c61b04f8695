// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A monotonic clock. Times are nanoseconds in one integer: cheap to read, store and compare.
enum Monotonic {
  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Blocks the thread, for less than a second.
  static func sleep(_ nanoseconds: UInt64) {
    var time = timespec()
    time.tv_nsec = Int(nanoseconds)
    nanosleep(&time, nil)
  }
}

extension Duration {
  /// Rounded up to at least 1 and at most about 24 days, the largest value of a C `int`.
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    guard seconds >= 0, seconds < Int64(Int32.max) / 1000 else { return seconds < 0 ? 1 : Int(Int32.max) }
    return max(1, Int(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
  }

  /// `10 seconds`, `0.25 seconds`.
  var spelledOut: String {
    let (seconds, attoseconds) = components
    return attoseconds == 0 ? "\(seconds) second\(seconds == 1 ? "" : "s")" : description
  }
}
