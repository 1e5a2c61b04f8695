// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// What `resume` of a room asks for before it goes on.
struct RoomResumeTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    let participants = ["a", "b"].map {
      #"{"name":"\#($0)","model":"org/\#($0)","endpoint":"http://127.0.0.1:9/v1/chat/completions","api":"openai","#
        + #""system_prompt":null,"payload":{},"header_names":["Authorization"],"human":false}"#
    }.joined(separator: ",")
    let config =
      #"{"providers":[{"url":"http://127.0.0.1:9/v1","token":"***","models":["org/a","org/b"]}],"human_speaker":false}"#
    try directory.write(
      #"{"type":"header","format":"resonant.transcript","version":1,"id":"1","created":"2026-01-01T00:00:00Z","#
        + #""program":"resonant","mode":"party","seed":1,"participants":[\#(participants)],"settings":{"party":\#(config),"#
        + #""topic":"tea","order":"random","max_turns":1},"topic":"tea"}"# + "\n"
        + #"{"type":"turn","n":1,"speaker":"a","model":"org/a","text":"Hi.","chars":3,"outcome":"finished","#
        + #""started":"2026-01-01T00:00:00Z","ms":1,"retries":0}"# + "\n"
        + #"{"type":"end","reason":"max_turns","turns":1,"chars":3,"usage":{"prompt_tokens":0,"completion_tokens":0},"#
        + #""ms":1}"# + "\n", to: "t.jsonl")
    let models = "models: ['org/a', 'org/b']}], human_speaker: false"
    try directory.write(
      "{providers: [{url: 'http://127.0.0.1:9/v1', token: 't', \(models)}", to: "room.json5")
    try directory.write(
      "{providers: [{url: 'http://127.0.0.1:9/v1', token: 't', models: ['c', 'd']}]}", to: "other.json5")
  }

  @Test(arguments: [
    (["--max-turns", "3"], "party.providers[0].token is not in the file; give it again with --party"),
    (["--party", "other.json5"], "names other participants than t.jsonl: a, b"),
    (["--party", "none.json5"], "there is no file none.json5"),
    (["--party", "room.json5", "--order", "moderator"], "needs a moderator in the room's config"),
    (["--party", "room.json5", "--alice-model", "x"], "--alice-model: is for chats"),
    (["--party", "room.json5", "--words", "0"], "--words: must be at least 1"),
  ])
  func whatIsMissingOrWrongIsNamedAndNothingIsTouched(flags: [String], named: String) async throws {
    let before = try directory.read("t.jsonl")
    let ended = try await ResonantBinary.run(["resume", "t.jsonl"] + flags, in: directory)
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains(named), "\(ended)")
    #expect(try directory.read("t.jsonl") == before)
  }

  @Test func aRoomWithNothingLeftToDoIsLeftAlone() async throws {
    let before = try directory.read("t.jsonl")
    let ended = try await ResonantBinary.run(
      ["resume", "t.jsonl", "--party", "room.json5", "--topic", "milk"], in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors.contains("the conversation has begun; --topic can't change that"), "\(ended)")
    #expect(ended.errors.contains("give a higher --max-turns"), "\(ended)")
    #expect(try directory.read("t.jsonl") == before)
  }
}
