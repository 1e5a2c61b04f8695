// SPDX-License-Identifier: MIT

import HTTPTransport
import Testing

@testable import ResonantCore

/// Feeds all that has arrived at a time.
private func feed(_ piece: [UInt8], to decoder: inout ReplyDecoder) -> HTTPProgress {
  let progress = piece.withUnsafeBufferPointer { decoder.feed($0) }
  if case .stop = decoder.deliver() { return .stop }
  return progress
}

/// Decodes a body that comes in the given pieces.
func decode(_ pieces: [[UInt8]], into live: LiveReply = LiveReply()) -> ReplyDecoder {
  var decoder = ReplyDecoder(into: live)
  for piece in pieces {
    if case .stop = feed(piece, to: &decoder) { break }
  }
  decoder.finish()
  return decoder
}

func decode(_ body: String, into live: LiveReply = LiveReply()) -> ReplyDecoder {
  decode([Array(body.utf8)], into: live)
}

@Suite struct ReplyDecoderTests {
  func check(_ decoder: ReplyDecoder, _ live: LiveReply, says recorded: RecordedStream, _ note: String) {
    let completion = Completion(decoder)
    #expect(live.text == recorded.text, "\(note)")
    #expect(live.thinking == recorded.thinking, "\(note)")
    #expect(completion.finishReason == recorded.finish, "\(note)")
    #expect(completion.usage == recorded.usage, "\(note)")
    #expect(completion.servedModel == recorded.model, "\(note)")
    #expect(completion.toolCalls == recorded.calls, "\(note)")
    #expect(decoder.failure == nil, "\(note)")
    #expect(decoder.isComplete, "\(note)")
  }

  @Test(arguments: RecordedStream.all)
  func readsEveryStreamAtOnce(recorded: RecordedStream) {
    let live = LiveReply()
    check(decode(recorded.body, into: live), live, says: recorded, "whole")
  }

  @Test(arguments: RecordedStream.all)
  func readsEveryStreamSplitAnywhere(recorded: RecordedStream) {
    let bytes = Array(recorded.body.utf8)
    for place in bytes.indices {
      let live = LiveReply()
      let decoder = decode([Array(bytes[..<place]), Array(bytes[place...])], into: live)
      check(decoder, live, says: recorded, "split at \(place)")
    }
    let live = LiveReply()
    check(decode(bytes.map { [$0] }, into: live), live, says: recorded, "byte by byte")
  }

  /// With a key written in another way, an event is none for the scanner.
  @Test(arguments: RecordedStream.all)
  func readsEveryStreamWithoutTheScanner(recorded: RecordedStream) {
    let body = recorded.body.replacing(#"e":"#, with: #"\u0065":"#).replacing(#"s":"#, with: #"\u0073":"#)
      .replacing(#"nt":"#, with: #"n\u0074":"#)
    let live = LiveReply()
    check(decode(body, into: live), live, says: recorded, "with escapes in keys")
  }

  @Test(arguments: RecordedStream.all)
  func brokenStreamsGiveTextOrAnErrorButNoCrash(recorded: RecordedStream) {
    var random = SplitMix64(seed: 3)
    let bytes = Array(recorded.body.utf8)
    for round in 0..<1000 {
      var broken = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<broken.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: broken[place] = UInt8.random(in: 0...255, using: &random)
        case 1: broken.remove(at: place)
        case 2: broken.insert(UInt8.random(in: 0...255, using: &random), at: place)
        default: broken.removeSubrange(place..<min(place + 40, broken.count))
        }
        if broken.isEmpty { break }
      }
      let place = broken.isEmpty ? 0 : Int.random(in: 0..<broken.count, using: &random)
      let live = LiveReply()
      let decoder = decode([Array(broken[..<place]), Array(broken[place...])], into: live)
      guard round % 10 == 0 else { continue }
      let whole = LiveReply()
      let other = decode([broken], into: whole)
      #expect(whole.text == live.text)
      #expect(Completion(other) == Completion(decoder))
      #expect(other.isComplete == decoder.isComplete)
    }
  }

