// SPDX-License-Identifier: MIT

#if os(Linux)
import CCurl
import Glibc

/// Waits with epoll, whose cost does not grow with the number of idle connections.
final class EpollDriver: SocketDriver {
  private static let mostEvents = 256

  private let multi: UnsafeMutableRawPointer
  private let epoll: Int32
  /// An eventfd that `wake` makes readable.
  private let wakeup: Int32
  private let events: UnsafeMutablePointer<epoll_event>
  private var ready = 0
  /// When libcurl's timer expires.
  private var timer = UInt64.max

  init(_ multi: UnsafeMutableRawPointer) throws(HTTPError) {
    self.multi = multi
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    events = .allocate(capacity: Self.mostEvents)
    guard epoll >= 0, wakeup >= 0 else {
      close()
      throw .tooManyOpenFiles
    }
    watch(wakeup, EPOLLIN.rawValue, EPOLL_CTL_ADD)
    attach()
  }

  /// Makes libcurl report its sockets and its timer.
  private func attach() {
    let owner = Unmanaged.passUnretained(self).toOpaque()
    ccurl_multi_set_socket(
      multi,
      { _, socket, wanted, owner, mark in
        guard let owner else { return 0 }
        let driver = Unmanaged<EpollDriver>.fromOpaque(owner).takeUnretainedValue()
        driver.socket(socket, wants: wanted, isKnown: mark != nil)
        return 0
      }, owner)
    ccurl_multi_set_timer(
      multi,
      { _, milliseconds, owner in
        guard let owner else { return 0 }
        let driver = Unmanaged<EpollDriver>.fromOpaque(owner).takeUnretainedValue()
        driver.timer = milliseconds < 0 ? .max : Monotonic.now() + UInt64(milliseconds) * 1_000_000
        return 0
      }, owner)
  }

  private func socket(_ socket: curl_socket_t, wants wanted: Int32, isKnown: Bool) {
    guard wanted != CURL_POLL_REMOVE else {
      epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nil)
      return
    }
    var mask: UInt32 = 0
    if wanted & CURL_POLL_IN != 0 { mask |= EPOLLIN.rawValue }
    if wanted & CURL_POLL_OUT != 0 { mask |= EPOLLOUT.rawValue }
    watch(socket, mask, isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD)
    guard !isKnown else { return }
    ccurl_multi_assign(multi, socket, Unmanaged.passUnretained(self).toOpaque())
  }

  private func watch(_ descriptor: Int32, _ mask: UInt32, _ operation: Int32) {
    var event = epoll_event()
    event.events = mask
    event.data.fd = descriptor
    if epoll_ctl(epoll, operation, descriptor, &event) != 0, errno == EEXIST {
      epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event)
    }
  }

  func wait(milliseconds: Int32) {
    var milliseconds = milliseconds
    if timer != .max {
      let now = Monotonic.now()
      let left = timer > now ? (timer - now + 999_999) / 1_000_000 : 0
      milliseconds = min(milliseconds, Int32(clamping: left))
    }
    ready = max(0, Int(epoll_wait(epoll, events, Int32(Self.mostEvents), milliseconds)))
  }

  private func takeWakeup() {
    var count: UInt64 = 0
    read(wakeup, &count, 8)
  }

  func act(now: UInt64, afterwards: () -> Void) {
    for event in UnsafeBufferPointer(start: events, count: ready) {
      if event.data.fd == wakeup {
        takeWakeup()
        continue
      }
      // On an error, let libcurl read and write: it then finds out what the error is.
      let failed = event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
      var mask: Int32 = 0
      if failed || event.events & EPOLLIN.rawValue != 0 { mask |= CURL_CSELECT_IN }
      if failed || event.events & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
      act(on: event.data.fd, mask)
      afterwards()
    }
    ready = 0
    if timer <= now {
      timer = .max
      act(on: CURL_SOCKET_TIMEOUT, 0)
      afterwards()
    }
  }

  private func act(on socket: curl_socket_t, _ mask: Int32) {
    var running: Int32 = 0
    ccurl_multi_socket_action(multi, socket, mask, &running)
  }

  func wake() {
    var one: UInt64 = 1
    write(wakeup, &one, 8)
  }

  func close() {
    if epoll >= 0 { _ = Glibc.close(epoll) }
    if wakeup >= 0 { _ = Glibc.close(wakeup) }
    events.deallocate()
  }
}
#endif
