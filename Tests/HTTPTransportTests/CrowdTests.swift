// SPDX-License-Identifier: MIT

import HTTPTransport
import Synchronization
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
      let lengths = try await HTTPTransport(loop).texts(of: count, from: url).map(\.utf8.count)
      #expect(lengths == Array(repeating: length, count: count))
    }
  }

  private static let streamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

  /// Each piece is sent when all have received the one before.
  @Test(arguments: EventLoop.allCases)
  func smallPiecesOfABodyAreNotHeldBack(_ loop: EventLoop) async throws {
    let count = 100
    let arrived = Counter()
    try await withCrowd(of: count) { connections in
      for connection in connections {
        try connection.readRequest()
        try connection.write(Self.streamHead)
      }
      for piece in 1...6 {
        for connection in connections { try connection.write(chunk: "\(piece)") }
        while arrived.value < count * piece {
          guard connections[0].pause(milliseconds: 5) else { return }
        }
      }
      for connection in connections { try connection.write("0\r\n\r\n") }
    } _: { url in
      let texts = try await HTTPTransport(loop).texts(of: count, from: url) {
        arrived.increase()
        return .progress
      }
      #expect(texts == Array(repeating: "123456", count: count))
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

/// What several threads count together.
private final class Counter: Sendable {
  private let count = Atomic(0)
  var value: Int { count.load(ordering: .relaxed) }
  func increase() { count.add(1, ordering: .relaxed) }
}

extension HTTPTransport {
  /// The bodies of so many exchanges at once.
  fileprivate func texts(
    of count: Int, from url: String, onBody: @escaping @Sendable () -> HTTPProgress = { .progress }
  ) async throws -> [String] {
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<count {
        group.addTask {
          let sink = Recorder { _ in onBody() }
          _ = try await self.send(HTTPRequest(.get, url), to: sink)
          return sink.text
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }
}
