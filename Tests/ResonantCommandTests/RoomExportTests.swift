// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// A file of a room, as somebody else may have made it, through `resonant export`.
struct RoomExportTests {
  private static let file = """
    {"type":"header","format":"resonant.transcript","version":1,"id":"a1b2","created":"2026-11-29T05:00:00.000Z",\
    "program":"resonant 0.1","mode":"party","seed":7,"topic":"What is a city for?","settings":{"order":"random"},\
    "participants":[{"name":"ada","model":"org/ada","endpoint":"http://localhost:1/v1","api":"openai"},\
    {"name":"ben","model":"org/ben","endpoint":"http://localhost:1/v1","api":"openai"},{"name":"human","human":true}]}
    {"type":"event","kind":"bio","speaker":"ada","text":"Ada, <b>a sceptic</b>."}
    {"type":"turn","n":1,"speaker":"ada","model":"org/ada","text":"The towers","outcome":"interrupted"}
    {"type":"event","kind":"interrupt","by":"human","whom":"ada","dropped":false}
    {"type":"event","kind":"note","text":"The human interrupted ada and passed the mic."}
    {"type":"turn","n":2,"speaker":"human","text":"","outcome":"passed"}
    {"type":"turn","n":3,"speaker":"ben","model":"org/ben","text":"taken back"}
    {"type":"event","kind":"rewind","to":2}
    {"type":"event","kind":"hold","reason":"3 turns in a row failed"}
    {"type":"event","kind":"of tomorrow","speaker":7,"text":[]}
    {"type":"event","kind":"check","number":"x","scores":[],"snippet":null}
    {"type":"event","kind":"selection","by":"vote","votes":"none","speaker":"ada"}
    {"type":"event","kind":"tool","arguments":7}

    """

  @Test(arguments: [
    ("html", ["<h1>Room: What is a city for?</h1>", "The towers—", "(passed)", "Ada, &lt;b&gt;a sceptic"]),
    (
      "markdown", ["# Room: What is a city for?\n", "> The towers—\n", "\n(passed)\n", "> Ada, <b>a sceptic"]
    ),
    ("text", ["Room: What is a city for?\n", "The towers—\n", "\n(passed)\n", "Ada, <b>a sceptic</b>.\n"]),
  ])
  func aRoomIsExported(format: String, parts: [String]) async throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.file, to: "room.jsonl")
    let ended = try await ResonantBinary.run(["export", "room.jsonl", "--to", format], in: directory)
    #expect(ended.exitCode == 0 && ended.errors.isEmpty, "\(ended)")
    for part in parts + [
      "Moderator: The human interrupted ada and passed the mic.", "Rewound to turn 2:",
      "Held: 3 turns in a row failed",
    ] {
      #expect(ended.output.contains(part), "\(part) is missing in \(ended.output)")
    }
    #expect(!ended.output.contains("taken back") && !ended.output.contains("human interrupted ada."))
  }
}
