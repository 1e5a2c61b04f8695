// SPDX-License-Identifier: MIT

import HTTPTransport
import Testing

/// Many exchanges at once. Serialized: each needs thousands of sockets on both sides.
@Suite(.serialized, .deadline, .enabled(if: raiseOpenFilesLimit() >= 5000)) struct CrowdTests {
  /// Accepts that many connections before it does anything with them.
  private func withCrowd(
    of count: Int, _ handle: @escaping @Sendable ([RawConnection]) throws -> Void,
    _ body: (String) async throws -> Void
  ) async throws {
    let listener = try Listener()
    let hasStarted = startCrowd(listener, count, handle)
    #expect(hasStarted)
    try await body(listener.url)
  }

  @Test(arguments: EventLoop.allCases)
  func twoThousandRunAtOnceOnSeveralLoops(_ loop: EventLoop) async throws {
    let count = 2000
    try await withCrowd(of: count) { connections in
      for connection in connections { try connection.respond(body: connection.readRequest().text) }
    } _: { url in
      let transport = HTTPTransport(loop) { $0.transfersPerLoop = 600 }
      let answers = try await withThrowingTaskGroup(of: String.self) { group in
        for index in 0..<count {
          group.addTask {
            let sink = Recorder()
            _ = try await transport.send(HTTPRequest(.post, url, body: [Array("\(index)".utf8)]), to: sink)
            return sink.text
          }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(answers == Set((0..<count).map(String.init)))
    }
  }

  @Test(arguments: EventLoop.allCases)
  func bodiesThatFitIntoNoBufferArriveWhole(_ loop: EventLoop) async throws {
    let (count, length) = (100, 200_000)
    try await withCrowd(of: count) { connections in
      for connection in connections { try connection.readRequest() }
      for connection in connections {
        try connection.respond(body: String(repeating: "x", count: length))
      }
    } _: { url in
      let transport = HTTPTransport(loop)
      let lengths = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<count {
          group.addTask {
            let sink = Recorder()
            _ = try await transport.send(HTTPRequest(.get, url), to: sink)
            return sink.body.count
          }
        }
        return try await group.reduce(into: [Int]()) { $0.append($1) }
      }
      #expect(lengths == Array(repeating: length, count: count))
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aStormOfCancellationsEndsThemAll(_ loop: EventLoop) async throws {
    let count = 500
    let (arrived, closed) = (Signal(), Signal())
    try await withCrowd(of: count) { connections in
      for connection in connections { try connection.readRequest() }
      arrived.send()
      for connection in connections { try connection.awaitClose() }
      closed.send()
    } _: { url in
      let transport = HTTPTransport(loop)
      let abort = HTTPAbort()
      let tasks = (0..<count).map { index in
        Task {
          let token = index.isMultiple(of: 2) ? abort : nil
          return await transport.failure(of: HTTPRequest(.get, url), abort: token)
        }
      }
      #expect(await arrived.wait())
      abort.trigger()
      for task in tasks { task.cancel() }
      for task in tasks { #expect(await task.value?.kind == .cancelled) }
      #expect(await closed.wait())
    }
  }

  @Test(arguments: EventLoop.allCases)
  func cancellingAtAnyMomentLeavesTheTransportUsable(_ loop: EventLoop) async throws {
    try await withServer { connection in
      while true {
        try connection.readRequest()
        try connection.respond(body: "ok")
      }
    } _: { url in
      let transport = HTTPTransport(loop)
      let tasks = (0..<300).map { _ in
        Task { await transport.failure(of: HTTPRequest(.post, url, body: [[1]])) }
      }
      for (index, task) in tasks.enumerated() {
        if index.isMultiple(of: 3) { await Task.yield() }
        task.cancel()
      }
      for task in tasks { #expect([nil, .cancelled].contains(await task.value?.kind)) }
      let head = try await transport.send(HTTPRequest(.get, url), to: Recorder())
      #expect(head.status == 200)
    }
  }
}
