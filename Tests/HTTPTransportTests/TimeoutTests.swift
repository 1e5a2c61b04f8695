// SPDX-License-Identifier: MIT

import Foundation
import HTTPTransport
import Synchronization
import Testing

@Suite(.deadline) struct TimeoutTests {
  private func request(_ url: String, firstByte: Duration? = nil, idle: Duration? = nil) -> HTTPRequest {
    HTTPRequest(.get, url, timeouts: .init(connect: .seconds(30), firstByte: firstByte, idle: idle))
  }

  @Test(arguments: EventLoop.allCases)
  func aServerThatNeverAnswersRunsIntoTheFirstByteTimeout(_ loop: EventLoop) async throws {
    let closed = Signal()
    try await withServer { connection in
      try connection.awaitClose()
      closed.send()
    } _: { url in
      let error = await HTTPTransport(loop).failure(of: request(url, firstByte: .milliseconds(50)))
      #expect(error?.kind == .firstByteTimeout)
      #expect(error?.isTransient == false)
      #expect(await closed.wait())
    }
  }

  @Test(arguments: EventLoop.allCases)
  func silenceAfterProgressRunsIntoTheIdleTimeout(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      try connection.write(chunk: "hello")
      try connection.awaitClose()
    } _: { url in
      let sink = Recorder()
      let error = await HTTPTransport(loop).failure(
        of: request(url, firstByte: .seconds(600), idle: .milliseconds(50)), to: sink)
      #expect(error?.kind == .idleTimeout)
      #expect(sink.text == "hello")
    }
  }

  @Test(arguments: EventLoop.allCases, [true, false])
  func bytesThatOnlyKeepTheConnectionAliveAreNoProgress(
    _ loop: EventLoop, startsWithProgress: Bool
  ) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      repeat { try connection.write(chunk: ": ping\n") } while connection.pause(milliseconds: 10)
    } _: { url in
      let calls = Atomic(startsWithProgress ? 0 : 1)
      let sink = Recorder { _ in
        calls.add(1, ordering: .relaxed).oldValue == 0 ? .progress : .keepAlive
      }
      let firstByte = Duration.milliseconds(startsWithProgress ? 600_000 : 100)
      let error = await HTTPTransport(loop).failure(
        of: request(url, firstByte: firstByte, idle: .milliseconds(100)), to: sink)
      #expect(error?.kind == (startsWithProgress ? .idleTimeout : .firstByteTimeout))
    }
  }

  @Test(arguments: EventLoop.allCases)
  func progressPutsTheIdleTimeoutOff(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<30 {
        try connection.write(chunk: "x")
        _ = connection.pause(milliseconds: 100)
      }
      try connection.write("0\r\n\r\n")
    } _: { url in
      let sink = Recorder()
      _ = try await HTTPTransport(loop).send(
        request(url, firstByte: .seconds(600), idle: .seconds(2)), to: sink)
      #expect(sink.body.count == 30)
    }
  }

  #if os(Linux)
  @Test(arguments: EventLoop.allCases)
  func aHostThatTakesNoConnectionsRunsIntoTheConnectTimeout(_ loop: EventLoop) async throws {
    let listener = try Listener(backlog: 0)
    defer { listener.close() }
    // The queue of a listener that never accepts is full after the first; later ones get no answer.
    let fillers = (0..<4).map { _ in Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | 0o4000, 0) }
    defer { for filler in fillers { _ = close(filler) } }
    for filler in fillers {
      var address = Listener.loopback(port: listener.port)
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = connect(filler, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
    let timeouts = HTTPRequest.Timeouts(connect: .milliseconds(250))
    let error = await HTTPTransport(loop).failure(of: HTTPRequest(.get, listener.url, timeouts: timeouts))
    #expect(error?.kind == .connectTimeout)
    #expect(error?.isTransient == true)
    #expect(error?.message.hasSuffix("within 0.25 seconds") == true)
  }
  #endif
}
