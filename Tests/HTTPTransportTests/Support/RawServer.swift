// SPDX-License-Identifier: MIT

import Foundation
import Synchronization

@testable import HTTPTransport

/// A failed system call of the test server.
struct SocketError: Error {
  let call: String
  let code = errno
}

/// A listening socket on the loopback, on a port of the system's choice.
struct Listener: Sendable {
  let socket: Int32
  let port: UInt16

  init(backlog: Int32 = 4096) throws {
    signal(SIGPIPE, SIG_IGN)
    let descriptor = try Self.newSocket()
    var address = Self.loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && listen(descriptor, backlog) == 0
          && getsockname(descriptor, address, &length) == 0
      }
    }
    guard result else { throw SocketError(call: "bind") }
    socket = descriptor
    port = UInt16(bigEndian: address.sin_port)
  }

  var url: String { "http://127.0.0.1:\(port)" }

  func accept() throws -> RawConnection {
    let accepted = Foundation.accept(socket, nil, nil)
    guard accepted >= 0 else { throw SocketError(call: "accept") }
    return try RawConnection(socket: accepted)
  }

  /// For the thread that accepts: another one might close a number that is in use again.
  func close() { _ = Foundation.close(socket) }

  /// Ends a waiting `accept` by a connection.
  func wake() {
    guard let visitor = try? Self.newSocket() else { return }
    var address = Self.loopback(port: port)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = connect(visitor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    _ = Foundation.close(visitor)
  }

  private static func newSocket() throws -> Int32 {
    #if canImport(Darwin)
    let descriptor = Darwin.socket(AF_INET, SOCK_STREAM, 0)
    #else
    let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
      throw SocketError(call: "socket")
    }
    return descriptor
  }

  static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}

/// One accepted connection, written and read byte by byte as a test wants it. Reads give up after 30 seconds.
struct RawConnection: Sendable {
  let socket: Int32

  init(socket: Int32) throws {
    self.socket = socket
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    guard fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 else { throw SocketError(call: "fcntl") }
  }

  struct Request: Sendable {
    var lines: [String]
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }
    /// Values of all headers of that name.
    func values(_ name: String) -> [String] {
      lines.dropFirst().compactMap { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts[0].lowercased() == name.lowercased() else { return nil }
        return parts.count == 1 ? "" : parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
  }

  @discardableResult
  func readRequest() throws -> Request {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) { bytes += try read(1) }
    let lines = String(decoding: bytes.dropLast(4), as: UTF8.self).components(separatedBy: "\r\n")
    var request = Request(lines: lines, body: [])
    let length = request.values("Content-Length").first.flatMap { Int($0) } ?? 0
    while request.body.count < length { request.body += try read(min(65536, length - request.body.count)) }
    return request
  }

  private func read(_ count: Int) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    let got = recv(socket, &buffer, count, 0)
    guard got > 0 else { throw SocketError(call: "recv") }
    return Array(buffer[..<got])
  }

  func write(_ text: String) throws { try write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, 0) }
      guard count > 0 else { throw SocketError(call: "send") }
      sent += count
    }
  }

  /// One chunk of a chunked body.
  func write(chunk: String) throws {
    try write("\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n")
  }

  func respond(_ status: String = "200 OK", headers: [String] = [], body: String = "") throws {
    let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
    try write(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
  }

  /// Reads until the client has closed or reset the connection; throws when it does not in time.
  func awaitClose() throws {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let got = recv(socket, &buffer, buffer.count, 0)
      if got == 0 || (got < 0 && errno == ECONNRESET) { return }
      if got < 0 { throw SocketError(call: "recv") }
    }
  }

  /// Waits a little; false once the client has closed the connection.
  func pause(milliseconds: Int32) -> Bool {
    var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, milliseconds) == 0
  }

  /// Has the coming close send RST.
  func resetOnClose() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
  }

  func close() { _ = Foundation.close(socket) }
}

/// Runs `body` with the URL of a server that handles each connection on a thread of its own and closes it when the
/// handler returns.
func withServer<Result>(
  _ handle: @escaping @Sendable (RawConnection) throws -> Void,
  _ body: (String) async throws -> Result
) async throws -> Result {
  let listener = try Listener()
  let isDone = Atomic(false)
  defer {
    isDone.store(true, ordering: .releasing)
    listener.wake()
  }
  let hasStarted = startThread {
    while let connection = try? listener.accept() {
      guard !isDone.load(ordering: .acquiring) else {
        connection.close()
        break
      }
      let isHandled = startThread {
        try? handle(connection)
        connection.close()
      }
      if !isHandled { connection.close() }
    }
    listener.close()
  }
  guard hasStarted else { throw SocketError(call: "pthread_create") }
  return try await body(listener.url)
}

/// Accepts that many connections on a thread, and hands them over together; they are closed afterwards.
func startCrowd(
  _ listener: Listener, _ count: Int, _ handle: @escaping @Sendable ([RawConnection]) throws -> Void
) -> Bool {
  startThread {
    var connections: [RawConnection] = []
    while connections.count < count, let connection = try? listener.accept() {
      connections.append(connection)
    }
    listener.close()
    if connections.count == count { try? handle(connections) }
    for connection in connections { connection.close() }
  }
}
