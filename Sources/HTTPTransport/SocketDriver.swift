// SPDX-License-Identifier: MIT

import CCurl

/// Waits for the sockets of a multi handle and lets libcurl process those that are ready. All methods except
/// `wake` belong to one thread.
protocol SocketDriver: AnyObject {
  /// Returns when a socket is ready, libcurl has something to do, `wake` was called or the time is up.
  func wait(milliseconds: Int32)
  /// Lets libcurl process what is ready after a wait. `afterwards` is called each time libcurl has processed
  /// a socket.
  func act(now: UInt64, afterwards: () -> Void)
  /// Ends the current wait, or the next one if there is none. May be called from any thread.
  func wake()
  /// Call this after the multi handle is freed.
  func close()
}

/// libcurl's own wait.
final class PollDriver: SocketDriver {
  private let multi: UnsafeMutableRawPointer

  init(_ multi: UnsafeMutableRawPointer) {
    self.multi = multi
  }

  func wait(milliseconds: Int32) { ccurl_multi_poll(multi, milliseconds) }
  func act(now: UInt64, afterwards: () -> Void) {
    ccurl_multi_perform(multi)
    afterwards()
  }
  func wake() { ccurl_multi_wakeup(multi) }
  func close() {}
}
