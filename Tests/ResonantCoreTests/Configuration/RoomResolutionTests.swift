// SPDX-License-Identifier: MIT

import FoundationEssentials
import TestSupport
import Testing

@testable import ResonantCore

/// The options of a room, what a transcript records of them, and what `resume` makes of that.
struct RoomResolutionTests {
  private let environment = ["KEY": "sesame-9", "OTHER": "melon-77"]
  private let config: JSONObject = [
    "providers": [
      [
        "url": "http://localhost:9/v1", "token": "${KEY}", "models": ["org/a", "b"], "payload": ["top_k": 3],
      ],
      ["url": "http://localhost:8/v1/messages", "models": ["c"], "headers": ["X-Key": "${OTHER}"]],
    ],
    "intros": false, "interrupt_threshold": 9, "max_triggers": 0,
    "moderator": ["url": "ollama", "model": "judge", "payload": ["temperature": 0]],
  ]

  private func resolved(
    _ options: JSONObject = [:], config: JSONObject? = nil
  ) throws -> ResolvedConversation {
    let room: JSONObject = ["party": .object(config ?? self.config)]
    let options = room.merging(options) { $1 }
    return try ResolvedConversation.resolve(
      options: options, source: .commandLine, context: context(environment))
  }

  private func transcript(_ conversation: ResolvedConversation) -> Transcript {
    conversation.transcript(id: "1", created: Date(timeIntervalSince1970: 0))
  }

  private func continued(
    _ begun: ResolvedConversation, with overrides: JSONObject = [:], _ environment: [String: String]? = nil
  ) throws -> ResolvedConversation {
    let context = context(environment ?? self.environment)
    let overrides = try Options.read(overrides, source: .commandLine, context: context)
    return try ResolvedConversation.continuing(
      transcript(begun), file: "t.jsonl", overrides: overrides, context: context)
  }

  /// The config with one key set, at the top or in the first provider.
  private func changed(_ key: String, _ value: JSONValue, inProvider: Bool = false) -> JSONObject {
    var config = config
    guard inProvider, var providers = config["providers"]?.array, var first = providers[0].object else {
      config[key] = value
      return config
    }
    first[key] = value
    providers[0] = .object(first)
    config["providers"] = .array(providers)
    return config
  }

