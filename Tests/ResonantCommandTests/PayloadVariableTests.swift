// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// `${NAME}` in the strings of a payload.
struct PayloadVariableTests {
  private static let environment = ["USER_KEY": "pay-s3cret-1", "TAG": "tag-s3cret-2"]
  private static let payload =
    #"{"api_key":"${USER_KEY}","meta":{"tags":["a ${TAG} b"]},"price":"$${TAG} $5","temperature":1}"#

  private func everything(_ ended: FinishedProgram, _ directory: TemporaryDirectory) throws -> String {
    try ended.output + ended.errors + directory.files.map { try directory.read($0) }.joined()
  }

  @Test func theyAreSentRecordedAsReferencesAndResumed() async throws {
    let arena = try await Arena(
      .openAI("fine"), .error(400, "no tag-s3cret-2 for pay\\u002ds3cret-1"), .openAI("again"))
    let flags = ["--payload", Self.payload, "--name", "t"]
    let ended = try await arena.chat(flags, environment: Self.environment)
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(!(try everything(ended, arena.directory).contains("s3cret")), "\(ended)")
    #expect(ended.errors.contains("no *** for ***"), "\(ended)")
    let recorded = try arena.transcript().header?["participants"]?.array?.first?["payload"]
    #expect(recorded == (try DecodedJSON.parse(Self.payload)))

    let before = try arena.directory.read("t.jsonl")
    let missing = try await arena.resonant("resume", "t.jsonl", environment: ["TAG": "x"])
    #expect(missing.exitCode == 2, "\(missing)")
    #expect(missing.errors.contains("USER_KEY") && missing.errors.contains("api_key"), "\(missing)")
    #expect(try arena.directory.read("t.jsonl") == before)
    let resumed = try await arena.resonant(
      "resume", "t.jsonl", "--max-turns", "3",
      environment: ["USER_KEY": "pay-s3cret-9", "TAG": "tag-s3cret-8"])
    #expect(resumed.exitCode == 0, "\(resumed)")
    #expect(!(try everything(resumed, arena.directory).contains("s3cret")), "\(resumed)")
    let sent = arena.server.requests.map(\.json)
    #expect(sent.map { $0["api_key"] } == ["pay-s3cret-1", "pay-s3cret-1", "pay-s3cret-9"])
    #expect(sent.first?["meta"]?["tags"] == ["a tag-s3cret-2 b"])
    #expect(sent.allSatisfy { $0["price"] == "${TAG} $5" })
  }

  @Test(arguments: [
    (
      ["--payload", #"{"a":{"b":["${GONE}"]}}"#], "--payload a.b[0]: the environment variable GONE is not set"
    ),
    (
      ["--alice-payload", #"{"a":"${GONE}"}"#], "--alice-payload a: the environment variable GONE is not set"
    ),
    (["--payload", #"{"a":"${EMPTY}"}"#], "EMPTY is set, but empty"),
    (["--participant", #"{"name":"C","payload":{"a":"${GONE}"}}"#], "GONE"),
    (["--payload", #"{"a":"${ not a name }"}"#], "write $${ for the two characters"),
  ])
  func aMissingOneIsNamedBeforeAnythingIsSent(flags: [String], message: String) async throws {
    let arena = try await Arena()
    let ended = try await arena.chat(flags, environment: ["EMPTY": ""])
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains(message), "\(ended)")
    #expect(arena.server.connections == 0 && arena.directory.files.isEmpty)
  }

  @Test func templatesAndParticipantsHaveThem() async throws {
    let arena = try await Arena(.openAI("one"), .openAI("two"), .openAI("three"))
    try arena.directory.write(
      "{\"system_prompt\":\"A\"}\n{\"system_prompt\":\"B\"}\n{\"system_prompt\":\"C\"}\n", to: "t.jsonl")
    let ended = try await arena.chat(
      "--template", "t.jsonl", "--max-turns", "3", "--bob-payload", #"{"user":"${TAG}"}"#, "--participant",
      #"{"payload":{"user":"-${USER_KEY}"}}"#, environment: Self.environment)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.server.requests.map { $0.json["user"] } == [nil, "tag-s3cret-2", "-pay-s3cret-1"])
  }

  @Test func aPlanHasThemAndAnotherValueIsNoContradiction() async throws {
    let lab = try Laboratory()
    let server = try await ScriptedServer.willing()
    try lab.plan(
      """
      base: {endpoint: '\(server.url("/v1"))', model: m, max_turns: 2, payload: {api_key: '${USER_KEY}'}}
      matrix: {payload.user: ['${TAG}', plain]}

      """)
    let missing = try await lab.batch(environment: ["TAG": "x"])
    #expect(missing.exitCode == 2, "\(missing)")
    #expect(
      missing.errors.contains("base.payload.api_key (line 2): the environment variable USER_KEY"),
      "\(missing)")
    let first = try await lab.batch(environment: Self.environment)
    #expect(first.exitCode == 0, "\(first)")
    let again = try await lab.batch(
      "--html", environment: ["USER_KEY": "pay-s3cret-9", "TAG": "tag-s3cret-8"])
    #expect(again.exitCode == 0, "\(again)")
    #expect(server.requests.count == 2)
    #expect(Set(server.requests.compactMap { $0.json["user"]?.string }) == ["tag-s3cret-2", "plain"])
    #expect(server.requests.allSatisfy { $0.json["api_key"] == "pay-s3cret-1" })
    #expect(try lab.summary().map { $0["payload.user"] } == ["${TAG}", "plain"])
    #expect(!(try everything(again, lab.directory).contains("s3cret")))
  }
}
