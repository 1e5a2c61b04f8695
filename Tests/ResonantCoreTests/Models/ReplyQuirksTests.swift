// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

/// What servers send beside what their documentation says, kind by kind.
@Suite struct ReplyQuirksTests {
  /// A stream of data lines.
  static func stream(_ events: String...) -> String { events.map { "data: \($0)\n\n" }.joined() }

  static func chunk(_ text: String, index: Int = 0, finish: String = "null") -> String {
    #"{"choices":[{"index":\#(index),"delta":{"content":"\#(text)"},"finish_reason":\#(finish)}]}"#
  }

  // MARK: Errors

  /// An error in every place where servers put one, with its words.
  static let errors: [(body: String, words: String)] = [
    (stream(#"{"error":"out of memory"}"#), "out of memory"),
    (stream(#"{"error":["out of memory"]}"#), "out of memory"),
    (stream(#"{"error":[{"message":"out of memory"}]}"#), "out of memory"),
    (stream(#"{"error":true,"message":"out of memory"}"#), "out of memory"),
    (stream(#"{"error":"Bad Gateway","message":"out of memory"}"#), "Bad Gateway: out of memory"),
    (
      stream(
        #"{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error","error":{"message":"out of memory"}}]}"#
      ), "out of memory"
    ),
    (stream(#"{"choices":[{"index":0,"delta":{},"error":"out of memory"}]}"#), "out of memory"),
    (stream(#"{"choices":[{"delta":{"error":{"message":"out of memory"}}}]}"#), "out of memory"),
    (stream(chunk("", finish: #""error""#)), "the finish reason is 'error'"),
    (
      stream(#"{"type":"error","code":"server_error","message":"out of memory","param":null}"#),
      "out of memory"
    ),
    (stream(#"{"type":"error","message":"out of memory"}"#), "out of memory"),
    (stream(#"{"object":"error","message":"out of memory"}"#), "out of memory"),
    (stream(#"{"code":50505,"message":"out of memory","data":null}"#), "out of memory"),
    (stream(#"{"status_code":"busy","msg":"out of memory"}"#), "out of memory"),
    (stream(#"{"success":false,"errors":[{"code":5007,"message":"out of memory"}]}"#), "out of memory"),
    (stream(#"{"success":false,"message":"out of memory"}"#), "out of memory"),
    (stream(#"{"detail":"out of memory"}"#), "out of memory"),
    (stream(#"{"status":500,"title":"Error","detail":"out of memory"}"#), "out of memory"),
    (stream(#"{"statusCode":500,"message":"out of memory"}"#), "out of memory"),
    (stream(#"{"error":500,"message":"out of memory"}"#), "out of memory"),
    (stream(#"{"error_code":110,"error_msg":"out of memory"}"#), "out of memory"),
    (stream(#"{"errorMessage":"out of memory","errorType":"Crash"}"#), "out of memory"),
    (stream(#"{"base_resp":{"status_code":1008,"status_msg":"out of memory"}}"#), "out of memory"),
    (stream(#"{"object":"chat.completion.error","message":"out of memory"}"#), "out of memory"),
    (
      stream(#"{"type":"response.failed","response":{"error":{"message":"out of memory"}}}"#), "out of memory"
    ),
    (stream(#"{"Error":{"Message":"out of memory"}}"#), "out of memory"),
    (stream(#"{"data":{"error":{"message":"out of memory"}}}"#), "out of memory"),
    (stream(#"[{"choices":[]},{"error":{"message":"out of memory"}}]"#), "out of memory"),
    ("event: Error\n" + stream(#"{"message":"out of memory"}"#), "out of memory"),
    ("event: error\n" + stream(#"{"message":"out of memory"}"#), "out of memory"),
    ("event:error\n" + stream(#"{"detail":"out of memory"}"#), "out of memory"),
    ("event: error\n" + stream("out of memory"), "out of memory"),
    ("event: error\ndata: {\"error\":\ndata: \"out of memory\"}\n\n", "out of memory"),
    ("event: error\n\n", "an error without a message"),
    ("error: {\"message\":\"out of memory\"}\n\n", "out of memory"),
    ("error: out of memory\n\n", "out of memory"),
    ("error:\n\n", "an error without a message"),
    (#"{"message":{"content":""},"done_reason":"error","done":true}"# + "\n", "the finish reason is 'error'"),
  ]

  @Test(arguments: errors)
  func anErrorMayStandAnywhere(body: String, words: String) {
    for (before, text) in [("", ""), (Self.stream(Self.chunk("Half")), "Half")] {
      for after in ["", "\n\ndata: [DONE]\n\n", Self.stream(Self.chunk("", finish: #""stop""#))] {
        for places in [[], [1], Array(1..<30)] {
          let live = LiveReply()
          let decoder = decode(Self.pieces(before + body + after, cutBefore: places), into: live)
          #expect(decoder.failure?.message == words, "\(before)\(body)\(after)")
          #expect(live.text == text)
        }
      }
    }
  }

  /// The body in pieces that begin at these places.
  static func pieces(_ body: String, cutBefore places: [Int]) -> [[UInt8]] {
    let bytes = Array(body.utf8)
    let edges = [0] + places.filter { $0 < bytes.count } + [bytes.count]
    return zip(edges, edges.dropFirst()).map { Array(bytes[$0..<$1]) }
  }

  @Test(arguments: [
    #"{"choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"error","error":{"message":"no"}}]}"#,
    #"{"error":{"message":"no"},"choices":[]}"#, #"{"type":"error","message":"no"}"#,
    #"{"code":7,"message":"no"}"#,
    "{\n \"error\": [\n \"no\"\n ]\n}\n",
  ])
  func anErrorMayStandInAWholeReply(body: String) {
    #expect(decode(body).failure?.message == "no")
  }

  @Test(arguments: [
    stream(#"{"code":0,"message":"success","choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}"#),
    stream(#"{"code":200,"msg":"OK"}"#, chunk("Hi", finish: #""stop""#)),
    stream(#"{"status":"success","message":"queued"}"#, chunk("Hi", finish: #""stop""#)),
    stream(#"{"status":"processing","message":"Searching the web"}"#, chunk("Hi", finish: #""stop""#)),
    stream(chunk("Hi", finish: #""stop""#), #"{"type":"status","status":"completed","message":"done"}"#),
    stream(
      chunk("Hi", finish: #""stop""#),
      #"{"code":10000,"message":"Success","choices":[],"usage":{"prompt_tokens":1}}"#),
    stream(#"{"code":"000000","message":"ok","choices":[]}"#, chunk("Hi", finish: #""stop""#)),
    stream(#"{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}],"error":"null"}"#),
    stream(
      #"{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}],"error":{"code":null,"message":null}}"#
    ),
    stream(
      #"{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}],"error":{"code":0,"message":"success"}}"#
    ),
    stream(#"{"base_resp":{"status_code":0,"status_msg":""}}"#, chunk("Hi", finish: #""stop""#)),
    stream(#"{"choices":[{"delta":{"content":"Hi"},"error":null,"finish_reason":"stop"}],"error":false}"#),
    "event: message\n" + stream(chunk("Hi", finish: #""stop""#)),
    "event: error\nevent: message\n" + stream(chunk("Hi", finish: #""stop""#)),
    "errors: 0\n" + stream(chunk("Hi", finish: #""stop""#)),
  ])
  func whatOnlyLooksLikeAnErrorIsNone(body: String) {
    let live = LiveReply()
    let decoder = decode(body, into: live)
    #expect(decoder.failure == nil)
    #expect(live.text == "Hi")
    #expect(decoder.isComplete)
  }

  // MARK: Ends

  @Test func aStreamThatBreaksOffAfterAReasonThatIsNoneIsIncomplete() {
    let live = LiveReply()
    let decoder = decode(
      Self.stream(Self.chunk("a", finish: #""""#), Self.chunk("b", finish: #""null""#)), into: live)
    #expect(live.text == "ab")
    #expect(!decoder.isComplete)
  }

  /// What a body means for the exchange after each of its events.
  func steps(_ events: String...) -> [String] {
    var decoder = ReplyDecoder(into: LiveReply())
    return events.map { event in
      switch Array("\(event)\n\n".utf8).withUnsafeBufferPointer({ decoder.feed($0) }) {
      case .progress: "progress"
      case .keepAlive: "keepAlive"
      case .complete(let time): "complete within \(time)"
      case .stop: "stop"
      }
    }
  }

  @Test func behindAFinishReasonOnlyTokenCountsAreWaitedFor() {
    let counts = #"data: {"choices":[],"usage":{"prompt_tokens":1}}"#
    #expect(
      steps(
        "data: " + Self.chunk("a"), "data: " + Self.chunk("", finish: #""stop""#), ": ping", counts,
        "data: " + Self.chunk(""), "data: [DONE]", ": ping")
        == [
          "progress", "complete within 2.0 seconds", "keepAlive", "keepAlive", "keepAlive",
          "complete within 0.5 seconds", "keepAlive",
        ])
  }

  @Test func aFinishReasonSaidAgainAndAgainIsNotWaitedForAnew() {
    let again = "data: " + Self.chunk("", finish: #""stop""#)
    #expect(
      steps("data: " + Self.chunk("a"), again, again, again)
        == ["progress", "complete within 2.0 seconds", "keepAlive", "keepAlive"])
  }

  @Test func reasoningInOllamasLastLineCountsOnce() {
    let live = LiveReply()
    _ = decode(
      #"{"message":{"thinking":"hm","content":"Hi"},"done":false}"# + "\n"
        + #"{"message":{"thinking":"hm","content":""},"done":true}"# + "\n", into: live)
    #expect(live.thinking == "hm")
  }

  @Test func textBehindAFinishReasonIsReadOn() {
    let stop = #""stop""#
    #expect(
      steps(
        "data: " + Self.chunk("a", finish: stop), "data: " + Self.chunk("b"),
        "data: " + Self.chunk("c", finish: stop))
        == Array(repeating: "complete within 2.0 seconds", count: 3))
  }

  // MARK: One reply

  /// Streams of several choices and repeated messages, what they say, and whether that is all of it.
  static let replies: [(body: String, text: String, isComplete: Bool)] = [
    (
      stream(
        chunk("One "), chunk("Uno ", index: 1), chunk("two"), chunk("dos", index: 1),
        chunk("", index: 1, finish: #""stop""#), chunk("", finish: #""length""#)), "One two", true
    ),
    (stream(chunk("One", index: 1), chunk("", index: 1, finish: #""stop""#)), "One", true),
    (stream(chunk("One"), chunk("Uno", index: 1), chunk("", index: 1, finish: #""stop""#)), "One", false),
    (
      stream(
        #"{"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"x"}}]}"#,
        #"{"choices":[{"index":1,"delta":{"content":"y"}},{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}]}"#
      ), "ab", true
    ),
    (
      stream(chunk("One "), chunk("two"), message("One two", delta: #""role":"assistant","content":"""#)),
      "One two",
      true
    ),
    (stream(chunk("One "), chunk("two"), message("One two")), "One two", true),
    (stream(chunk("One "), chunk("two"), message("One two", delta: "")), "One two", true),
    (stream(message("One two")), "One two", true),
    (stream(message("One ", finish: "null"), message("One two")), "One two", true),
    (stream(message("One", finish: "null"), message(" two", finish: "null"), message("!")), "One two!", true),
    (stream(message("One two ", finish: "null"), message("One two")), "One two", true),
    (stream(chunk("One "), chunk("two"), chunk("One two", finish: #""stop""#)), "One two", true),
    (stream(chunk("No. "), chunk("No. ", finish: #""stop""#)), "No. No.", true),
    (
      #"{"message":{"content":"One two\n"},"done":false}"# + "\n"
        + #"{"message":{"content":"One two\n"},"done":true}"# + "\n", "One two", true
    ),
    (stream(message("One ", finish: "null"), message("One tw", finish: "null")), "One tw", false),
    (
      stream(
        message("One ", delta: #""content":"One ""#, finish: "null"),
        message("One two", delta: #""content":"two""#)),
      "One two", true
    ),
    (
      stream(#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"One two"}}"#)
        + stream(#"{"type":"message","content":[{"type":"text","text":"One two"}],"stop_reason":"end_turn"}"#),
      "One two", true
    ),
    (
      #"{"message":{"content":"One "},"done":false}"# + "\n" + #"{"message":{"content":"two"},"done":false}"#
        + "\n"
        + #"{"message":{"content":"One two"},"done":true}"# + "\n", "One two", true
    ),
    (
      #"{"message":{"content":"One "},"done":false}"# + "\n" + #"{"message":{"content":"two"},"done":true}"#
        + "\n",
      "One two", true
    ),
  ]

  /// A chunk with the whole message so far, beside a delta or alone.
  static func message(_ text: String, delta: String? = nil, finish: String = #""stop""#) -> String {
    let delta = delta.map { #""delta":{\#($0)},"# } ?? ""
    return
      #"{"choices":[{"index":0,\#(delta)"message":{"role":"assistant","content":"\#(text)"},"finish_reason":\#(finish)}]}"#
  }

  @Test(arguments: replies)
  func oneReplyIsReadOnce(body: String, text: String, isComplete: Bool) {
    for places in [[], [40], Array(stride(from: 1, to: 400, by: 7))] {
      let live = LiveReply()
      let decoder = decode(Self.pieces(body, cutBefore: places), into: live)
      #expect(live.text == text, "\(body)")
      #expect(decoder.isComplete == isComplete, "\(body)")
    }
  }

  @Test func aRepeatedMessageCallsNoToolTwice() {
    let call = #""tool_calls":[{"index":0,"id":"c","function":{"name":"vote","arguments":"{}"}}]"#
    let decoder = decode(
      Self.stream(
        #"{"choices":[{"delta":{\#(call)}}]}"#,
        #"{"choices":[{"message":{"content":null,\#(call)},"finish_reason":"tool_calls"}]}"#))
    #expect(Completion(decoder).toolCalls == [ToolCall(id: "c", name: "vote", arguments: "{}")])
  }

  // MARK: Characters in two pieces

  @Test(arguments: [
    ([#"a"#, #"\ud83d"#, #"\ude00"#, "b"], "a😀b"),
    ([#"a\ud83d"#, #"\uDE00b"#], "a😀b"),
    ([#"a\ud83d"#, "", #"\ude00b"#], "a😀b"),
    ([#"\uD83D"#, #"\ude00\uD83D"#, #"\ude01"#], "😀😁"),
    ([#"a\ud83d"#, "b"], "a\u{FFFD}b"),
    ([#"a\ud83d"#], "a\u{FFFD}"),
    ([#"a"#, #"\ude00b"#], "a\u{FFFD}b"),
    ([#"a\\ud83d"#, #"\ude00b"#], "a\\ud83d\u{FFFD}b"),
    ([#"a\ud83d\ude00"#, #"\ud83d\ude00"#], "a😀😀"),
  ])
  func aCharacterWhoseHalvesComeInTwoEventsIsOne(pieces: [String], text: String) {
    let chunks = pieces.map { Self.chunk($0) } + [Self.chunk("", finish: #""stop""#)]
    let lines = pieces.map { #"{"model":"m","message":{"content":"\#($0)"},"done":false}"# + "\n" }
    let counted = pieces.map {
      Self.stream(#"{"choices":[{"delta":{"content":"\#($0)"}}],"usage":{"prompt_tokens":1}}"#)
    }
    for body in [chunks.map { Self.stream($0) }, lines, counted] {
      let live = LiveReply()
      _ = decode(body.joined(), into: live)
      #expect(live.text == text, "\(body)")
    }
  }

  /// Halves belong together where they are of the same text, and nothing else has to do with it.
  @Test func halvesOfOtherTextsAreLeftApart() {
    let replies: [(body: String, text: String, thinking: String?)] = [
      (
        Self.stream(
          #"{"choices":[{"delta":{"content":"a\ud83d","reasoning_content":"r\ud83c"}}]}"#,
          #"{"choices":[{"delta":{"content":"\ude00b","reasoning_content":"\udf0dx"}}]}"#), "a😀b", "r🌍x"
      ),
      (
        Self.stream(
          Self.chunk(#"a\ud83d"#), Self.chunk(#"z\ud83c"#, index: 1), Self.chunk(#"\ude00b"#)), "a😀b", nil
      ),
      (
        Self.stream(
          Self.chunk(#"a\ud83d"#), #"{"choices":[{"delta":{"reasoning":"hm"}}]}"#, Self.chunk(#"\ude00b"#)),
        "a😀b", "hm"
      ),
      (
        Self.stream(
          #"{"id":"\ud83d","choices":[{"delta":{"content":"Hi"},"logprobs":{"content":[{"token":"\ud83d"}]}}]}"#,
          Self.chunk(" there")), "Hi there", nil
      ),
      (
        Self.stream(Self.message(#"a\ud83d"#, finish: "null"), Self.message(#"a\ud83d\ude00b"#)), "a😀b", nil
      ),
    ]
    for reply in replies {
      let live = LiveReply()
      _ = decode(reply.body + Self.stream(Self.chunk("", finish: #""stop""#)), into: live)
      #expect(live.text == reply.text, "\(reply.body)")
      #expect(live.thinking == reply.thinking, "\(reply.body)")
    }
  }

  @Test func aLoneHalfIsReplacedWhereverItStands() {
    let call = #""tool_calls":[{"index":0,"function":{"name":"vote","arguments":"[\"\ud83d"}}]"#
    let more = #""tool_calls":[{"index":0,"function":{"arguments":"\ude00\"]"}}]"#
    let decoder = decode(
      Self.stream(
        #"{"model":"m\ud83d","choices":[{"delta":{\#(call)}}]}"#, #"{"choices":[{"delta":{\#(more)}}]}"#,
        Self.chunk("", finish: #""st\ud83dop""#)))
    let completion = Completion(decoder)
    #expect(completion.toolCalls.map(\.arguments) == [#"["😀"]"#])
    #expect(completion.servedModel == "m\u{FFFD}")
    #expect(completion.finishReason == "st\u{FFFD}op")
    #expect(decode(Self.stream(#"{"error":"n\udc00o"}"#)).failure?.message == "n\u{FFFD}o")
  }

  // MARK: Counts and reasoning

  @Test(arguments: [
    #"{"usage":{"prompt_tokens":11,"completion_tokens":7}}"#,
    #"{"choices":null,"usage":{"prompt_tokens":11,"completion_tokens":7}}"#,
    #"{"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7}}"#,
    #"{"choices":[{"index":0,"delta":{}}],"usage":{"prompt_tokens":11,"completion_tokens":7}}"#,
    #"{"choices":[{"index":1,"delta":{}}],"usage":{"prompt_tokens":11,"completion_tokens":7}}"#,
    #"{"choices":[{"index":0,"delta":{},"usage":{"prompt_tokens":11,"completion_tokens":7}}]}"#,
    #"{"choices":[],"x_groq":{"usage":{"prompt_tokens":11,"completion_tokens":7}}}"#,
  ])
  func tokenCountsCountWhateverStandsBesideThem(event: String) {
    let decoder = decode(Self.stream(Self.chunk("Hi"), Self.chunk("", finish: #""stop""#), event))
    #expect(Completion(decoder).usage == Usage(promptTokens: 11, completionTokens: 7))
  }

  @Test(arguments: [
    #""reasoning_content":"why""#, #""reasoning":"why""#, #""thinking":"why""#, #""reasoning_text":"why""#,
    #""reasoning":{"content":"why"}"#, #""reasoning_content":"why","reasoning":"why""#,
    #""reasoning":"why","reasoning_details":[{"type":"reasoning.text","text":"why"}]"#,
    #""reasoning_details":[{"type":"reasoning.text","text":"why","signature":null}]"#,
    #""reasoning_details":[{"type":"reasoning.summary","summary":"why"},{"type":"reasoning.encrypted","data":"x"}]"#,
    #""thinking_blocks":[{"type":"thinking","thinking":"why","signature":"x"}]"#,
    #""content":[{"type":"thinking","thinking":[{"type":"text","text":"why"}]}]"#,
    #""reasoning_content":"","reasoning":null,"thinking":"why""#,
  ])
  func reasoningIsReadOnceWhateverItsField(member: String) {
    for body in [
      Self.stream(#"{"choices":[{"delta":{\#(member)}}]}"#, Self.chunk("Hi", finish: #""stop""#)),
      Self.stream(Self.chunk("Hi"), #"{"choices":[{"delta":{\#(member)},"finish_reason":"stop"}]}"#),
      #"{"choices":[{"message":{\#(member)},"finish_reason":"stop"}]}"#,
    ] {
      let live = LiveReply()
      _ = decode(body, into: live)
      #expect(live.thinking == "why", "\(body)")
    }
  }
}
