// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import HTTPTransport

@Suite(.deadline) struct FailureTests {
  @Test(arguments: EventLoop.allCases)
  func aBodyCutInsideAChunkIsALostConnection(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf")
    } _: { url in
      let sink = Recorder()
      let error = await HTTPTransport(loop).failure(of: HTTPRequest(.get, url), to: sink)
      #expect(error?.kind == .connectionLost)
      #expect(error?.isTransient == true)
      #expect(sink.text == "half")
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aServerWithoutTLSIsToBeAskedOverHTTP(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
    } _: { url in
      let secure = url.replacing("http://", with: "https://")
      let error = await HTTPTransport(loop).failure(of: HTTPRequest(.get, secure))
      #expect(
        error?.kind == .tls && error?.message.hasSuffix("does not speak TLS; write http://") == true,
        "\(error)")
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aServerThatAnswersInTLSIsToBeAskedOverHTTPS(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      // A fatal alert: unexpected message.
      try connection.write("\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}\n")
    } _: { url in
      let error = await HTTPTransport(loop).failure(of: HTTPRequest(.get, url))
      #expect(error?.message.hasSuffix("; if the server speaks TLS, write https://") == true, "\(error)")
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aResetIsALostConnection(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      connection.resetOnClose()
    } _: { url in
      let error = await HTTPTransport(loop).failure(of: HTTPRequest(.get, url))
      #expect(error?.kind == .connectionLost)
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aCloseWithoutAnAnswerIsALostConnection(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
    } _: { url in
      let error = await HTTPTransport(loop).failure(of: HTTPRequest(.get, url))
      #expect(error?.kind == .connectionLost)
    }
  }

  @Test(arguments: EventLoop.allCases)
  func whatIsNoHTTPIsABadResponse(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.write("SSH-2.0-OpenSSH_9.2\r\n\r\n")
    } _: { url in
      let error = await HTTPTransport(loop).failure(of: HTTPRequest(.get, url))
      #expect(error?.kind == .badResponse)
      #expect(error?.isTransient == false)
    }
  }

  @Test(arguments: EventLoop.allCases)
  func brokenCompressionIsABadResponse(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.respond(headers: ["Content-Encoding: gzip"], body: "this is no gzip at all")
    } _: { url in
      let error = await HTTPTransport(loop).failure(of: HTTPRequest(.get, url))
      #expect(error?.kind == .badResponse)
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aRefusedConnectionNamesTheReason(_ loop: EventLoop) async throws {
    let listener = try Listener()
    listener.close()
    let url = "http://user:secret@127.0.0.1:\(listener.port)/v1?key=secret"
    let error = try #require(await HTTPTransport(loop).failure(of: HTTPRequest(.get, url)))
    #expect(error.kind == .connect)
    #expect(error.isTransient)
    #expect(error.message == "no connection to http://127.0.0.1:\(listener.port)/v1: Connection refused")
  }

  @Test(arguments: EventLoop.allCases)
  func anUnknownHostIsNamed(_ loop: EventLoop) async throws {
    let error = await HTTPTransport(loop).failure(of: HTTPRequest(.get, "http://no-such-host.invalid/x"))
    #expect(error?.kind == .resolve)
    #expect(error?.message == "the host of http://no-such-host.invalid/x is not known")
  }

  @Test(arguments: ["ftp://host/x", "host:80", "http:///x", "", "http://ho st/", "http://h/\r\nX: 1"])
  func urlsThatAreNoneOfTheWebAreRefused(_ url: String) async throws {
    let error = await HTTPTransport().failure(of: HTTPRequest(.get, url))
    #expect(error?.kind == .unsupportedURL)
  }

  @Test(arguments: [
    HTTPRequest.Header("X", "a\r\nEvil: 1"), .init("X", "a\nEvil: 1"), .init("X", "a\0b"),
    .init("X\r\nEvil", "1"),
    .init("X: 1", "a"), .init("", "a"), .init("X Y", "a"),
  ])
  func headersThatWouldSmuggleOthersAreRefused(_ header: HTTPRequest.Header) async throws {
    let request = HTTPRequest(.get, "http://127.0.0.1:1/", headers: [header])
    let error = try #require(await HTTPTransport().failure(of: request))
    #expect(error.kind == .invalidHeader)
    #expect(!error.message.contains("Evil") && !error.message.contains("a\0b"))
  }

  @Test func everyErrorIsOneSentenceAndHidesWhatIsSecret() async throws {
    let url = "https://user:secret@example.invalid/path?key=secret#secret"
    let transfer = try Transfer(HTTPRequest(.get, url), at: WebAddress(url), sink: Recorder())
    try Curl.load()
    for code in 1..<100 {
      let error = HTTPError.libcurl(.init(rawValue: UInt32(code)), in: transfer)
      #expect(!error.message.contains("secret") && !error.message.contains("\n"))
    }
    #expect(HTTPError.cancelled(transfer.address).message.contains("https://example.invalid/path "))
  }
}
