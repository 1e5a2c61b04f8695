// SPDX-License-Identifier: MIT

import HTTPTransport
import Synchronization
import Testing

@Suite(.deadline) struct AbortTests {
  @Test(arguments: EventLoop.allCases)
  func anAbortBeforeTheStartSendsNothing(_ loop: EventLoop) async throws {
    let connections = Atomic(0)
    try await withServer { _ in
      connections.add(1, ordering: .relaxed)
    } _: { url in
      let transport = HTTPTransport(loop)
      let abort = HTTPAbort()
      abort.trigger()
      #expect(await transport.failure(of: HTTPRequest(.get, url), abort: abort)?.kind == .cancelled)
      #expect(connections.load(ordering: .relaxed) == 0)
    }
  }

  @Test(arguments: EventLoop.allCases, [true, false])
  func anEndFromOutsideWhileWaitingClosesTheConnection(_ loop: EventLoop, byTask: Bool) async throws {
    let (arrived, closed) = (Signal(), Signal())
    try await withServer { connection in
      try connection.readRequest()
      arrived.send()
      try connection.awaitClose()
      closed.send()
    } _: { url in
      let transport = HTTPTransport(loop)
      let abort = HTTPAbort()
      let task = Task { await transport.failure(of: HTTPRequest(.get, url), abort: abort) }
      #expect(await arrived.wait())
      if byTask { task.cancel() } else { abort.trigger() }
      #expect(await task.value?.kind == .cancelled)
      #expect(await closed.wait())
    }
  }

  @Test(arguments: EventLoop.allCases, [true, false])
  func anEndInMidStreamClosesTheConnection(_ loop: EventLoop, bySink: Bool) async throws {
    let closed = Signal()
    try await withServer { connection in
      try connection.readRequest()
      try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      try connection.write(chunk: "hello")
      try connection.awaitClose()
      closed.send()
    } _: { url in
      let transport = HTTPTransport(loop)
      let abort = HTTPAbort()
      let sink = Recorder { _ in
        if bySink { return .stop }
        abort.trigger()
        return .progress
      }
      let error = await transport.failure(of: HTTPRequest(.get, url), to: sink, abort: abort)
      #expect(error?.kind == (bySink ? nil : .cancelled))
      #expect(sink.text == "hello")
      #expect(await closed.wait())
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aSinkThatStopsGetsNoMoreAndItsHeadIsReturned(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      while true { try connection.write(chunk: "word ") }
    } _: { url in
      let calls = Atomic(0)
      let sink = Recorder { _ in
        calls.add(1, ordering: .relaxed)
        return .stop
      }
      let head = try await HTTPTransport(loop).send(HTTPRequest(.get, url), to: sink)
      #expect(head.status == 200)
      #expect(calls.load(ordering: .relaxed) == 1)
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aBodyThatDoesNotEndAfterAllHasComeIsLeft(_ loop: EventLoop) async throws {
    let closed = Signal()
    try await withServer { connection in
      try connection.readRequest()
      try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      try connection.write(chunk: "all")
      try connection.awaitClose()
      closed.send()
    } _: { url in
      let sink = Recorder { _ in .complete(within: .milliseconds(500)) }
      let head = try await HTTPTransport(loop).send(HTTPRequest(.get, url), to: sink)
      #expect(head.status == 200)
      #expect(sink.text == "all")
      #expect(await closed.wait())
    }
  }

  @Test(arguments: EventLoop.allCases)
  func shutdownEndsWhatRunsAndWhatComesLater(_ loop: EventLoop) async throws {
    let (arrived, closed) = (Signal(), Signal())
    try await withServer { connection in
      try connection.readRequest()
      arrived.send()
      try connection.awaitClose()
      closed.send()
    } _: { url in
      let transport = HTTPTransport(loop)
      let task = Task { await transport.failure(of: HTTPRequest(.get, url)) }
      #expect(await arrived.wait())
      transport.shutdown()
      #expect(await task.value?.kind == .cancelled)
      #expect(await closed.wait())
      #expect(await transport.failure(of: HTTPRequest(.get, url))?.kind == .cancelled)
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aTokenEndsAllThatWereSentWithIt(_ loop: EventLoop) async throws {
    let arrived = Signal()
    try await withServer { connection in
      try connection.readRequest()
      arrived.send()
      try connection.awaitClose()
    } _: { url in
      let transport = HTTPTransport(loop)
      let abort = HTTPAbort()
      async let one = transport.failure(of: HTTPRequest(.get, url), abort: abort)
      async let two = transport.failure(of: HTTPRequest(.get, url), abort: abort)
      #expect(await arrived.wait())
      abort.trigger()
      #expect(await [one?.kind, two?.kind] == [.cancelled, .cancelled])
    }
  }
}
