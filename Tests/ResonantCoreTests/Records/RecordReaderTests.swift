// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import ResonantCore

@Suite struct RecordReaderTests {
  private func read(_ records: [Record]) throws -> Transcript {
    try Transcript.read(records.flatMap(\.line), path: "a.jsonl").transcript
  }

  private func failure(of text: String) -> RecordError? {
    #expect(throws: RecordError.self) { try Transcript.read(Array(text.utf8), path: "dir/a.jsonl") }
  }

  private var header: Record { .header(Transcript.fixture().header) }
  private var headerLine: String { String(decoding: header.line, as: UTF8.self) }

  @Test func aWholeFileComesBack() throws {
    let directory = try TemporaryDirectory()
    let transcript = Transcript.fixture(turns: 200)
    try directory.write(String(decoding: transcript.file, as: UTF8.self), to: "a.jsonl")
    let read = try Transcript.read(contentsOf: directory.path("a.jsonl"))
    #expect(read.transcript == transcript)
    #expect(read.warnings.isEmpty)
  }

  @Test func aLastLineTornAnywhereIsLeftOutWithAWarning() throws {
    let whole = Transcript.fixture(turns: 2)
    var without = whole
    without.end = nil
    without.turns.removeLast()
    let before = without.file
    let last = Record.turn(.fixture(2, text: "é\"\\🙂")).line
    for length in 1..<(last.count - 1) {
      let read = try Transcript.read(before + last.prefix(length), path: "a.jsonl")
      #expect(read.transcript == without)
      #expect(read.warnings == ["a.jsonl, line 7: the last line is torn and was left out"])
    }
    let complete = try Transcript.read(before + last.dropLast(), path: "a.jsonl")
    #expect(complete.transcript.turns.count == 2)
    #expect(complete.warnings.isEmpty)
  }

  @Test func zeroesAfterAPowerLossAreATornLine() throws {
    let read = try Transcript.read(header.line + [UInt8](repeating: 0, count: 500), path: "a.jsonl")
    #expect(read.warnings.count == 1)
  }

  @Test func nothingButZeroesIsATornHeader() throws {
    let reading = try RecordReader.read([UInt8](repeating: 0, count: 500), path: "a.jsonl")
    #expect(reading.transcript == nil)
    #expect(reading.length == 0)
  }

  @Test func theLastRecordOfANumberWins() throws {
    var note = Transcript.Event(kind: "note", time: Date(timeIntervalSince1970: 5), after: 2)
    let transcript = try read([
      header, .turn(.fixture(1)), .turn(.fixture(2, text: "cut", outcome: .interrupted)), .event(note),
      .turn(.fixture(2, text: "whole")), .turn(.fixture(3)),
    ])
    #expect(transcript.turns.map(\.text) == ["turn 1", "whole", "turn 3"])
    note.after = 1
    #expect(transcript.events == [note])
  }

  /// The numbers of turns and the texts of events in the order in which every export has them.
  private static func order(_ transcript: Transcript) -> [String] {
    var events = transcript.events[...]
    var order: [String] = []
    for number in [0] + transcript.turns.map(\.number) {
      if number > 0 { order.append("\(number)") }
      while let event = events.first, event.after <= number {
        order.append(event.fields["text"]?.string ?? event.kind)
        events.removeFirst()
      }
    }
    return order + events.map { _ in "left over" }
  }

  @Test func eventsOfForgottenTurnsStandBeforeTheTurnsThatFollowOrAreForgotten() throws {
    func event(_ kind: String, _ fields: JSONObject) -> Record {
      .event(Transcript.Event(kind: kind, time: Date(), after: 0, fields: fields))
    }
    var cut = Turn.fixture(3)
    cut.outcome = .interrupted
    let records: [Record] = [
      header, .turn(.fixture(1)), event("note", ["text": "a"]), .turn(.fixture(2)),
      event("words", ["text": "b"]),
      .turn(.fixture(3)), event("note", ["text": "c"]), event("rewind", ["to": 1]),
      event("note", ["text": "d"]),
      .turn(.fixture(2)), event("note", ["text": "e"]), .turn(cut), event("note", ["text": "f"]),
      .turn(.fixture(3)), event("note", ["text": "g"]),
    ]
    let transcript = try read(records)
    #expect(Self.order(transcript) == ["1", "a", "b", "rewind", "d", "2", "e", "f", "3", "g"])
    // 10 for each prompt, and as many for each completion as the turn's number.
    #expect(transcript.forgotten == Usage(promptTokens: 30, completionTokens: 8, estimated: true))
    #expect(transcript.spent == Usage(promptTokens: 60, completionTokens: 14, estimated: true))
  }

  @Test func rewindForgetsTheTurnsAbove() throws {
    let rewind = Transcript.Event(kind: "rewind", time: Date(), after: 3, fields: ["to": 1])
    let transcript = try read([
      header, .turn(.fixture(1)), .turn(.fixture(2)), .turn(.fixture(3)), .event(rewind),
      .turn(.fixture(2, text: "again")),
    ])
    #expect(transcript.turns.map(\.text) == ["turn 1", "again"])
    #expect(transcript.turns.map(\.number) == [1, 2])
  }

  @Test func anEndBeforeFurtherTurnsIsNone() throws {
    let end = Transcript.End(reason: .maxTurns, turns: 1, characters: 6, usage: .zero, milliseconds: 0)
    #expect(try read([header, .turn(.fixture(1)), .end(end)]).end == end)
    #expect(try read([header, .turn(.fixture(1)), .end(end), .turn(.fixture(2))]).end == nil)
    #expect(try read([header, .turn(.fixture(1)), .end(end), .turn(.fixture(2)), .end(end)]).end == end)
  }

