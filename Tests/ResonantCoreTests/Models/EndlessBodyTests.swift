// SPDX-License-Identifier: MIT

import HTTPTransport
import Testing

@testable import ResonantCore

struct EndlessBodyTests {
  /// In linear time: comparing each piece with all the text so far would take minutes.
  @Test(.timeLimit(.minutes(1))) func aFinishReasonInEveryChunkCostsNoMore() {
    let chunk = #"data: {"choices":[{"delta":{"content":"word "},"finish_reason":"stop"}]}"# + "\n\n"
    let live = LiveReply()
    let decoder = decode(Array(repeating: Array(chunk.utf8), count: 30_000), into: live)
    #expect(live.text.utf8.count == 149_999)
    #expect(decoder.isComplete)
  }

  @Test func theBodyOfAnErrorIsNotReadForEver() {
    let sink = ReplySink(for: Attempt())
    sink.receive(head: HTTPResponseHead(status: 500, headers: []))
    let piece = [UInt8](repeating: 0x78, count: ReplySink.errorLimit / 2)
    var isStopped: [Bool] = []
    for _ in 0..<2 {
      piece.withUnsafeBytes { bytes in
        if case .stop = sink.receive(body: bytes) { isStopped.append(true) } else { isStopped.append(false) }
      }
    }
    #expect(isStopped == [false, true])
    #expect(sink.finish().errorBody.count == ReplySink.errorLimit)
  }

  @Test func argumentsOfAToolCallStopGrowing() {
    var assembly = ToolCallAssembly()
    let piece = String(repeating: "x", count: ToolCallAssembly.argumentsLimit / 2)
    for _ in 0..<5 { assembly.add(ToolCallDelta(index: 0, name: "endless", arguments: piece)) }
    #expect(assembly.calls.map(\.arguments.utf8.count) == [ToolCallAssembly.argumentsLimit])
  }

  @Test func callsThatDoNotEndCutTheReply() {
    let live = LiveReply()
    var decoder = ReplyDecoder(into: live)
    func call(_ number: Int) {
      let call = #"{"id":"c\#(number)","function":{"name":"skip","arguments":"{}"}}"#
      let line = Array("data: {\"choices\":[{\"delta\":{\"tool_calls\":[\(call)]}}]}\n\n".utf8)
      _ = line.withUnsafeBufferPointer { decoder.feed($0) }
    }
    for number in 0..<10_000 { call(number) }
    #expect(live.verdict == nil)
    for number in 10_000..<10_300 { call(number) }
    #expect(live.verdict == .limit)
    #expect(decoder.reply.toolCalls.calls.count == ToolCallAssembly.limit)
  }

  /// Of an error page only its beginning is progress: what drips has the time between two events for all of it.
  @Test func theBodyOfAnErrorThatDripsDoesNotPutItsEndOff() {
    let sink = ReplySink(for: Attempt())
    sink.receive(head: HTTPResponseHead(status: 500, headers: []))
    let kinds = (0..<3).map { _ in [UInt8(ascii: "x")].withUnsafeBytes { sink.receive(body: $0) } }
    #expect(kinds.map { "\($0)" } == ["progress", "keepAlive", "keepAlive"])
  }

  @Test func blanksBeforeAReplyAreNotKeptHoweverTheyAreCut() {
    for piece in [1, 7, 4096] {
      let live = LiveReply()
      var decoder = ReplyDecoder(into: live)
      let blanks = [UInt8](repeating: 0x20, count: piece)
      var kept = 0
      while kept < 100_000 {
        let step = blanks.withUnsafeBufferPointer { decoder.feed($0) }
        #expect("\(step)" == "keepAlive")
        kept += piece
      }
      #expect(decoder.carry.isEmpty)
      let reply = Array(#"{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}"#.utf8)
      _ = reply.withUnsafeBufferPointer { decoder.feed($0) }
      decoder.finish()
      #expect(live.text == "Hello")
      #expect(decoder.isComplete)
    }
  }

  @Test(arguments: ["", "Hello"]) func whiteSpaceThatDoesNotEndIsCutOff(start: String) {
    let live = LiveReply(limit: 10)
    live.append(start)
    for _ in 0..<ReplyText.blankLimit { #expect(live.append("\n")) }
    #expect(!live.append("\n"))
    #expect(live.verdict == .limit)
    #expect(live.text == start)
  }

  @Test func whiteSpaceThatEndsIsKeptAndCountsAnewBehindText() {
    let live = LiveReply()
    let blanks = String(repeating: "\n", count: ReplyText.blankLimit)
    for _ in 0..<2 { #expect(live.append(blanks) && live.append("Hi")) }
    #expect(live.text == "Hi" + blanks + "Hi")
    #expect(live.verdict == nil)
  }

  @Test func reasoningStopsGrowing() {
    let live = LiveReply()
    let piece = [UInt8](repeating: 0x78, count: LiveReply.thinkingLimit / 2)
    let goesOn = (0..<3).map { _ in piece.withUnsafeBufferPointer { live.append(thinking: $0) } }
    #expect(goesOn == [true, true, false])
    #expect(live.verdict == .limit)
    #expect(live.thinking?.utf8.count == LiveReply.thinkingLimit)
  }
}
