// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import ResonantCore

@Suite struct RecordTests {
  @Test func everyRecordIsWhatTheFormatSays() throws {
    let records = try StrictRecord.lines(of: Data(Transcript.fixture().file))
    #expect(records.count == 9)
    guard case .header(let header) = records[0], case .preamble(let preamble) = records[1],
      case .event(let event) = records[3], case .turn(let turn) = records[4], case .end(let end) = records[8]
    else {
      Issue.record("the records stand in another order")
      return
    }
    #expect(header.format == "resonant.transcript" && header.version == 1 && header.seed == .max)
    #expect(header.created.text == "2025-03-01T12:00:00.250Z")
    #expect(header.mode == .party && header.topic == "The sea" && header.parent == .init(id: "baa", turn: 2))
    #expect(header.trial?.repeat == 2 && header.trial?.condition.keys.contains("payload.temperature") == true)
    #expect(header.participants.map(\.name) == ["Ada", "Bob"])
    #expect(header.participants[0].header_refs == ["Authorization": "Bearer ${TOKEN}"])
    #expect(header.participants[0].api == .anthropic && header.participants[1].system_prompt == nil)
    #expect(preamble.owner == "Bob" && preamble.index == 1 && preamble.name == "x")
    #expect(event.kind == "note")
    #expect(turn.n == 1 && turn.chars == 6 && turn.outcome == .finished && turn.first_token_ms == 3)
    #expect(turn.tool_calls?.map(\.name) == ["look", "stop"] && turn.finish_reason == "stop")
    #expect(turn.usage == StrictUsage(prompt_tokens: 10, completion_tokens: 1))
    #expect(end.reason == .max_turns && end.turns == 3 && end.ms == 99 && end.error == nil)
  }

  @Test func aForkOfATrialSaysWhatWasInjected() throws {
    var transcript = Transcript.fixture()
    transcript.header.trial?.fork = .init(number: 2, injection: .init("A rock?", as: "Ada"))
    let trial = Record.header(transcript.header).json["trial"]
    #expect(trial?.object?.keys.elements == ["experiment", "condition", "repeat", "fork", "inject", "as"])
    #expect(try Transcript.read(transcript.file, path: "t.jsonl").transcript == transcript)
  }

  @Test func anUndisturbedForkOfATrialHasItsNumberAlone() throws {
    var transcript = Transcript.fixture()
    transcript.header.trial?.fork = .init(number: 2, injection: nil)
    let trial = Record.header(transcript.header).json["trial"]
    #expect(trial?.object?.keys.elements == ["experiment", "condition", "repeat", "fork"])
    let read = try Transcript.read(transcript.file, path: "t.jsonl").transcript
    #expect(read == transcript && read.header.trial?.fork?.place == ForkNumber(2, .control))
  }

  @Test func aLineIsTheRecordsObject() throws {
    var preamble = Transcript.Preamble(owner: "Bob", index: 1, role: .user, content: "a\"\n\u{7F}é")
    preamble.extra = ["name": "x", "role": "kept apart", "deep": ["list": [1, ["a": .null]]]]
    let records = Transcript.fixture().records + [.preamble(preamble)]
    #expect(records.count == 10)
    for record in records { #expect(record.line == record.json.json + [0x0A]) }
  }

  @Test func keysStandInTheirFixedOrder() throws {
    var turn = Turn.fixture(2)
    turn.text = "x"
    let line = String(decoding: Record.turn(turn).line, as: UTF8.self)
    #expect(
      line == #"{"type":"turn","n":2,"speaker":"Bob","model":"m:1","served_model":"m:1-2025","text":"x","#
        + #""heard":"turn","thinking":"hm","chars":1,"outcome":"finished","started":"2025-03-01T12:00:03.000Z","#
        + #""first_token_ms":3,"ms":12,"usage":{"prompt_tokens":10,"completion_tokens":2,"estimated":true},"#
        + #""finish_reason":"stop","tool_calls":[{"id":"c1","name":"look","arguments":"{\"at\":"},"#
        + #"{"name":"stop","arguments":""}],"retries":1}"# + "\n")
    let end = Record.end(
      Transcript.End(reason: .error, turns: 0, characters: 0, usage: .zero, milliseconds: 1, error: "no"))
    #expect(
      end.json.jsonText == #"{"type":"end","reason":"error","turns":0,"chars":0,"#
        + #""usage":{"prompt_tokens":0,"completion_tokens":0},"ms":1,"error":"no"}"#)
  }

  @Test func whatIsAbsentIsLeftOut() throws {
    let turn = Turn(
      number: 1, speaker: "Ada", model: "m", text: "", outcome: .opening,
      started: Transcript.unknownTime)
    let keys = try #require(Record.turn(turn).json.object?.keys)
    #expect(
      Array(keys) == [
        "type", "n", "speaker", "model", "text", "chars", "outcome", "first_token_ms", "ms", "retries",
      ])
  }

  @Test(arguments: [
    "\u{0}\u{1}\u{1F}\u{7F}\r\n\t\u{8}\u{C}", "\"\\\"\\\\/</script>", "\u{2028}\u{2029}\u{FEFF}\u{85}",
    "🙂👩‍👩‍👧‍👦e\u{301}\u{1F1E6}", "{\"type\":\"end\"}\n{\"type\":\"turn\"", "", "\u{FFFD}\u{10FFFF}",
    String(repeating: "long ", count: 40_000),
  ])
  func hostileTextComesBackAsItWas(text: String) throws {
    var transcript = Transcript.fixture()
    transcript.header.participants[0].systemPrompt = text
    transcript.header.participants[1].name = text
    transcript.preambles[0].content = text
    transcript.turns[1].text = text
    transcript.turns[1].thinking = text
    transcript.turns[1].toolCalls[0].arguments = text
    transcript.end?.error = text
    let bytes = transcript.file
    #expect(bytes.count { $0 == 0x0A } == transcript.records.count)
    let read = try Transcript.read(bytes, path: "a.jsonl")
    #expect(read.transcript == transcript)
    #expect(read.warnings.isEmpty)
    guard case .turn(let turn) = try StrictRecord.lines(of: Data(bytes))[6] else {
      Issue.record("no turn")
      return
    }
    #expect(Array(turn.text.unicodeScalars) == Array(text.unicodeScalars))
    #expect(turn.chars == text.unicodeScalars.count)
  }

  @Test(arguments: [
    (0.0, "1970-01-01T00:00:00.000Z"), (951_782_400.5, "2000-02-29T00:00:00.500Z"),
    (4_102_444_799.999, "2099-12-31T23:59:59.999Z"), (-0.001, "1969-12-31T23:59:59.999Z"),
    (1_740_830_400.2504, "2025-03-01T12:00:00.250Z"), (1_740_830_400.9996, "2025-03-01T12:00:01.000Z"),
  ])
  func timesAreWrittenInUTC(seconds: Double, text: String) throws {
    #expect(Timestamp.text(Date(timeIntervalSince1970: seconds)) == text)
    #expect(Timestamp.date(text).map(Timestamp.text) == text)
  }

  @Test func timesWithOffsetsAreRead() {
    let wanted = Date(timeIntervalSince1970: 1_740_830_400)
    #expect(Timestamp.date("2025-03-01T14:00:00+02:00") == wanted)
    #expect(Timestamp.date("2025-03-01t06:30:00.000000-05:30") == wanted)
    for text in [
      "", "2025-03-01", "2025-13-01T00:00:00Z", "2025-03-01T12:00:00", "2025-03-01T12:00:00.Z", "noon",
    ] {
      #expect(Timestamp.date(text) == nil)
    }
  }
}
