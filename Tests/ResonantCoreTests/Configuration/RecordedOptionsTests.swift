// SPDX-License-Identifier: MIT

import FoundationEssentials
import Testing

@testable import ResonantCore

@Suite struct RecordedOptionsTests {
  private let environment = ["KEY": "sesame-9", "OTHER": "melon-77"]

  private func transcript(_ conversation: ResolvedConversation) -> Transcript {
    var header = Transcript.Header(
      id: "1", created: Date(timeIntervalSince1970: 0), program: "resonant", participants: conversation.facts,
      settings: conversation.recorded)
    header.seed = conversation.settings.seed
    return Transcript(header: header, preambles: conversation.preambles)
  }

  private func begun(_ options: JSONObject) throws -> ResolvedConversation {
    try resolved(options, context(environment))
  }

  private func continued(
    _ options: JSONObject, with overrides: JSONObject = [:]
  ) throws -> ResolvedConversation {
    let context = context(environment)
    let overrides = try Options.read(overrides, source: .commandLine, context: context)
    return try ResolvedConversation.continuing(
      transcript(try begun(options)), file: "t.jsonl", overrides: overrides, context: context)
  }

  private let rich: JSONObject = [
    "alice_name": "Ada", "alice_model": "a", "bob_endpoint": "http://localhost:8/v1/messages",
    "headers": ["Authorization": "Bearer ${KEY}"], "payload": ["top_k": 3], "bob_payload": [:],
    "alice_system_prompt": "", "bob_preamble": [["role": "user", "content": "u", "name": "n"]],
    "alice_top_level_system": true, "max_turns": 5, "stop_phrase": ["x"], "no_opening": true, "seed": 8,
    "idle_timeout": 1.5, "delay": 0.25, "roles": "as-is",
    "participant": [["name": "Carol", "top_level_system": true], ["name": "Dora", "model": "d"]],
  ]

  @Test func nothingIsLostOnTheWayThroughAHeader() throws {
    let first = try begun(rich)
    let second = try continued(rich)
    #expect(second.settings == first.settings)
    #expect(second.request == first.request)
    #expect(second.facts == first.facts)
    #expect(second.preambles == first.preambles)
    #expect(second.participants.map(\.systemPlacement) == first.participants.map(\.systemPlacement))
    #expect(second.participants.map(\.roles) == first.participants.map(\.roles))
    #expect(second.participants.map(\.endpoint.headers) == first.participants.map(\.endpoint.headers))
    #expect(first.contradiction(with: transcript(second)) == nil)
  }

  @Test func flagsOverride() throws {
    let second = try continued(
      rich, with: ["max_turns": 9, "opening": "Hi", "model": "z", "bob_model": "b", "system_prompt": "S"])
    #expect(second.settings.maxTurns == 9)
    #expect(second.settings.opening == nil)
    #expect(second.participants.map(\.model) == ["z", "b", "z", "z"])
    #expect(second.participants.allSatisfy { $0.systemPrompt?.string == "S" })
    #expect(second.participants[0].payload == ["top_k": 3])
  }

  @Test func whatChangesIsRecordedAndTakenUpAgain() throws {
    let time = Date(timeIntervalSince1970: 9)
    var transcript = transcript(try begun(rich))
    #expect(try continued(rich).resumption(of: transcript, at: time) == nil)
    #expect(try continued(rich, with: ["max_turns": 9]).resumption(of: transcript, at: time) == nil)
    let second = try continued(rich, with: ["max_turns": 9, "model": "z"])
    let event = try #require(second.resumption(of: transcript, at: time))
    #expect(event.fields["changes"]?.array?.first == "max_turns was 5 and is now 9")
    #expect(event.fields["changes"]?.array?.last == "model of Dora was \"d\" and is now \"z\"")
    transcript.events.append(event)
    let third = try ResolvedConversation.continuing(
      transcript, file: "t.jsonl", overrides: try Options.read([:], source: .commandLine, context: context()),
      context: context(environment))
    #expect(third.facts == second.facts)
    #expect(third.settings == second.settings)
    #expect(third.resumption(of: transcript, at: time) == nil)
    #expect(transcript.header.settings["max_turns"] == 5)
  }

  @Test func aFurtherParticipantIsOverriddenByItsName() throws {
    let second = try continued(rich, with: ["participant": [["name": "Dora", "model": "e"]]])
    #expect(second.participants.map(\.model) == ["a", "m", "m", "e"])
    let message = refusal { try continued(rich, with: ["participant": [["name": "Eve"]]]) }
    #expect(message == "--participant [0].name: names no further participant of t.jsonl")
  }

  @Test func headersThatAreNotInTheFileAreAskedFor() throws {
    let options: JSONObject = ["bob_headers": ["X-Secret": "open-1", "Authorization": "Bearer ${KEY}"]]
    let message = refusal { try continued(options) }
    #expect(
      message
        == "t.jsonl: the file does not hold the headers of Bob (X-Secret); give them with --headers or --bob-headers"
    )
    let given = try continued(options, with: ["bob_headers": ["X-Secret": "open-2"]])
    #expect(given.participants[1].endpoint.headers.map(\.value) == ["Bearer sesame-9", "open-2"])
    let cleared = try continued(options, with: ["bob_headers": [:]])
    #expect(cleared.participants[1].endpoint.headers.isEmpty)
  }

  @Test func aURLsQueryIsAskedFor() throws {
    let options: JSONObject = ["alice_endpoint": "http://localhost:8/v1/chat/completions?key=open-1"]
    let message = refusal { try continued(options) }
    #expect(message.contains("Alice's endpoint") && message.contains("--endpoint or --alice-endpoint"))
    #expect(!message.contains("open-1"))
    let given = try continued(
      options, with: ["alice_endpoint": "http://localhost:8/v1/chat/completions?key=open-2"])
    #expect(given.participants[0].endpoint.url.hasSuffix("?key=open-2"))
  }

  @Test func recordedCredentialsDoNotFollowToAnotherEndpoint() throws {
    let options: JSONObject = ["headers": ["Authorization": "Bearer ${KEY}", "X-Secret": "open-1"]]
    let moved = try continued(options, with: ["endpoint": "http://localhost:7/v1"])
    #expect(moved.participants.allSatisfy { $0.endpoint.headers.isEmpty })
    let same = try continued(
      ["headers": ["Authorization": "Bearer ${KEY}"]],
      with: ["endpoint": "http://localhost:9/v1"])
    #expect(same.participants.allSatisfy { $0.endpoint.headerNames == ["Authorization"] })
  }

  @Test func maskedPayloadValuesAreAskedFor() throws {
    let options: JSONObject = ["payload": ["user": ["api_key": "open-1"]]]
    let message = refusal { try continued(options) }
    #expect(message.contains("the payload's user.api_key of Alice is not in the file"))
    #expect(try continued(options, with: ["payload": [:]]).participants[0].payload.isEmpty)
  }

  @Test func whatIsSaidStaysWithWhoSaidIt() {
    let message = refusal { try continued([:], with: ["alice_name": "Eve"]) }
    #expect(message == "--alice-name: cannot change in a conversation that has begun")
  }

  @Test func contradictionsAreNamed() throws {
    let old = transcript(try begun(["max_turns": 5, "retries": 1]))
    #expect(try begun(["max_turns": 5, "retries": 2]).contradiction(with: old) == nil)
    #expect(
      try begun(["max_turns": 6]).contradiction(with: old) == "max_turns was 5 and is now 6")
    #expect(
      try begun(["max_turns": 5, "bob_model": "z"]).contradiction(with: old)
        == #"model of Bob was "m" and is now "z""#)
  }
}
