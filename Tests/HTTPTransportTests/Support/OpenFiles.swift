// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Raises how many files and connections this process may have open as far as the system lets it, and returns
/// that number.
@discardableResult
func raiseOpenFilesLimit() -> Int {
  var limit = rlimit()
  #if canImport(Glibc)
  let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
  let resource = RLIMIT_NOFILE
  #endif
  guard getrlimit(resource, &limit) == 0 else { return 256 }
  let before = limit.rlim_cur
  #if canImport(Darwin)
  // More is refused there, whatever the hard limit says.
  limit.rlim_cur = min(limit.rlim_max, rlim_t(OPEN_MAX))
  #else
  limit.rlim_cur = limit.rlim_max
  #endif
  if limit.rlim_cur <= before || setrlimit(resource, &limit) != 0 { return Int(clamping: before) }
  return Int(clamping: limit.rlim_cur)
}
