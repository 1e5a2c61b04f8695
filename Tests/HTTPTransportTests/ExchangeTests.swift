// SPDX-License-Identifier: MIT

import HTTPTransport
import Synchronization
import Testing

@Suite(.deadline) struct ExchangeTests {
  @Test(arguments: EventLoop.allCases)
  func aGetBringsHeadAndBody(_ loop: EventLoop) async throws {
    try await withServer { connection in
      let request = try connection.readRequest()
      try connection.respond("201 Created", headers: ["X-Path: \(request.lines[0])"], body: "hello")
    } _: { url in
      let sink = Recorder()
      let head = try await HTTPTransport(loop).send(HTTPRequest(.get, "\(url)/a?b=c"), to: sink)
      #expect(head.status == 201)
      #expect(head.header("x-path") == "GET /a?b=c HTTP/1.1")
      #expect(sink.heads == [head])
      #expect(sink.text == "hello")
    }
  }

  @Test(arguments: EventLoop.allCases, [0, 10, 200])
  func segmentsOfABodyArriveInOrderAsOne(_ loop: EventLoop, size: Int) async throws {
    let segments = (0..<50).map { [UInt8](repeating: UInt8($0), count: $0 * size) } + [[]]
    try await withServer { connection in
      let request = try connection.readRequest()
      #expect(request.body == segments.flatMap { $0 })
      try connection.respond(body: "got it")
    } _: { url in
      let sink = Recorder()
      _ = try await HTTPTransport(loop).send(HTTPRequest(.post, url, body: segments), to: sink)
      #expect(sink.text == "got it")
    }
  }

  @Test(arguments: EventLoop.allCases)
  func theRequestCarriesItsHeadersAndNoOthers(_ loop: EventLoop) async throws {
    try await withServer { connection in
      let request = try connection.readRequest()
      try connection.respond(body: request.lines.dropFirst().joined(separator: "\n"))
    } _: { url in
      let sink = Recorder()
      let transport = HTTPTransport(loop) { $0.userAgent = "resonant/1" }
      let headers = [
        HTTPRequest.Header("X-One", "1"), .init("Empty", ""), .init("Blank", " \t"),
        .init("Authorization", "Bearer x"),
      ]
      _ = try await transport.send(
        HTTPRequest(.post, url, headers: headers, body: [Array("{}".utf8)]), to: sink)
      var lines = sink.text.split(separator: "\n")
      lines.removeAll { $0.hasPrefix("Host:") || $0.hasPrefix("Accept-Encoding:") }
      #expect(
        Set(lines) == [
          "User-Agent: resonant/1", "X-One: 1", "Empty:", "Blank:", "Authorization: Bearer x",
          "Content-Length: 2",
        ])
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aChunkedBodyArrivesWithoutItsFraming(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      for word in ["re", "so", "nant"] { try connection.write(chunk: word) }
      try connection.write("0\r\nX-Trailer: 1\r\n\r\n")
    } _: { url in
      let sink = Recorder()
      let head = try await HTTPTransport(loop).send(HTTPRequest(.get, url), to: sink)
      #expect(sink.text == "resonant")
      #expect(sink.heads == [head])
      #expect(head.header("X-Trailer") == nil)
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aCompressedBodyArrivesPlain(_ loop: EventLoop) async throws {
    try await withServer { connection in
      let request = try connection.readRequest()
      #expect(request.values("Accept-Encoding").first?.contains("gzip") == true)
      let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(Self.gzip.count)\r\n\r\n"
      try connection.write(Array(head.utf8) + Self.gzip)
    } _: { url in
      let sink = Recorder()
      _ = try await HTTPTransport(loop).send(HTTPRequest(.get, url), to: sink)
      #expect(sink.text == String(repeating: "resonance ", count: 20))
    }
  }

  /// "resonance " twenty times.
  static let gzip: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 43, 74, 45, 206, 207, 75, 204, 75, 78, 85, 40, 26, 210, 44, 0, 243, 208,
    245, 59, 200, 0, 0, 0,
  ]

  @Test(arguments: EventLoop.allCases)
  func aBodyMayEndWithTheConnection(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end")
    } _: { url in
      let sink = Recorder()
      _ = try await HTTPTransport(loop).send(HTTPRequest(.get, url), to: sink)
      #expect(sink.text == "to the end")
    }
  }

  @Test(arguments: EventLoop.allCases)
  func interimResponsesAreSkipped(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
      try connection.respond(headers: ["X-Final: yes"], body: "ok")
    } _: { url in
      let sink = Recorder()
      let head = try await HTTPTransport(loop).send(HTTPRequest(.get, url), to: sink)
      #expect(head.status == 200)
      #expect(head.headers.map(\.name) == ["Content-Length", "X-Final"])
      #expect(sink.heads == [head])
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aResponseWithoutContentHasAHeadOnly(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.write("HTTP/1.1 204 No Content\r\n\r\n")
      try connection.awaitClose()
    } _: { url in
      let sink = Recorder()
      let head = try await HTTPTransport(loop).send(HTTPRequest(.post, url), to: sink)
      #expect(head.status == 204)
      #expect(sink.body.isEmpty)
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aConnectionIsUsedAgain(_ loop: EventLoop) async throws {
    let connections = Atomic(0)
    try await withServer { connection in
      connections.add(1, ordering: .relaxed)
      while true {
        try connection.readRequest()
        try connection.respond(body: "ok")
      }
    } _: { url in
      let transport = HTTPTransport(loop)
      for _ in 0..<5 { _ = try await transport.send(HTTPRequest(.post, url, body: [[1]]), to: Recorder()) }
      #expect(connections.load(ordering: .relaxed) == 1)
    }
  }

  @Test(arguments: EventLoop.allCases, [1, 5000])
  func aRequestOnAConnectionThatDiedMeanwhileIsSentAgainWhole(_ loop: EventLoop, size: Int) async throws {
    let connections = Atomic(0)
    try await withServer { connection in
      let isFirst = connections.add(1, ordering: .relaxed).newValue == 1
      let request = try connection.readRequest()
      try connection.respond(body: request.text)
      if isFirst { try connection.readRequest() } else { try connection.awaitClose() }
    } _: { url in
      let transport = HTTPTransport(loop)
      let sink = Recorder()
      _ = try await transport.send(HTTPRequest(.get, url), to: Recorder())
      let body = ["in ", "three ", "parts"].map { Array(String(repeating: $0, count: size).utf8) }
      _ = try await transport.send(HTTPRequest(.post, url, body: body), to: sink)
      #expect(sink.body == body.flatMap { $0 })
      #expect(connections.load(ordering: .relaxed) == 2)
    }
  }
}
