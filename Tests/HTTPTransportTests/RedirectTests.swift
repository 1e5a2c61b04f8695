// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import HTTPTransport

@Suite(.deadline) struct RedirectTests {
  private let secret = [HTTPRequest.Header("Authorization", "Bearer secret")]

  @Test(arguments: EventLoop.allCases, ["307 Temporary Redirect", "308 Permanent Redirect"])
  func theSameRequestGoesToTheNewPathOfTheSameHost(_ loop: EventLoop, status: String) async throws {
    try await withServer { connection in
      let request = try connection.readRequest()
      guard request.lines[0] != "POST /old?x=1 HTTP/1.1" else {
        return try connection.respond(status, headers: ["Location: /new?y=2"], body: "moved")
      }
      let said = [request.lines[0], request.values("Authorization")[0], request.text]
      try connection.respond(body: said.joined(separator: "|"))
    } _: { url in
      let sink = Recorder()
      let request = HTTPRequest(.post, "\(url)/old?x=1", headers: secret, body: [[0x61], [0x62]])
      let head = try await HTTPTransport(loop).send(request, to: sink)
      #expect(sink.text == "POST /new?y=2 HTTP/1.1|Bearer secret|ab")
      #expect(sink.heads == [head])
    }
  }

  @Test(arguments: EventLoop.allCases, ["301 Moved", "302 Found", "303 See Other"])
  func otherRedirectsAreErrorsEvenToTheSameHost(_ loop: EventLoop, status: String) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.respond(status, headers: ["Location: /new?token=secret"])
    } _: { url in
      let sink = Recorder()
      let error = try #require(await HTTPTransport(loop).failure(of: HTTPRequest(.post, url), to: sink))
      #expect(error.kind == .redirect(target: "\(url)/new"))
      #expect(!error.message.contains("secret"))
      #expect(sink.heads.isEmpty && sink.body.isEmpty)
    }
  }

  @Test(arguments: EventLoop.allCases)
  func anotherPortIsRefusedAndLearnsNothing(_ loop: EventLoop) async throws {
    let visits = Atomic(0)
    try await withServer { connection in
      visits.add(1, ordering: .relaxed)
      try connection.respond()
    } _: { other in
      try await withServer { connection in
        try connection.readRequest()
        try connection.respond("307 Go", headers: ["Location: \(other)/x?a=b"])
      } _: { url in
        let error = await HTTPTransport(loop).failure(of: HTTPRequest(.post, url, headers: secret))
        #expect(error?.kind == .redirect(target: "\(other)/x"))
        #expect(visits.load(ordering: .relaxed) == 0)
      }
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aRedirectInACircleEnds(_ loop: EventLoop) async throws {
    let visits = Atomic(0)
    try await withServer { connection in
      try connection.readRequest()
      visits.add(1, ordering: .relaxed)
      try connection.respond("307 Go", headers: ["Location: /again"])
    } _: { url in
      let error = await HTTPTransport(loop).failure(of: HTTPRequest(.get, url))
      #expect(error?.kind == .redirect(target: "\(url)/again"))
      #expect(visits.load(ordering: .relaxed) == 6)
    }
  }

  @Test(arguments: EventLoop.allCases)
  func aRedirectWithoutATargetIsAResponse(_ loop: EventLoop) async throws {
    try await withServer { connection in
      try connection.readRequest()
      try connection.respond("302 Found", body: "nowhere")
    } _: { url in
      let sink = Recorder()
      let head = try await HTTPTransport(loop).send(HTTPRequest(.get, url), to: sink)
      #expect(head.status == 302)
      #expect(sink.text == "nowhere")
    }
  }

  @Test(arguments: [
    ("/b", true), ("c", true), ("http://HOST:80/b", true), ("//host/b", true), ("https://host/b", false),
    ("http://host:81/b", false), ("http://evil/b", false), ("//evil/b", false), ("http://host@evil/", false),
    ("http://host.evil/", false), (#"http://host:80\@evil/"#, false), ("ftp://host/", false),
  ])
  func onlySchemeHostAndPortTogetherAreTheSameOrigin(_ location: String, isSame: Bool) throws {
    try Curl.load()
    #expect(Redirect(to: location, from: "http://host/a?q=1")?.isSameOrigin ?? false == isSame)
  }

  @Test func userInfoStaysOnTheSameHostAndIsNeverShown() throws {
    try Curl.load()
    let redirect = try #require(Redirect(to: "http://host/b?k=v", from: "http://u:p@host/a"))
    #expect(redirect.url == "http://u:p@host/b?k=v")
    #expect(redirect.display == "http://host/b")
    #expect(Redirect(to: "http://evil/b", from: "http://u:p@host/a")?.url == "http://evil/b")
  }
}