  @Test func theHeaderHoldsWhatMakesTheRoom() throws {
    let header = transcript(
      try resolved(["topic": "  Tea?\n", "words": 50, "order": "moderator", "max_turns": 7])
    ).header
    #expect(header.mode == .party && header.topic == "Tea?")
    #expect(header.participants.map(\.name) == ["a", "b", "c", "human"])
    #expect(header.participants.map(\.human) == [false, false, false, true])
    #expect(header.participants.map(\.model) == ["org/a", "b", "c", ""])
    #expect(header.settings["topic"] == "Tea?" && header.settings["words"] == 50)
    #expect(header.settings["order"] == "moderator" && header.settings["max_turns"] == 7)
    #expect(
      header.settings["party"] == [
        "providers": [
          [
            "url": "http://localhost:9/v1", "token": "${KEY}", "models": ["org/a", "b"],
            "payload": ["top_k": 3],
          ],
          ["url": "http://localhost:8/v1/messages", "models": ["c"], "headers": ["X-Key": "${OTHER}"]],
        ],
        "human_speaker": true, "intros": false, "interrupts": true, "interrupt_threshold": 9,
        "max_triggers": 0,
        "moderator": ["url": "ollama", "model": "judge", "payload": ["temperature": 0]],
      ])
    for key in ["opening", "no_opening", "moderator", "endpoint"] { #expect(header.settings[key] == nil) }
    let chat = try ResolvedConversation.resolve(options: pair, source: .commandLine, context: context())
    for key in ["party", "topic", "words"] { #expect(chat.recorded[key] == nil) }
  }

  @Test func nothingIsLostOnTheWayThroughAHeader() throws {
    let first = try resolved([
      "topic": "Tea?", "words": 50, "order": "vote", "max_turns": 7, "seed": 3, "payload": ["x": 1],
      "delay": 0.5, "roles": "alternate",
    ])
    let second = try continued(first)
    #expect(second.participants == first.participants)
    #expect(second.moderator == first.moderator)
    #expect(second.room == first.room && second.settings == first.settings)
    #expect(second.facts == first.facts && second.recorded == first.recorded)
    #expect(second.contradiction(with: transcript(first)) == nil)
    #expect(second.resumption(of: transcript(first), at: Date(timeIntervalSince1970: 9)) == nil)
  }

  @Test func noLiteralSecretIsRecorded() throws {
    let config: JSONObject = [
      "providers": [
        [
          "url": "http://u:s3cret-1@localhost:9/v1?key=s3cret-2", "token": "s3cret-3", "models": ["a", "b"],
          "headers": ["X-Key": "s3cret-4"], "payload": ["api_key": "s3cret-5"],
        ]
      ],
      "moderator": ["url": "http://localhost:9/v1?k=s3cret-6", "token": "s3cret-7", "model": "judge"],
    ]
    let text = Record.header(transcript(try resolved(config: config)).header).json.jsonText
    #expect(!text.contains("s3cret"))
    #expect(text.contains(#""token":"***""#))
  }

  /// What is not in the file, and the word for it in the message.
  @Test(
    arguments: [
      ("token", "s3cret", "party.providers[0].token is not in the file; give it again with --party"),
      (
        "headers", ["X": "s3cret"],
        "party.providers[0].headers.X is not in the file; give it again with --party"
      ),
      ("payload", ["api_key": "s3cret"], "party.providers[0].payload.api_key is not in the file"),
      ("url", "http://localhost:9/v1?k=s3cret", "the query or user info of a's endpoint is not in the file"),
    ] as [(String, JSONValue, String)])
  func whatIsNotInTheFileIsTakenFromTheConfigAgain(key: String, value: JSONValue, message: String) throws {
    let config = changed(key, value, inProvider: true)
    let begun = try resolved(config: config)
    let refused = refusal { try continued(begun) }
    #expect(refused.hasPrefix("t.jsonl: " + message) && refused.contains("--party"), "\(refused)")
    let again = try continued(begun, with: ["party": .object(config)])
    #expect(again.participants == begun.participants)
  }

  @Test func theModeratorsSecretsAreTakenFromTheConfigAgain() throws {
    for (url, token) in [("http://localhost:9/v1?k=s3cret", JSONValue.null), ("ollama", "s3cret")] {
      let config = changed(
        "moderator", .object(["url": .string(url), "token": token, "model": "judge"]))
      let begun = try resolved(config: config)
      #expect(refusal { try continued(begun) }.contains("--party"))
      #expect(try continued(begun, with: ["party": .object(config)]).moderator == begun.moderator)
    }
  }

  @Test func flagsOverride() throws {
    let begun = try resolved(["topic": "Tea?", "words": 50, "max_turns": 7])
    let second = try continued(
      begun, with: ["words": 20, "order": "chain", "max_turns": 9, "topic": "Coffee", "payload": ["x": 1]])
    #expect(second.room?.wordLimit == 20 && second.settings.order == .chain)
    #expect(second.settings.maxTurns == 9 && second.room?.topic == "Tea?")
    #expect(second.participants.prefix(3).allSatisfy { $0.payload == ["x": 1] })
    let event = second.resumption(of: transcript(begun), at: Date(timeIntervalSince1970: 9))
    #expect(event?.fields["changes"]?.array?.contains("words was 50 and is now 20") == true)
    let third = try continued(begun, with: ["party": .object(changed("interrupts", false))])
    #expect(third.room?.interrupts == false)
  }

  @Test func aConfigThatIsGivenAgainNamesTheSameParticipants() throws {
    let begun = try resolved()
    let others = changed("models", ["a", "z"], inProvider: true)
    #expect(
      refusal { try continued(begun, with: ["party": .object(others)]) }
        == "--party: names other participants than t.jsonl: a, b, c, human")
    let observed = changed("human_speaker", false)
    #expect(
      refusal { try continued(begun, with: ["party": .object(observed)]) }.contains("other participants"))
    #expect(
      refusal { try continued(begun, with: ["alice_model": "x"]) }
        == "--alice-model: is for chats, and cannot be given together with party")
  }

  @Test func aChatDoesNotBecomeARoom() throws {
    let chat = try ResolvedConversation.resolve(options: pair, source: .commandLine, context: context())
    #expect(
      refusal { try continued(chat, with: ["party": .object(config)]) }
        == "--party: is for rooms, but t.jsonl is a chat")
    #expect(
      refusal { try continued(chat, with: ["words": 5]) }
        == "--words: is for rooms, and needs party, a config")
  }

  @Test func aMissingKeyIsNamedOnResume() throws {
    let begun = try resolved()
    let refused = refusal { try continued(begun, with: [:], ["OTHER": "x"]) }
    #expect(
      refused.contains("party.providers[0].token: the environment variable KEY is not set"), "\(refused)")
  }

  @Test(
    arguments: [
      (["opening": "Hi"], "--opening: is for chats, and cannot be given together with party"),
      (["model": "m"], "--model: is for chats"), (["bob_name": "B"], "--bob-name: is for chats"),
      (["template": [["system_prompt": "a"], ["system_prompt": "b"]]], "--template: is for chats"),
      (["participant": [["name": "C"]]], "--participant: is for chats"),
      (["system_prompt": "S"], "--system-prompt: is for chats"),
      (["headers": ["A": "b"]], "--headers: is for"),
      (["moderator": ["endpoint": "ollama", "model": "m"]], "--moderator: is for chats"),
      (["words": 0], "--words: must be at least 1, not 0"), (["topic": " \n"], "--topic: must not be empty"),
      (["party": "absent.json5"], "the config can't be read: there is no file absent.json5"),
      (["party": 1], "--party: must be a path or an object, not a number"),
      (["party.interrupt_threshold": 12], "--party interrupt_threshold: must be a whole number from 1 to 10"),
      (["topic": "a", "topic_file": "b"], "--topic-file: cannot be given together with --topic"),
    ] as [(JSONObject, String)])
  func whatARoomCannotHaveIsRefused(options: JSONObject, message: String) {
    let refused = refusal { try resolved(options) }
    #expect(refused.hasPrefix(message), "\(refused)")
  }

  @Test func theOrderOfTheModeratorNeedsOne() throws {
    #expect(
      refusal { try resolved(["order": "moderator"], config: changed("moderator", .null)) }
        == "--order: needs a moderator in the room's config, an object with url and model")
    #expect(try resolved(["order": "moderator"]).settings.order == .moderator)
  }

  @Test func aChatHasAModeratorOfItsOwn() throws {
    let moderator: JSONObject = [
      "endpoint": "http://localhost:7/v1", "model": "judge", "headers": ["Authorization": "Bearer ${KEY}"],
    ]
    let options: JSONObject = [
      "order": "moderator", "moderator": .object(moderator), "payload": ["x": 1], "api": "ollama",
    ]
    let chat = try ResolvedConversation.resolve(
      options: pair.merging(options) { $1 }, source: .commandLine, context: context(environment))
    #expect(chat.moderator?.model == "judge" && chat.moderator?.payload == [:])
    #expect(chat.moderator?.endpoint.display == "http://localhost:7/v1/chat/completions")
    #expect(chat.moderator?.endpoint.headers.map(\.value) == ["Bearer sesame-9"])
    #expect(chat.recorded["moderator"] == .object(moderator))
    #expect(try continued(chat).moderator == chat.moderator)
    let moved = try continued(chat, with: ["order": "random"])
    #expect(moved.moderator == nil && moved.settings.order == .random)
  }

  @Test func aChatsModeratorKeepsItsSecrets() throws {
    let options: JSONObject = [
      "order": "moderator",
      "moderator": ["endpoint": "ollama", "model": "judge", "headers": ["Authorization": "s3cret"]],
    ]
    let chat = try ResolvedConversation.resolve(
      options: pair.merging(options) { $1 }, source: .commandLine, context: context(environment))
    #expect(chat.recorded["moderator"]?["headers"] == ["Authorization": "***"])
    #expect(
      refusal { try continued(chat) }
        == "t.jsonl: moderator.headers.Authorization is not in the file; give it again with --moderator")
  }

  @Test func contradictionsAreNamedWithoutHowEndpointsAreReached() throws {
    let old = transcript(try resolved(["topic": "Tea?"]))
    #expect(
      try resolved(["topic": "Tea?"], config: changed("interrupts", false)).contradiction(with: old)
        == "party.interrupts was true and is now false")
    #expect(
      try resolved(["topic": "Milk?"]).contradiction(with: old) == #"topic was "Tea?" and is now "Milk?""#)
    let tokens = changed("token", "${OTHER}", inProvider: true)
    #expect(try resolved(["topic": "Tea?"], config: tokens).contradiction(with: old) == nil)
    let literal = changed("token", "s3cret", inProvider: true)
    #expect(try resolved(["topic": "Tea?"], config: literal).contradiction(with: old) == nil)
  }
}
