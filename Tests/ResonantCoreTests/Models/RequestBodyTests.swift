// SPDX-License-Identifier: MIT

import HTTPTransport
import Testing

@testable import ResonantCore

@Suite struct RequestBodyTests {
  func segments(
    _ request: ModelRequest, api: API = .openai, payload: JSONObject = [:], asksForUsage: Bool = false
  ) -> [[UInt8]] {
    RequestBody(request, model: "m", payload: payload, in: api.dialect(asksForUsage: asksForUsage)).segments
  }

  func body(
    _ request: ModelRequest, api: API = .openai, payload: JSONObject = [:], asksForUsage: Bool = false
  ) -> String {
    let bytes = segments(request, api: api, payload: payload, asksForUsage: asksForUsage).flatMap { $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  func request(
    system: String? = "S", _ messages: [Message] = [Message(.user, "Hi \"you\"\n")],
    at placement: ModelRequest.SystemPlacement = .message, stream: Bool = true
  ) -> ModelRequest {
    ModelRequest(
      turn: 2, system: system.map { SharedText($0) }, systemPlacement: placement, messages: messages,
      stream: stream)
  }

  @Test func theCommonForm() {
    #expect(
      body(request())
        == #"{"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"Hi \"you\"\n"}],"stream":true}"#
    )
    #expect(
      body(request(system: nil, stream: false))
        == #"{"model":"m","messages":[{"role":"user","content":"Hi \"you\"\n"}],"stream":false}"#)
    #expect(body(request(system: nil, [])) == #"{"model":"m","messages":[],"stream":true}"#)
  }

  @Test func thePayloadWinsWithoutGoingIntoObjects() {
    let payload: JSONObject = [
      "stream": false, "options": ["num_ctx": 8192], "model": "other", "temperature": .number("0.70"),
    ]
    #expect(
      body(request(system: nil, []), payload: payload)
        == #"{"model":"other","messages":[],"stream":false,"options":{"num_ctx":8192},"temperature":0.70}"#)
  }

  @Test func messagesOfThePayloadComeFirst() {
    let payload: JSONObject = ["messages": [["role": "user", "content": "p", "n": 1]]]
    #expect(
      body(request(), payload: payload)
        == #"{"model":"m","messages":[{"role":"user","content":"p","n":1},{"role":"system","content":"S"},"#
        + #"{"role":"user","content":"Hi \"you\"\n"}],"stream":true}"#)
  }

  @Test func aTopLevelSystemPromptWins() {
    #expect(
      body(request([], at: .topLevel), payload: ["system": "P", "x": 1])
        == #"{"model":"m","messages":[],"stream":true,"system":"S","x":1}"#)
    #expect(
      body(request(system: nil, [], at: .topLevel), payload: ["system": "P"])
        == #"{"model":"m","messages":[],"stream":true,"system":"P"}"#)
  }

  @Test func furtherKeysOfAMessageAreKept() {
    let message = Message(.user, "a", extra: ["name": "Eve", "role": "no", "weight": 2])
    #expect(
      body(request(system: nil, [message]))
        == #"{"model":"m","messages":[{"role":"user","content":"a","name":"Eve","weight":2}],"stream":true}"#)
  }

  @Test func tokenCountsAreAskedForUnlessThePayloadSaysOtherwise() {
    let usual = #"{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}"#
    #expect(body(request(system: nil, []), asksForUsage: true) == usual)
    #expect(!body(request(stream: false), asksForUsage: true).contains("stream_options"))
    #expect(!body(request(), payload: ["stream": false], asksForUsage: true).contains("stream_options"))
    #expect(
      body(request(system: nil, []), payload: ["stream_options": .null], asksForUsage: true)
        == #"{"model":"m","messages":[],"stream":true,"stream_options":null}"#)
    #expect(!body(request(), api: .ollama, asksForUsage: true).contains("stream_options"))
  }

  @Test func anthropicHasItsSystemAtTheTopAndALimit() {
    let messages = [
      Message(.system, "T"), Message(.user, "a"), Message(.system, "U"), Message(.assistant, "b"),
    ]
    #expect(
      body(request(messages), api: .anthropic)
        == #"{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"stream":true,"#
        + #""system":"S\n\nT\n\nU","max_tokens":4096}"#)
    #expect(
      body(request(system: nil, []), api: .anthropic, payload: ["max_tokens": 5])
        == #"{"model":"m","messages":[],"stream":true,"max_tokens":5}"#)
  }

  @Test func anthropicNeedsItsVersionUnlessGiven() {
    let dialect = API.anthropic.dialect(asksForUsage: false)
    #expect(dialect.headers(besides: []).map(\.name) == ["Content-Type", "anthropic-version"])
    let given = [HTTPRequest.Header("Anthropic-Version", "x"), HTTPRequest.Header("content-type", "y")]
    #expect(dialect.headers(besides: given) == given)
  }

  @Test func longTextsAreSharedAndNotCopied() {
    let text = SharedText(String(repeating: "long ", count: 1000))
    let found = segments(request(system: "short", [Message(.user, text), Message(.assistant, "ok")]))
    #expect(found.count == 3)
    let address = text.escaped?.withUnsafeBufferPointer { $0.baseAddress }
    #expect(found[1].withUnsafeBufferPointer { $0.baseAddress } == address)
    let bytes = found.flatMap { $0 }
    #expect(throws: Never.self) { try JSONValue.parse(bytes) }
  }

  /// Around the length from which the escaped bytes are kept, alone and joined.
  @Test(arguments: [1, 254, 255, 256, 257, 600])
  func textsOfAnyLengthAreEscapedAlike(length: Int) throws {
    let text = String(repeating: "a", count: length - 1) + "\u{1}é\"\n"
    for other in ["b\\", String(repeating: "\n", count: 300)] {
      let content = SharedText(text).joined(with: SharedText(other))
      let sent = segments(request(system: text, [Message(.user, content)])).flatMap { $0 }
      let messages = try JSONValue.parse(sent)["messages"]?.array
      #expect(messages?.map { $0["content"]?.string } == [text, text + "\n\n" + other])
      #expect(String(decoding: sent, as: UTF8.self).contains(#"\u0001é\"\n\n\n"#))
    }
  }
}
