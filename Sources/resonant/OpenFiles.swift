// SPDX-License-Identifier: MIT

import ResonantCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The limit on open files and connections of this process.
enum OpenFiles {
  /// Raises the limit as far as possible. Throws when `count` files still exceed it.
  ///
  /// - Parameter mayBeLower: whether a lower concurrency would need fewer files, which the error then says.
  static func allow(_ count: Int, mayBeLower: Bool) throws(InvalidValue) {
    #if canImport(Glibc)
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
    let resource = RLIMIT_NOFILE
    #endif
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return }
    if limit.rlim_cur < limit.rlim_max {
      // Darwin has an upper bound of its own, whatever the hard limit is.
      var raised = limit
      raised.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, rlim_t(count)))
      if setrlimit(resource, &raised) == 0 { limit = raised }
    }
    guard limit.rlim_cur >= rlim_t(count) else {
      throw InvalidValue(
        "up to \(count) files will be open at once, but only \(limit.rlim_cur) may be; raise the limit with"
          + " `ulimit -n`" + (mayBeLower ? ", or lower the concurrency" : ""))
    }
  }
}
