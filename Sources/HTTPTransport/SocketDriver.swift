// SPDX-License-Identifier: MIT

import CCurl

/// Waits for the sockets of a multi handle and lets libcurl work on those that are ready. All but `wake` belongs
/// to one thread.
protocol SocketDriver: AnyObject {
  /// Returns when a socket is ready, libcurl has something to do, `wake` was called or the time is over.
  func wait(milliseconds: Int32)
  /// Lets libcurl do what there is to do after a wait. `afterwards` is called whenever it has worked on a socket.
  func act(now: UInt64, afterwards: () -> Void)
  /// Ends a wait, now or the next one; from any thread.
  func wake()
  /// After the multi handle is gone.
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