  @Test func unknownKindsAndFieldsArePassedOver() throws {
    let transcript = try read([header, .turn(.fixture(1))])
    var line = try #require(Record.turn(.fixture(1)).json.object)
    line["mood"] = ["of": ["the", .null]]
    let text =
      headerLine + "{\"type\":\"weather\",\"n\":\"x\"}\n\r\n" + JSONValue.object(line).jsonText + "\r\n"
    #expect(try Transcript.read(Array(text.utf8), path: "a.jsonl").transcript == transcript)
  }

  @Test func aMinimalTurnIsEnough() throws {
    let text = headerLine + #"{"type":"turn","n":1,"speaker":"Ada","text":"Hi"}"# + "\n"
    let turn = try #require(try Transcript.read(Array(text.utf8), path: "a.jsonl").transcript.turns.first)
    #expect(turn.text == "Hi" && turn.outcome == .finished && turn.usage == nil)
  }

  @Test func aBrokenLineInTheMiddleNamesFileAndLine() throws {
    let turn = String(decoding: Record.turn(.fixture(1)).line, as: UTF8.self)
    let error = failure(of: headerLine + turn.dropLast(9) + "\n" + turn)
    #expect(error?.kind == .malformed && error?.line == 2)
    #expect(error?.description.hasPrefix("dir/a.jsonl, line 2: no JSON at column ") == true)
  }

  @Test(arguments: [
    (#"{"type":"turn","speaker":"Ada","text":""}"#, "n is missing"),
    (#"{"type":"turn","n":"1","speaker":"Ada","text":""}"#, "n can't be \"1\""),
    (#"{"type":"turn","n":0,"speaker":"Ada","text":""}"#, "n: turns are numbered from 1, not 0"),
    (#"{"type":"turn","n":-1,"speaker":"Ada","text":""}"#, "n can't be -1"),
    (
      #"{"type":"turn","n":1,"speaker":"Ada","text":"","ms":9223372036854775807}"#,
      "ms can't be 9223372036854775807"
    ),
    (
      #"{"type":"turn","n":1,"speaker":"Ada","text":"","first_token_ms":1e300}"#,
      "first_token_ms can't be 1e300"
    ),
    (
      #"{"type":"turn","n":1,"speaker":"Ada","text":"","usage":{"prompt_tokens":-1}}"#,
      "prompt_tokens can't be -1"
    ),
    (#"{"type":"end","reason":"loop","turns":1099511627777}"#, "turns can't be 1099511627777"),
    (#"{"type":"end","reason":"loop","ms":-5}"#, "ms can't be -5"),
    (#"{"type":"turn","n":1,"speaker":"Ada","text":"","outcome":"lost"}"#, "outcome can't be \"lost\""),
    (#"{"type":"turn","n":1,"speaker":"Ada","text":"","tool_calls":[1]}"#, "tool_calls can't be an array"),
    (#"{"type":"event","kind":"rewind"}"#, "a rewind without the number of a turn, or 0, in \"to\""),
    (#"{"type":"event","kind":"rewind","to":-1}"#, "a rewind without the number of a turn, or 0, in \"to\""),
    (#"["turn"]"#, "expected an object, found an array"),
    (#"{"n":1}"#, "type is missing"),
    (
      #"{"type":"header","format":"resonant.transcript","version":1}"#,
      "a second header; a file holds one conversation"
    ),
  ])
  func aRecordThatIsNoneOfItsKindNamesTheField(line: String, message: String) {
    #expect(failure(of: headerLine + line + "\n") == RecordError(.malformed, "dir/a.jsonl", line: 2, message))
  }

  @Test func anotherVersionIsRefused() {
    let error = failure(of: headerLine.replacing("\"version\":1", with: "\"version\":2"))
    #expect(error?.kind == .malformed && error?.line == 1)
    #expect(error?.message == "version 2 of the format is not known here, only 1; use a newer program")
  }

  @Test(arguments: [
    "", "\n", "{\n  \"conversations\": []\n}\n", "[]", "Hello!\n", "{\"type\":\"turn\",\"n\":1}\n",
    "{\"type\":\"header\",\"format\":\"other\",\"version\":1}\n", "{\"messages\":[]}", "\u{0}\u{0}", "{\"ty",
  ])
  func otherFilesAreNoTranscripts(text: String) {
    #expect(failure(of: text)?.kind == .notTranscript)
  }

  @Test func aDeviceWithoutAnEndIsReadOnlySoFar() throws {
    let error = #expect(throws: RecordError.self) {
      try RecordFile.contents(of: "/dev/zero")
    }
    #expect(error?.description == "/dev/zero: this is no transcript: it is larger than 64 MB")
  }

  @Test func aFileThatIsTooLongIsNotReadAtAll() throws {
    let directory = try TemporaryDirectory()
    try directory.write("", to: "a.jsonl")
    #expect(truncate(directory.path("a.jsonl"), 1 << 40) == 0)
    #expect(throws: RecordError.self) { try Transcript.read(contentsOf: directory.path("a.jsonl")) }
    #expect(throws: InvalidValue.self) { try TranscriptEdges(contentsOf: directory.path("a.jsonl")) }
  }

  @Test func aMissingFileIsSaidToBeMissing() throws {
    let directory = try TemporaryDirectory()
    let error = #expect(throws: RecordError.self) {
      try Transcript.read(contentsOf: directory.path("no.jsonl"))
    }
    #expect(error?.kind == .missing)
    #expect(throws: RecordError.self) { try Transcript.read(contentsOf: directory.path) }
  }
}
