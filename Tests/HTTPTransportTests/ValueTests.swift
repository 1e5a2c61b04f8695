// SPDX-License-Identifier: MIT

import Testing

@testable import HTTPTransport

@Suite struct ValueTests {
  @Test(arguments: [
    ("http://Host:80/a/b?c=d#e", "http://Host:80/a/b", "http://host:80"),
    ("https://user:pass@host", "https://host", "https://host"),
    ("http://a@b@host/x@y", "http://host/x@y", "http://host"),
    ("http://u:half#secret@host/", "http://…", "http://…"),
    ("http://[::1]:8080/v1", "http://[::1]:8080/v1", "http://[::1]:8080"),
  ])
  func anAddressShowsNoSecrets(_ url: String, display: String, origin: String) throws {
    let address = try WebAddress(url)
    #expect(address.display == display)
    #expect(address.origin == origin)
  }

  @Test(arguments: [
    ("https://host/v1?\u{301}key=1", "https://host/v1"), ("https://u:p@\u{301}host/", "https://\u{301}host/"),
    ("u:p@host/v1?key=1", "host/v1"), ("u:p@host//v1", "host//v1"), ("${BASE}/v1?key=1", "${BASE}/v1"),
    ("ollama", "ollama"),
  ])
  func anyTextIsShownWithoutSecrets(_ text: String, shown: String) {
    #expect(HTTPTransport.redact(text) == shown)
  }

  @Test func aSmallBodyIsJoinedAndCanBeDropped() throws {
    var body = UploadBody([[1, 2, 3], [], [4], [5, 6, 7, 8]])
    let bytes = UnsafeRawBufferPointer(start: try #require(body.whole), count: body.count)
    #expect(Array(bytes) == [1, 2, 3, 4, 5, 6, 7, 8])
    body.drop()
    #expect(body.whole == nil && body.count == 8)
    #expect(UploadBody([]).whole != nil)
    #expect(UploadBody([[UInt8](repeating: 0, count: UploadBody.buffer + 1)]).whole == nil)
  }

  @Test func aLargeBodyFillsAnyBufferAndSeeks() {
    let long = [UInt8](repeating: 9, count: UploadBody.buffer)
    let segments: [[UInt8]] = [[1, 2, 3], [], long, [4], [5, 6, 7, 8]]
    let count = long.count + 8
    for size in [1, 2, 3, 7, 4096, count + 1] {
      var reader = UploadBody(segments)
      for start in [0, 3, 5, long.count + 3, count] {
        let found = reader.seek(to: start)
        #expect(found)
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: size)
        while case let count = buffer.withUnsafeMutableBytes({ reader.read(into: $0) }), count > 0 {
          all += buffer[..<count]
        }
        #expect(all == Array(segments.joined().dropFirst(start)))
      }
      let beyond = [reader.seek(to: count + 1), reader.seek(to: -1)]
      #expect(beyond == [false, false])
    }
  }

  private func steps(_ lines: [String]) -> [ResponseHeadParser.Step] {
    var parser = ResponseHeadParser()
    return lines.map { line in Array(line.utf8).withUnsafeBytes { parser.take($0) } }
  }

  @Test func aHeadHasTrimmedValuesInOrder() {
    let lines = [
      "HTTP/2 200 \r\n", "a:1\r\n", "B:  two words \r\n", " folded\r\n", "a:\r\n", "\r\n", "Trailer: x\r\n",
    ]
    let head = HTTPResponseHead(
      status: 200, headers: [.init("a", "1"), .init("B", "two words folded"), .init("a", "")])
    #expect(steps(lines).dropLast(2).allSatisfy { $0 == .needsMore })
    #expect(steps(lines).suffix(2) == [.complete(head), .needsMore])
    #expect(head.header("b") == "two words folded")
  }

  @Test func aSecondHeadIsMalformed() {
    let lines = ["HTTP/2 200\r\n", "\r\n", "trailer: HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n"]
    #expect(steps(lines).suffix(2) == [.needsMore, .malformed])
  }

  @Test func aHeadWithoutEndIsMalformed() {
    let line = "X: " + String(repeating: "x", count: 100_000)
    #expect(steps(["HTTP/1.1 200 OK", line, line]).last == .needsMore)
    #expect(steps(["HTTP/1.1 200 OK", line, line, line]).last == .malformed)
    #expect(steps(["HTTP/1.1 OK"]) == [.malformed])
  }

  @Test func aDeadlineComesNearerOnlyWithTheFirstProgress() {
    let s: UInt64 = 1_000_000_000
    var deadline = Deadline(.init(firstByte: .seconds(600), idle: .milliseconds(1500)), start: s)
    #expect(deadline.time == 601 * s)
    let first = deadline.progress(at: 2 * s)
    #expect(first)
    #expect(deadline.time == 3 * s + s / 2)
    let second = deadline.progress(at: 3 * s)
    #expect(!second)
    #expect(Deadline(.init(), start: 0).time == .max)
  }

  @Test func durationsBecomeMillisecondsThatFit() {
    #expect(Duration.milliseconds(250).wholeMilliseconds == 250)
    #expect(Duration.microseconds(1).wholeMilliseconds == 1)
    #expect(Duration.microseconds(1001).wholeMilliseconds == 2)
    #expect(Duration.zero.wholeMilliseconds == 1)
    #expect(Duration.seconds(-5).wholeMilliseconds == 1)
    #expect(Duration.seconds(Int64.max).wholeMilliseconds == Int(Int32.max))
  }
}
