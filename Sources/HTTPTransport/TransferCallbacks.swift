// SPDX-License-Identifier: MIT

import CCurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The callbacks for libcurl, which run on the loop's thread.
extension Transfer {
  private static func at(_ owner: UnsafeMutableRawPointer) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
  }

  /// The transfer that an easy handle belongs to.
  static func owner(of easy: UnsafeMutableRawPointer) -> Transfer? {
    ccurl_easy_get_owner(easy).map(at)
  }

  /// Sets this transfer as the target of libcurl's callbacks. It must live until the handle is removed from
  /// its multi handle.
  func attach(_ easy: EasyHandle) {
    let owner = Unmanaged.passUnretained(self).toOpaque()
    ccurl_easy_set_pointer(easy.pointer, CURLOPT_PRIVATE, owner)
    ccurl_easy_set_header(
      easy.pointer,
      { bytes, size, count, owner in
        guard let bytes, let owner else { return 0 }
        let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return Transfer.at(owner).receive(line: line) ? line.count : 0
      }, owner)
    ccurl_easy_set_write(
      easy.pointer,
      { bytes, size, count, owner in
        guard let bytes, let owner else { return 0 }
        let body = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return Transfer.at(owner).receive(body: body) ? body.count : 0
      }, owner)
    ccurl_easy_set_read(
      easy.pointer,
      { buffer, size, count, owner in
        guard let buffer, let owner else { return Int(CURL_READFUNC_ABORT) }
        return Transfer.at(owner).body.read(
          into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
      }, owner)
    ccurl_easy_set_seek(
      easy.pointer,
      { owner, offset, origin in
        guard let owner, origin == SEEK_SET, Transfer.at(owner).body.seek(to: Int(offset)) else {
          return CURL_SEEKFUNC_FAIL
        }
        return CURL_SEEKFUNC_OK
      }, owner)
    // Child processes must not inherit connections and keep them open.
    ccurl_easy_set_sockopt(easy.pointer) { _, socket, _ in
      fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR
    }
  }

  /// Tells the loop which protocol the host speaks as soon as the request is sent; the response may take
  /// long.
  func watchProtocol(_ easy: EasyHandle) {
    let owner = Unmanaged.passUnretained(self).toOpaque()
    ccurl_easy_set_debug(
      easy.pointer,
      { _, kind, bytes, count, owner in
        guard kind == CURLINFO_HEADER_OUT, let bytes, let owner else { return 0 }
        let lines = UnsafeRawBufferPointer(start: bytes, count: count)
        let first = lines.prefix { $0 != UInt8(ascii: "\r") }
        // A request to a proxy says nothing about the host behind it.
        guard !first.starts(with: "CONNECT ".utf8) else { return 0 }
        let version = first.split(separator: UInt8(ascii: " ")).last
        Transfer.at(owner).loop?.noteProbe(isMultiplexed: version?.starts(with: "HTTP/2".utf8) == true)
        return 0
      }, owner)
    easy.set(CURLOPT_VERBOSE, 1)
  }

  /// Receives a line of the head; returns false to end the exchange.
  private func receive(line: UnsafeRawBufferPointer) -> Bool {
    guard ending == nil else { return false }
    let step = parser.take(line)
    if let isMultiplexed = parser.isMultiplexed { loop?.noteProbe(isMultiplexed: isMultiplexed) }
    switch step {
    case .needsMore: return true
    case .malformed:
      ending = .failed(.libcurl(CURLE_WEIRD_SERVER_REPLY, in: self))
      return false
    case .complete(let head): return receive(head: head)
    }
  }

  private func receive(head: HTTPResponseHead) -> Bool {
    guard [301, 302, 303, 307, 308].contains(head.status), let location = head.header("location") else {
      self.head = head
      dropBody()
      sink.receive(head: head)
      return true
    }
    let target = Redirect(to: location, from: url)
    if let target, head.status >= 307, target.isSameOrigin, hops < Redirect.mostHops {
      redirect = target
      return true
    }
    ending = .failed(.redirect(head.status, to: target?.display ?? HTTPTransport.redact(location), address))
    return false
  }

  /// Receives bytes of the body; returns false to end the exchange.
  private func receive(body: UnsafeRawBufferPointer) -> Bool {
    guard ending == nil else { return false }
    guard redirect == nil, !body.isEmpty, let loop else { return true }
    if !hasReceived {
      hasReceived = true
      loop.notePause(for: self)
    }
    switch sink.receive(body: body) {
    case .progress:
      if deadline.progress(at: loop.now) { loop.expect(deadline.time) }
      return true
    case .keepAlive: return true
    case .complete(let time):
      deadline.complete(at: loop.now, within: time)
      loop.expect(deadline.time)
      return true
    case .stop:
      ending = .stopped
      return false
    }
  }
}