  @Test func beginningsAndEndsAreAddedUp() {
    let live = LiveReply()
    let decoder = decode(
      """
      data: {"model":"","choices":[]}

      data: {"model":"org\\/first","choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}

      data: {"model":"second","choices":[{"delta":{"content":"Hi"},"finish_reason":""}],"usage":{"prompt_tokens":3}}

      data: {"model":"second","choices":[{"delta":{"content":"!"},"finish_reason":"len\\u0067th"}],"usage":null}

      data: {"model":"second","choices":[{"delta":{},"finish_reason":null}],"usage":{"completion_tokens":1}}

      data: {"choices":[],"usage":{"completion_tokens":2,"total_tokens":5}}

      """, into: live)
    #expect(live.text == "Hi!")
    #expect(decoder.reply.servedModel == "org/first")
    #expect(decoder.finishReason == "length")
    #expect(decoder.reply.usage == (3, 2))
    #expect(decoder.isComplete)
    #expect(!decoder.reply.hasEnded)
  }

  @Test(
    arguments: ["null", "5", #""""#, #"" ""#, #""null""#, #""None""#, #""nil""#, #""undefined""#].map {
      ($0, false)
    }
      + [#""FINISH_REASON_UNSPECIFIED""#].map { ($0, false) }
      + [#""stop""#, #""length""#, #""eos_token""#].map { ($0, true) })
  func onlyAFinishReasonThatSaysSomethingIsOne(reason: String, isComplete: Bool) {
    let decoder = decode(
      #"data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":\#(reason)}]}"# + "\n\n")
    #expect(decoder.isComplete == isComplete)
  }

  // MARK: Ends

  @Test(arguments: [
    #"data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":null}]}"# + "\n\n",
    #"{"message":{"content":"Hi"},"done":false}"# + "\n",
    #"data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi"}}"# + "\n\n",
    #"data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":null}]}"#
      + "\n\ndata: {\"choices\":[{\"del",
  ])
  func aStreamWithoutAnEndIsIncomplete(body: String) {
    let live = LiveReply()
    let decoder = decode(body, into: live)
    #expect(live.text == "Hi")
    #expect(!decoder.isComplete)
    #expect(decoder.failure == nil)
  }

  @Test func nothingCountsBehindTheEndMark() {
    let live = LiveReply()
    let decoder = decode(
      #"data: {"choices":[{"delta":{"content":"Hi"}}]}"# + "\ndata: [DONE]\n\n"
        + #"data: {"choices":[{"delta":{"content":" no"}}]}"# + "\n", into: live)
    #expect(live.text == "Hi")
    #expect(decoder.reply.hasEnded)
  }

  @Test func malformedLinesAreSkipped() {
    let live = LiveReply()
    let decoder = decode(
      """
      data: garbage
      data: {"choices":[{"delta":{"content":"a"}}]}

      5
      data: 5

      data: "text"

      {"choices":[{"delta":{"content":"b"}}]
      nonsense
      data: {"choices":[{"delta":null}]}

      data: {"choices":[{"delta":{"content":null}}]}

      data: {"choices":[null]}

      data: {"choices":{"delta":{"content":"no"}}}

      data: {"choices":[{"delta":{"content":"c"},"finish_reason":"stop"}]}

      """, into: live)
    #expect(live.text == "ac")
    #expect(decoder.isComplete)
  }

  // MARK: Errors

  @Test(
    arguments: [
      (#"data: {"error":{"message":"busy","type":"server_error","code":"503"}}"#, "busy", 503, true),
      (#"data: {"error":{"message":"busy","code":500}}"#, "busy", 500, false),
      (#"data: {"error":{"message":"went wrong","code":null}}"#, "went wrong", nil, false),
      (
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
        "Overloaded", nil, true
      ),
      (#"{"error":"model runner has stopped"}"#, "model runner has stopped", nil, false),
      (#"{"object":"error","message":"no such model","code":404}"#, "no such model", 404, false),
      (#"[{"error":{"message":"quota","code":429,"status":"RESOURCE_EXHAUSTED"}}]"#, "quota", 429, true),
      (
        #"data: {"choices":[],"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"out of memory"}}}"#,
        "Provider returned error: out of memory", 502, false
      ),
    ] as [(String, String, Int?, Bool)])
  func anErrorInsideTheReplyIsFound(body: String, message: String, status: Int?, isOverload: Bool) {
    let decoder = decode(body + "\n\n")
    #expect(decoder.failure?.message == message)
    #expect(decoder.failure?.status == status)
    #expect(decoder.failure?.isOverload == isOverload)
  }

  @Test(arguments: [#""error":null"#, #""error":"""#, #""error":{}"#, #""error":false"#])
  func anErrorThatSaysNothingIsNone(member: String) {
    let live = LiveReply()
    let decoder = decode(
      #"data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}],\#(member)}"# + "\n", into: live)
    #expect(decoder.failure == nil)
    #expect(live.text == "Hi")
  }

  @Test(arguments: [
    "", "\n\n", "<html><title>Welcome</title></html>", "plain", ": comment\n\n", "{}", "null", "[]",
  ])
  func whatIsNoReplyIsNotUnderstood(body: String) {
    let decoder = decode(body)
    #expect(!decoder.isUnderstood)
    #expect(!decoder.isComplete)
    #expect(decoder.opening == Array(body.utf8))
  }

  @Test func invalidBytesAreReplacedAndOnlyWholeSequencesGoOn() {
    let live = LiveReply()
    let start = Array(#"data: {"choices":[{"delta":{"content":"a"#.utf8)
    let end = Array(#"b\ud83d"},"finish_reason":"stop"}]}"#.utf8) + [0x0A]
    _ = decode([start + [0xF0, 0x9F], [0x99] + end], into: live)
    #expect(live.text == "a\u{FFFD}b\u{FFFD}")
  }

  @Test func anEndlessLineIsGivenUp() {
    var decoder = ReplyDecoder(into: LiveReply())
    let piece = [UInt8](repeating: 0x61, count: 8 << 20)
    var fed = 0
    while !decoder.isTooLong, fed < 20 {
      _ = piece.withUnsafeBufferPointer { decoder.feed($0) }
      fed += 1
    }
    #expect(decoder.isTooLong)
    #expect(fed == 9)
  }

  // MARK: Progress

  func progress(_ body: String, limit: Int = .max) -> HTTPProgress {
    var decoder = ReplyDecoder(into: LiveReply(limit: limit))
    return feed(Array(body.utf8), to: &decoder)
  }

  @Test(arguments: [
    ": OPENROUTER PROCESSING\n\n", "\n\n", "data: {\"type\": \"ping\"}\n\n", "event: ping\n", "data: x\n\n",
  ])
  func commentsAndPingsOnlyKeepTheConnection(body: String) {
    guard case .keepAlive = progress(body) else {
      Issue.record("\(progress(body))")
      return
    }
  }

  @Test(arguments: [
    "data: {\"choices\":[]}\n\n", "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"x\"}}]}\n\n",
    "{\"message\":{\"content\":\"\"},\"done\":false}\n", "{\n \"choices\": [",
  ])
  func eventsAreProgress(body: String) {
    guard case .progress = progress(body) else {
      Issue.record("\(progress(body))")
      return
    }
  }

  @Test func nothingBelongsToAReplyBehindItsEndMark() {
    guard case .complete = progress("data: [DONE]\n\n") else {
      Issue.record("\(progress("data: [DONE]\n\n"))")
      return
    }
  }

  @Test(arguments: [
    "data: {\"choices\":[{\"delta\":{\"content\":\"abc\"}}]}\n\n",
    "data: {\"error\":{\"message\":\"no\"}}\n\n",
  ])
  func aCutAndAnErrorStopTheConnection(body: String) {
    guard case .stop = progress(body, limit: 2) else {
      Issue.record("\(progress(body, limit: 2))")
      return
    }
  }

  @Test func arrivalIsNotTouchedByEmptyPieces() {
    let live = LiveReply()
    _ = decode(#"data: {"choices":[{"delta":{"role":"assistant","content":""}}]}"# + "\n\n", into: live)
    #expect(!live.hasArrived)
  }
}
